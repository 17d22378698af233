"""Take away what is certainly not the speech, and record every span that goes.

Cleaning works on the lines of the raw text, in two steps, because the title is found among the
lines that survive the first: `survey` tries the patterns of `patterns.py`, `finish` drops the title
and joins broken lines. Patterns for lines above and below the text are tried only there: the lines
above end at the first salutation, heading or sentence, the lines below begin after the last one.

Measured on 3,806 laws, official papers and reports (22.9 million characters): 0.3 % of the characters
go, five sixths of them titles; then lines of facts, buttons, 扫一扫, zero-width characters, and 53
line breaks within sentences; no line of substance. `python -m benchmarks.cleaning CORPUS` prints it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

from archive.ingest.clean import labels, patterns
from archive.ingest.clean.lines import Line, cut_inside, split_lines
from archive.ingest.clean.patterns import Where
from archive.ingest.read.printable import visible
from archive.ingest.rules import RemovalRule
from archive.ingest.values import Removed
from archive.reading.outline import is_heading
from search.text.spans import Span

_BULLETS = "•·●○■□◆▪▸►*　 \t"
_ANY = patterns.of(Where.ANY)
_HEAD = patterns.of(Where.HEAD, Where.EDGE)
_TAIL = patterns.of(Where.TAIL, Where.EDGE)
_REST = patterns.of(Where.REST)

_HEAD_LINES = 40
_HEAD_KEPT = 10  # lines of title, subtitle, author that may stand above a text
_TAIL_LINES = 80
_TABLE_ROWS = 3  # so many labels alone on a line make a table
_TITLE_LINES = 12  # where a repeated title is looked for, text or not

_MINUTES = re.compile(
    r"(?:会议)?(?:地\s*点|主\s*持(?:人)?|参\s*加(?:人员)?|出\s*席|记\s*录(?:人)?)\s*[:：]"
)
_CRUMB = re.compile(r"(?:.{0,8}位置\s*[:：]?\s*)?(?:网站)?首\s*页")
_STEP = re.compile(r"[>＞»›》/]+")
_MAX_CRUMB = 12
_SALUTATION = re.compile(
    r"[^。；！？]{0,40}(?:们|各位|代表|委员|领导|同志|同学|朋友|老师|学员|来宾)[^。；]{0,8}[:：!！]"
)
_SENTENCE_END = re.compile(r"[。！？!?；;…：:][”’」』）)]?$")
_MIN_PROSE = 20
_MIN_BROKEN = 15
_LONG = 80  # a line of that length is text, however it ends

_OPEN_END = re.compile(r"[，、,]$")
_HALF_END = re.compile(r"[；;]$")
_GOES_ON = re.compile(r"[\u4e00-\u9fff“‘《]")
_NEW_ITEM = re.compile(
    r"[（(]?[一二三四五六七八九十百\d]{1,4}[）)、.．：:是要]|第[一二三四五六七八九十百千\d]+[条章节编款项，、]"
    r"|[①-⑳㈠-㈩⑴-⒇●■◆•·—-]|其[一二三四五六]|附[件：:]|[一二三四五六七八九十]+[来则]"
)


@dataclass
class Survey:
    """The raw text with a verdict on every line; `head` are the lines above the text."""

    raw: str
    lines: list[Line]
    cuts: list[Removed]
    head: list[Line] = field(default_factory=list)
    facts: list[dict[str, str]] = field(default_factory=list)

    def taken(self, rule: RemovalRule) -> list[str]:
        """Return the lines that a rule took."""
        return [line.text for line in self.lines if line.rule is rule]


@dataclass(frozen=True)
class Cleaned:
    """The text, the spans of the raw text that each paragraph is made of, and what was removed."""

    text: str
    paragraphs: tuple[tuple[Span, ...], ...]
    removed: tuple[Removed, ...]


def survey(raw: str, *, titled: bool = False) -> Survey:
    """Judge every line of `raw`. `titled` says that the title is known from elsewhere."""
    cuts = cut_inside(raw)
    found = Survey(raw, split_lines(raw, cuts), cuts)
    for pattern in _ANY:
        if any(literal in raw for literal in pattern.needs):
            for line in found.lines:
                needed = any(literal in line.text for literal in pattern.needs)
                if needed and pattern.matches(line.text):
                    line.rule = pattern.rule
    _judge_head(found, titled=titled)
    _judge_tail(found.lines, found.facts)
    return found


def finish(found: Survey, title: str) -> Cleaned:
    """Drop the title where it stands above the text, join broken lines, and give the text."""
    _drop_title(found, title)
    paragraphs, joins = _paragraphs(found)
    text = "\n".join("".join(found.raw[s:e] for s, e in spans) for spans in paragraphs)
    gone = [
        Removed(line.start, line.end, visible(found.raw[line.start : line.end]), line.rule)
        for line in found.lines
        if line.rule
    ]
    inside = _outside(found.cuts, gone)
    removed = sorted([*gone, *inside, *joins], key=lambda one: one.start)
    return Cleaned(text, tuple(paragraphs), tuple(removed))


def _outside(cuts: list[Removed], gone: list[Removed]) -> list[Removed]:
    """Return the cuts that do not begin within what is gone; both ascend."""
    starts = [one.start for one in gone]
    numbers = ((cut, bisect_right(starts, cut.start) - 1) for cut in cuts)
    return [cut for cut, n in numbers if n < 0 or cut.start >= gone[n].end]


def starts_text(text: str) -> bool:
    """Tell whether a line can only be the text itself: a salutation, a heading or a sentence."""
    if len(text) >= _LONG or _SALUTATION.fullmatch(text) or is_heading(text):
        return True
    return len(text) >= _MIN_PROSE and bool(_SENTENCE_END.search(text))


def same_title(one: str, other: str) -> bool:
    """Tell whether two titles are one but for punctuation and a note like （全文3623字）.

    A name in title marks （〈…办法〉） stands in a list and is nobody's title.
    """
    listed = one[:1] in ("〈", "《", "<") and one[-1:] in ("〉", "》", ">")
    return bool(one) and not listed and _bare(one) == _bare(other)


def _bare(title: str) -> str:
    title = re.sub(
        r"[（(【\[](?:全文|共|约|完整|精选|通用|最新|优秀)[^）)】\]]{0,12}[）)】\]]\s*$", "", title
    )
    return re.sub(r"[\W_]+", "", title).lower()


def _judge_head(found: Survey, *, titled: bool) -> None:
    _official_table(found)
    _trail(found.lines[:_HEAD_LINES])
    minutes = any(_MINUTES.match(line.text) for line in found.lines[:_HEAD_LINES])
    for line in found.lines[:_HEAD_LINES]:
        if not line.rule:
            line.rule = _edge_rule(line.text, _HEAD, found.facts, dated=not minutes)
        if line.rule:
            continue
        if starts_text(line.text) or len(found.head) >= _HEAD_KEPT:
            break
        found.head.append(line)
    if not found.head and not titled:  # then what looked like a name above the title is the title
        for line in reversed(found.lines[:_HEAD_LINES]):
            if line.rule in (RemovalRule.COLUMN, RemovalRule.SITE_NAME):
                line.rule = None
                found.head.append(line)
                break


def _edge_rule(
    text: str, table: tuple[patterns.Pattern, ...], facts: list[dict[str, str]], *, dated: bool
) -> RemovalRule | None:
    """Return the rule that takes a line above or below the text, None if none does.

    `dated` says whether a line that gives only a time is the site's: in the minutes of a meeting,
    and below a text, it is not.
    """
    plain = labels.simplify(text).strip(_BULLETS)
    values = labels.read(text.strip(_BULLETS))
    if values and (dated or not values.keys() <= {"date", "author"}):
        facts.append(values)
        return RemovalRule.FACTS
    if labels.is_buttons(plain):
        return RemovalRule.BUTTONS
    return next((pattern.rule for pattern in table if pattern.matches(plain)), None)


def _official_table(found: Survey) -> None:
    """Take the table of an official page: 索引号： and the like, each value on the line after.

    Only the first value of each field is kept, as with any line of facts.
    """
    lines = found.lines[:_HEAD_LINES]
    fields = [labels.label(line.text) for line in lines]
    last = max((n for n, name in enumerate(fields) if name), default=0)
    if sum(map(bool, fields)) < _TABLE_ROWS or not any(map(bool, fields[:_HEAD_KEPT])):
        return
    for line, name, following, after in zip(lines, fields, lines[1:], fields[1:], strict=False):
        if name:
            line.rule = RemovalRule.FACTS
            if not after and following is not lines[min(last + 1, len(lines) - 1)]:
                following.rule = RemovalRule.FACTS
                found.facts.append({name: following.text})


def _trail(lines: list[Line]) -> None:
    """Take a trail that is broken into lines: 首页 / > / 政务信息 / > / 要闻."""
    for crumb, line, step in zip(lines, lines[1:], lines[2:], strict=False):
        begun = crumb.rule is RemovalRule.BREADCRUMB or _CRUMB.fullmatch(crumb.text)
        if begun and _STEP.fullmatch(line.text) and len(step.text) <= _MAX_CRUMB:
            crumb.rule = line.rule = step.rule = RemovalRule.BREADCRUMB


def _judge_tail(lines: list[Line], facts: list[dict[str, str]]) -> None:
    below: list[Line] = []
    for line in reversed(lines[-_TAIL_LINES:]):
        if not line.rule:
            line.rule = _edge_rule(line.text, _TAIL, facts, dated=False)
            if not line.rule and starts_text(line.text):
                break
        below.insert(0, line)
    for number, line in enumerate(below):
        plain = labels.simplify(line.text).strip(_BULLETS)
        if any(pattern.matches(plain) for pattern in _REST):
            line.rule = RemovalRule.END_SECTION
            for other in below[number + 1 :]:
                other.rule = other.rule or RemovalRule.AFTER_END
            break


def _drop_title(found: Survey, title: str) -> None:
    rule = RemovalRule.TITLE
    for line in [line for line in found.lines if not line.rule][:_TITLE_LINES]:
        if same_title(line.text, title) and not line.text.endswith("。"):
            line.rule = rule
            rule = RemovalRule.REPEATED_TITLE
    head = [line for line in found.head if not line.rule]
    for count in range(2, min(len(head), 4) + 1):  # a title broken into lines
        if same_title("".join(line.text for line in head[:count]), title):
            for line in head[:count]:
                line.rule = rule


def _paragraphs(found: Survey) -> tuple[list[tuple[Span, ...]], list[Removed]]:
    kept = [line for line in found.lines if not line.rule]
    gaps = [_breaks(found.raw[a.end : b.start]) for a, b in pairwise(kept)]
    spaced = sum(gap > 1 for gap in gaps) * 2 > len(gaps)  # blank lines part the paragraphs
    paragraphs: list[list[Span]] = []
    joins: list[Removed] = []
    last: Line | None = None
    for line in found.lines:
        if not line.rule:
            gap = found.raw[last.end : line.start] if last else ""
            if last and _breaks(gap) == 1 and _is_broken(last.text, line.text, spaced=spaced):
                paragraphs[-1] += line.spans
                joins.append(Removed(last.end, line.start, gap, RemovalRule.LINE_BREAK))
            else:
                paragraphs.append([*line.spans])
        last = None if line.rule else line
    return [tuple(spans) for spans in paragraphs], joins


def _breaks(gap: str) -> int:
    """Count the line breaks between two lines, whatever system they come from."""
    return max(len(f"{gap}.".splitlines()) - 1, 1)


def _is_broken(upper: str, lower: str, *, spaced: bool) -> bool:
    """Tell whether a sentence goes on from one line to the next."""
    if not _GOES_ON.match(lower) or _NEW_ITEM.match(lower):
        return False
    if len(upper) < _MIN_BROKEN:  # a list: 委员长， / 副委员长若干人， / 秘书长，
        return False
    return bool(_OPEN_END.search(upper) or (spaced and _HALF_END.search(upper)))
