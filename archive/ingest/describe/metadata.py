"""What is known about a material besides its text, each value with the words it was read from.

Sources in order of trust: what the caller says (hints), what the page prints with a label, what
its head says, what stands at the foot of the text, what can be guessed. The line 来源：… of a page
is kept as it stands and never made the source or the author: sites repost from each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from archive.ingest import printed_dates
from archive.ingest.clean import labels
from archive.ingest.clean.boilerplate import Cleaned, Survey, same_title
from archive.ingest.describe import kinds
from archive.ingest.read.printable import printable
from archive.ingest.rules import EvidenceRule, RemovalRule
from archive.ingest.values import Evidence, Extracted, Hints
from search.text.dates import UNKNOWN, PartialDate

_MAX_LINE = 500
_ABOVE = 3  # lines above the text among which a date without a label is the page's
_NEAR = 12  # lines of a page around its text that may speak of it
_LENGTH = re.compile(
    r"(?:全文|正文|本文)\s*(?:(?:共约?|约)\s*)?(\d{2,6})\s*字"
    r"|[（(]\s*(?:[共约]\s*)?(\d{3,6})\s*字\s*[）)]"
)
# What the head of a page says of its date, the most telling first.
_PAGE_DATES = (
    EvidenceRule.PAGE_PUBDATE,
    EvidenceRule.PAGE_PUBLISHDATE,
    EvidenceRule.PAGE_PUBLISH_DATE,
    EvidenceRule.PAGE_ARTICLE_PUBLISHED_TIME,
    EvidenceRule.PAGE_DATEPUBLISHED,
    EvidenceRule.PAGE_DATE,
    EvidenceRule.PAGE_DC_DATE,
    EvidenceRule.PAGE_DCTERMS_DATE,
    EvidenceRule.PAGE_OG_PUBLISHED_TIME,
    EvidenceRule.PAGE_RELEASE_DATE,
    EvidenceRule.PAGE_TIME,
)
_PAGE_SITES = (
    EvidenceRule.PAGE_SITENAME,
    EvidenceRule.PAGE_OG_SITE_NAME,
    EvidenceRule.PAGE_APPLICATION_NAME,
)
_SIGNED_LINES = 4  # from the end of a text, where its date stands
_MAX_SIGNED = 40
_SITE_NAMES = (
    (
        EvidenceRule.SOURCE_GREETING,
        re.compile(r"欢迎(?:来到|光临|访问|浏览|登录)\s*([^，。！!?~\s]{2,20})"),
    ),
    (
        EvidenceRule.SOURCE_EDITOR,
        re.compile(r"^([^，。：:\s]{2,15}?)(?:编辑整理|整理编辑|整理发布)$"),
    ),
    (
        EvidenceRule.SOURCE_COPYRIGHT,
        re.compile(
            r"(?:copyright|©|版权所有)[\s:：©\d\-–—(c)]{0,40}((?!备案)[\u4e00-\u9fff][^\s，。：:|｜]{1,20}?)\s*(?:版权所有|$|[\s|｜])",
            re.IGNORECASE,
        ),
    ),
    (EvidenceRule.SOURCE_BRAND, re.compile(r"^【([^】]{2,15}?)】\s*[—-]")),
)
_URL = re.compile(r"https?://[^\s<>\"'）)】》，。；\u3000]{4,500}")
_SHARED = re.compile(r"由[^，。；]{0,20}?(?:分享|整理|上传|投稿|提供|发布|收集)+")
_EDITED = re.compile(r"^[^，。：:\s]{2,15}(?:编辑整理|整理编辑|整理发布)$")
_SCRAP = re.compile(r"^.{1,2}[上中下的了在和与及]$")  # 会上: cut off by the site's own machine
_TRAIL = re.compile(r".{0,8}位置\s*[:：]|首页\s*[>＞»›]")
_STEPS = re.compile(r"[>＞»›]+")
_NO_COLUMN = frozenset(("正文", "内容", "文章正文", "阅读文章", "详情"))
_MAX_COLUMN, _MAX_TAG, _MAX_SITE = 12, 20, 20
_SEGMENTS = re.compile(r"[_|｜]|\s[-–—]\s|-(?=[^-]*$)")
_BETWEEN_TAGS = re.compile(r"[\s\u3000、，,;；|｜]+")
_ADDRESS_LINE = re.compile(
    r"(?:文章|本文|原文|转载|出处).{0,10}(?:地址|链接|网址|注明|来自|出处|https?:)"
)
_DATED_HEAD = re.compile(r"[（(—–―-]*\s*[\d二一〇]")
_MAX_HEAD = 80
_SENTENCE = re.compile(r"[。！？；]")


@dataclass
class Facts:
    """Values by the names of `Draft`'s fields, and the evidence of each."""

    values: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)

    def put(
        self, name: str, value: Any, rule: EvidenceRule, text: str, *, guessed: bool = True
    ) -> None:
        """Keep the first value that is given for a name; empty ones do not count."""
        if isinstance(value, str):
            value = printable(value).strip()
        if value not in ("", None, (), UNKNOWN) and name not in self.values:
            self.values[name] = value
            self.evidence[name] = Evidence(rule, printable(text)[:_MAX_LINE], guessed)

    def get(self, name: str) -> Any:
        """Return the value kept under a name, "" if there is none."""
        return self.values.get(name, "")


@dataclass(frozen=True)
class Material:
    """A text on its way in, with all that can say something of it."""

    extracted: Extracted
    found: Survey
    cleaned: Cleaned
    title: str
    hints: Hints

    @cached_property
    def labelled(self) -> list[dict[str, str]]:
        """Lines of facts (时间：… 来源：…), those that stand nearest to the text first."""
        before = [labels.read(line) for line in reversed(self.extracted.before[-_NEAR:])]
        after = [labels.read(line) for line in self.extracted.after[:_NEAR]]
        return [*self.found.facts, *(values for values in [*before, *after] if values)]

    @cached_property
    def outside(self) -> list[str]:
        """Lines of the file that are not its text, but for very long ones."""
        edges = [line.text for line in self.found.lines if line.rule]
        around = [*edges, *self.extracted.before, *self.extracted.after]
        return [line for line in around if len(line) <= _MAX_LINE]

    def meta(self, name: str) -> str:
        """Return what the head of the page says under a name."""
        return self.extracted.meta.get(name, "")


def collect(material: Material) -> Facts:
    """Gather everything but the title."""
    facts = Facts()
    _dates(facts, material)
    _address(facts, material)
    _source(facts, material)
    _site(facts, material)
    _kind(facts, material)
    return facts


def _dates(facts: Facts, material: Material) -> None:
    hints = material.hints
    facts.put("date", printed_dates.given(hints.date), EvidenceRule.HINT, hints.date, guessed=False)
    for values in material.labelled:
        text = values.get("date", "")
        facts.put("date", printed_dates.parse(text), EvidenceRule.DATE_LABEL, text, guessed=False)
    for rule in _PAGE_DATES:
        text = material.meta(rule.element)
        facts.put("date", printed_dates.parse(text), rule, text, guessed=False)
    for text in material.extracted.before[-_ABOVE:]:
        facts.put("date", printed_dates.parse(text), EvidenceRule.DATE_ABOVE, text)
    for text in (line.text for line in material.found.head):
        if len(text) <= _MAX_HEAD and _DATED_HEAD.match(text):
            value, words = printed_dates.first(text)
            facts.put("date", value, EvidenceRule.DATE_HEAD, words)
    for text in reversed(material.cleaned.text.split("\n")[-_SIGNED_LINES:]):
        value, words = _signed(text)
        facts.put("date", value, EvidenceRule.DATE_FOOT, words)
    created = material.meta("created")
    facts.put("date", printed_dates.parse(created), EvidenceRule.FILE_CREATED, created)
    value, words = printed_dates.from_address(hints.url or material.meta("canonical"))
    facts.put("date", value, EvidenceRule.DATE_ADDRESS, words)


def _signed(text: str) -> tuple[PartialDate, str]:
    """Return the date that ends a signature line; a sentence that mentions one is no signature."""
    bare = text.strip("（）()　 ")
    if len(bare) > _MAX_SIGNED or _SENTENCE.search(bare):
        return UNKNOWN, ""
    value, words = printed_dates.first(bare)
    return (value, words) if words and bare.endswith(words) else (UNKNOWN, "")


def _address(facts: Facts, material: Material) -> None:
    """Gather the address of the original, and the domain that it gives."""
    for rule, text in (
        (EvidenceRule.HINT, material.hints.url),
        (EvidenceRule.PAGE_CANONICAL, material.meta("canonical")),
        (EvidenceRule.PAGE_OG_URL, material.meta("og:url")),
    ):
        if _URL.fullmatch(text):
            facts.put("original_url", text, rule, text, guessed=False)
    for line in material.outside:
        if _ADDRESS_LINE.search(line) and (found := _URL.search(line)):
            facts.put("original_url", found.group(), EvidenceRule.ADDRESS_LINE, line, guessed=False)
    url = facts.get("original_url")
    facts.put("source_domain", _domain(url), EvidenceRule.ADDRESS, url, guessed=False)


def _domain(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _source(facts: Facts, material: Material) -> None:
    """Gather the source line as printed, the author, and the name of the site."""
    hints = material.hints
    facts.put("author", hints.author, EvidenceRule.HINT, hints.author, guessed=False)
    for values in material.labelled:
        for name, key, rule in (
            ("source_line", "source", EvidenceRule.SOURCE_LABEL),
            ("author", "author", EvidenceRule.AUTHOR_LABEL),
        ):
            text = values.get(key, "")
            facts.put(name, text, rule, text, guessed=False)
    for line in material.outside:
        if found := _EDITED.search(line) or _SHARED.search(line):
            facts.put("source_line", found.group(), EvidenceRule.SOURCE_LINE, line, guessed=False)
    printed = material.meta("contentsource")
    facts.put("source_line", printed, EvidenceRule.PAGE_CONTENTSOURCE, printed, guessed=False)

    facts.put("source_name", hints.source, EvidenceRule.HINT, hints.source, guessed=False)
    for rule in _PAGE_SITES:
        facts.put("source_name", material.meta(rule.element), rule, material.meta(rule.element))
    for line in material.found.taken(RemovalRule.SITE_NAME):
        facts.put("source_name", line, EvidenceRule.SOURCE_LINE_ABOVE, line)
    for rule, pattern in _SITE_NAMES:
        for line in material.outside:
            if named := pattern.search(line):
                facts.put("source_name", named.group(1).removesuffix("网站"), rule, line)
    segments = _SEGMENTS.split(material.meta("title"))
    if len(segments) > 1 and len(segments[-1]) <= _MAX_SITE:
        facts.put("source_name", segments[-1], EvidenceRule.PAGE_TITLE, material.meta("title"))
    facts.put(
        "source_name", facts.get("source_domain"), EvidenceRule.ADDRESS, facts.get("original_url")
    )


def _site(facts: Facts, material: Material) -> None:
    """Gather what the site says of the material: column, tags, hit count, declared length."""
    hints, title = material.hints, material.title
    facts.put("site_column", hints.column, EvidenceRule.HINT, hints.column, guessed=False)
    facts.put("site_tags", hints.tags, EvidenceRule.HINT, " ".join(hints.tags), guessed=False)
    for line in material.found.taken(RemovalRule.COLUMN):
        facts.put("site_column", line, EvidenceRule.COLUMN_LINE, line, guessed=False)
    column = material.meta("columnname")
    facts.put("site_column", column, EvidenceRule.PAGE_COLUMNNAME, column, guessed=False)
    for line in [*material.found.taken(RemovalRule.BREADCRUMB), *material.extracted.before]:
        facts.put(
            "site_column", _column_of_trail(line), EvidenceRule.BREADCRUMB, line, guessed=False
        )
    for values in material.labelled:
        for name, key, rule, read in (
            ("site_column", "column", EvidenceRule.COLUMN_LABEL, str),
            ("site_tags", "tags", EvidenceRule.TAGS_LABEL, lambda text: _tags(text, title)),
            ("hit_count", "hits", EvidenceRule.HITS_LABEL, _count),
            ("declared_length", "length", EvidenceRule.LENGTH_LABEL, _count),
        ):
            text = values.get(key, "")
            facts.put(name, read(text), rule, text, guessed=False)
    near = [line.text for line in material.found.lines[:_NEAR]]
    for line in [hints.title, material.meta("title"), material.meta("h1"), *near]:
        if declared := _LENGTH.search(line):
            number = _count(declared.group())
            facts.put(
                "declared_length", number, EvidenceRule.LENGTH_NOTE, declared.group(), guessed=False
            )


def _kind(facts: Facts, material: Material) -> None:
    given = material.hints.type
    if code := kinds.parse(given):
        facts.put("type", code, EvidenceRule.HINT, given, guessed=False)
        return
    facts.put("site_column", given, EvidenceRule.HINT, given, guessed=False)
    kind, evidence = kinds.guess(
        material.title, material.cleaned.text, facts.get("site_column"), facts.get("site_tags")
    )
    facts.put("type", kind, evidence.rule, evidence.text)


def _column_of_trail(line: str) -> str:
    """Return the first column of 首页 > 理论学习 > 正文."""
    if not _TRAIL.match(labels.simplify(line)):
        return ""
    crumbs = [part.strip() for part in _STEPS.split(line)][1:]
    named = [part for part in crumbs if part and part not in _NO_COLUMN]
    return named[0] if named and len(named[0]) <= _MAX_COLUMN else ""


def _tags(text: str, title: str) -> tuple[str, ...]:
    """Split a line of tags; the title and what the site's machine cut off (会上) are none."""
    parts = [part for part in _BETWEEN_TAGS.split(text) if part]
    good = [part for part in parts if not _SCRAP.match(part) and not same_title(part, title)]
    return tuple(dict.fromkeys(part for part in good if len(part) <= _MAX_TAG))


def _count(text: str) -> int | None:
    digits = re.sub(r"\D", "", text)
    return int(digits) if digits else None
