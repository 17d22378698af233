"""The lines of a raw text, and what is cut from within them.

A line keeps the spans of the raw text that it is made of: with a marker cut out of its middle there
are two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.ingest.clean import patterns
from archive.ingest.clean.patterns import Where
from archive.ingest.read.printable import UNPRINTABLE, visible
from archive.ingest.rules import RemovalRule
from archive.ingest.values import Removed
from search.text.spans import Span

_BREAKS = r"\n\r\x0b\x0c\x85\u2028\u2029"
_LINE = re.compile(rf"\S[^{_BREAKS}]*")
_INLINE = patterns.of(Where.INLINE)


@dataclass(slots=True)
class Line:
    """A line of the raw text that holds more than blanks. `rule` says why it goes, if it goes."""

    spans: list[Span]
    text: str
    rule: RemovalRule | None = None

    @property
    def start(self) -> int:
        """Where the line begins in the raw text."""
        return self.spans[0][0]

    @property
    def end(self) -> int:
        """Where the line ends in the raw text."""
        return self.spans[-1][1]


def cut_inside(raw: str) -> list[Removed]:
    """Find what is removed from within lines: control characters and the markers of INLINE patterns."""
    found = [
        Removed(m.start(), m.end(), visible(m.group()), RemovalRule.CONTROL_CHARACTER)
        for m in UNPRINTABLE.finditer(raw)
    ]
    for pattern in _INLINE:
        if any(literal in raw for literal in pattern.needs):
            found += [
                Removed(m.start(), m.end(), visible(m.group()), pattern.rule)
                for m in pattern.regex.finditer(raw)
            ]
    found.sort(key=lambda one: one.start)
    return [one for n, one in enumerate(found) if not n or one.start >= found[n - 1].end]


def split_lines(raw: str, cuts: list[Removed]) -> list[Line]:
    """Return the lines of `raw` that hold more than blanks, without what `cuts` (ascending) take."""
    lines = []
    pending = iter(cuts)
    cut = next(pending, None)
    for found in _LINE.finditer(raw):
        start, end = found.span()
        if cut is None or cut.start >= end:
            text = found.group().rstrip()
            lines.append(Line([(start, start + len(text))], text))
            continue
        spans = []
        while cut is not None and cut.start < end:
            spans.append((start, cut.start))
            start = cut.end
            cut = next(pending, None)
        spans = _stripped(raw, [*spans, (start, end)])
        if spans:
            lines.append(Line(spans, "".join(raw[s:e] for s, e in spans)))
    return lines


def _stripped(raw: str, spans: list[Span]) -> list[Span]:
    """Return the spans of a line without blanks at its ends and without empty ones."""
    filled = [n for n, (start, end) in enumerate(spans) if raw[start:end].strip()]
    if not filled:
        return []
    spans = [(s, e) for s, e in spans[filled[0] : filled[-1] + 1] if s < e]
    start, end = spans[0]
    spans[0] = (end - len(raw[start:end].lstrip()), end)
    start, end = spans[-1]
    spans[-1] = (start, start + len(raw[start:end].rstrip()))
    return spans
