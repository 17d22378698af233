"""The cleaned text of a page or a Word file as sanitised HTML, with what survived of its markup."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby, pairwise

from archive.ingest.clean.sanitise import REL, sanitise
from archive.ingest.values import Extracted, Mark
from search.text.spans import Span

_TAGS = {
    "h1": "h2",
    "h2": "h2",
    "h3": "h3",
    "h4": "h4",
    "h5": "h4",
    "h6": "h4",
    "li": "li",
    "blockquote": "blockquote",
    "tr": "tr",
}
_MAX_ROWS = 200  # of one list or table: sanitising is quadratic
_MANY, _LONG = 50, 4_000  # elements, and their characters, that are sanitised at once


def fragment(extracted: Extracted, paragraphs: tuple[tuple[Span, ...], ...]) -> str:
    """Return `paragraphs` as sanitised HTML; "" for a text that never had any markup."""
    if not extracted.blocks:
        return ""
    starts = [block.start for block in extracted.blocks]
    marks = _Marks(extracted.marks)
    rows = []
    for spans in paragraphs:
        parts = [_marked(extracted.raw, start, end, marks) for start, end in spans]
        first = extracted.blocks[bisect_right(starts, spans[0][0]) - 1]
        rows.append((_TAGS.get(first.tag, "p"), "".join(parts)))
    return "\n".join(_sanitised(some) for some in _together(_wrapped(rows)))


def _together(elements: Iterable[str]) -> Iterator[list[str]]:
    """Yield the elements in groups that are short, and quick to sanitise."""
    group: list[str] = []
    size = 0
    for element in elements:
        if group and (len(group) == _MANY or size + len(element) > _LONG):
            yield group
            group, size = [], 0
        group.append(element)
        size += len(element)
    if group:
        yield group


def _sanitised(elements: list[str]) -> str:
    """Return elements sanitised: at once where that changes nothing, else each by itself.

    One call for each takes three times as long: what a file may hold at most would not be read in time.
    """
    whole = "\n".join(elements)
    if sanitise(whole) == whole:
        return whole
    return "\n".join(map(sanitise, elements))


def _wrapped(rows: list[tuple[str, str]]) -> Iterator[str]:
    """Yield the rows as elements, neighbouring list items and table rows in one list or table."""
    for tag, group in groupby(rows, key=lambda row: row[0]):
        contents = [content for _tag, content in group]
        if tag not in ("tr", "li"):
            yield from (f"<{tag}>{content}</{tag}>" for content in contents)
            continue
        for start in range(0, len(contents), _MAX_ROWS):
            some = contents[start : start + _MAX_ROWS]
            if tag == "li":
                yield "<ul>" + "".join(f"<li>{row}</li>" for row in some) + "</ul>"
            else:
                cells = (row.replace("\t", "</td><td>") for row in some)
                body = "".join(f"<tr><td>{row}</td></tr>" for row in cells)
                yield f"<table><tbody>{body}</tbody></table>"


class _Marks:
    """The marks of a text, gone through once from its beginning to its end."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self._coming = deque(sorted(marks, key=lambda one: one.start))
        self._open: list[Mark] = []

    def over(self, start: int, end: int) -> list[Mark]:
        """Return the marks that reach into [start, end), which never goes back."""
        while self._coming and self._coming[0].start < end:
            self._open.append(self._coming.popleft())
        self._open = [mark for mark in self._open if mark.end > start]
        return self._open


def _marked(raw: str, start: int, end: int, marks: _Marks) -> str:
    """Return `raw[start:end]` escaped, with the marks over it; overlaps are cut at their edges."""
    inside = marks.over(start, end)
    edges = {start, end}
    for mark in inside:
        edges |= {max(start, mark.start), min(end, mark.end)}
    here = _Marks(inside)
    parts = []
    for left, right in pairwise(sorted(edges)):
        html = escape(raw[left:right], quote=False)
        for mark in sorted(here.over(left, right), key=lambda one: one.end - one.start):
            # With what sanitising would add, so that it changes nothing.
            href = f' href="{escape(mark.href)}" rel="{REL}"' if mark.href else ""
            html = f"<{mark.tag}{href}>{html}</{mark.tag}>"
        parts.append(html)
    return "".join(parts)
