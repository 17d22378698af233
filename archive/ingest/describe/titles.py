"""The title of a material, as it stands at its top.

A note of the length that some sites put behind it （全文3623字） is not part of it.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from archive.ingest.clean.boilerplate import Survey
from archive.ingest.read.printable import printable
from archive.ingest.rules import EvidenceRule
from archive.ingest.values import Evidence, Extracted, Hints

_NAMED = (EvidenceRule.PAGE_ARTICLETITLE, EvidenceRule.PAGE_OG_TITLE, EvidenceRule.PAGE_H1)
_NEAR = 12  # lines of a page above its text among which the title may stand
_MAX_TITLE = 200
_TITLE_NOTE = re.compile(
    r"[（(【\[]\s*(?:全文|正文|共|约|本文)+\s*\d{2,6}\s*字[^）)】\]]{0,6}[）)】\]]\s*$"
)
_SEGMENTS = re.compile(
    r"(?:[_|｜]+|-{2,}|(?<=\s)[-–—](?=\s)|-(?=[^-\d][^-]{1,11}$))"
)  # 标题_栏目_网站
_GOES_ON = re.compile(r"关于[^的]{2,60}$")
_ENDS = re.compile(r"的(?:通知|意见|决定|讲话|发言|报告|汇报|总结|规定|办法|复函|批复|函)$")
_MIN_TITLE = 4


def find_title(
    extracted: Extracted, found: Survey, hints: Hints, name: str
) -> tuple[str, Evidence]:
    """Return the title as it stands, without a note of its length, and where it was found."""
    title, evidence = _title(extracted, found, hints, name)
    return printable(_TITLE_NOTE.sub("", title))[:_MAX_TITLE].strip(), evidence


def _title(extracted: Extracted, found: Survey, hints: Hints, name: str) -> tuple[str, Evidence]:
    if hints.title:
        return hints.title.strip(), Evidence(EvidenceRule.HINT, hints.title, guessed=False)
    if from_page := _title_of_page(extracted, found):
        return from_page
    head = [line.text for line in found.head]
    if head:
        title = head[0]
        if len(head) > 1 and _GOES_ON.search(title) and _ENDS.search(head[1]):
            title += head[1]  # the long title of an official paper, broken into two lines
        return title, Evidence(EvidenceRule.FIRST_LINE, title, guessed=False)
    stem = PurePath(name).stem
    if re.search(r"[\u4e00-\u9fff]{2}", stem):
        return stem, Evidence(EvidenceRule.FILE_NAME, name, guessed=True)
    first = next((line.text for line in found.lines if not line.rule), stem or name)
    return re.split(r"[。！？；]", first)[0][:60], Evidence(
        EvidenceRule.FIRST_SENTENCE, first[:60], guessed=True
    )


def _title_of_page(extracted: Extracted, found: Survey) -> tuple[str, Evidence] | None:
    """Return the title that an HTML page names; the visible line that repeats it is preferred."""
    whole = extracted.meta.get("title", "")
    named = max(map(str.strip, _SEGMENTS.split(whole)), key=len)
    near = [*extracted.before[-_NEAR:], *(line.text for line in found.head)]
    seen = max((line.strip() for line in near if line.strip() in whole), key=len, default="")
    if len(seen) >= max(_MIN_TITLE, len(named) / 2):
        return seen, Evidence(EvidenceRule.PAGE_TITLE, whole, guessed=False)
    for rule in _NAMED:
        if value := extracted.meta.get(rule.element, ""):
            return value, Evidence(rule, value, guessed=False)
    return (named, Evidence(EvidenceRule.PAGE_TITLE, whole, guessed=True)) if whole else None
