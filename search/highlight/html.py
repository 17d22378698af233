"""Show a text with marked spans: escaped first, so that nothing in it can be markup."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from html import escape
from operator import itemgetter

from search.text.spans import Span


def mark(text: str, spans: Sequence[Span], start: int = 0, end: int | None = None) -> str:
    """The text from `start` to `end` as HTML, what lies in a span within <mark>.

    `spans` are those of the whole text, ascending and apart, so that a page can be made piece by piece.
    """
    end = len(text) if end is None else min(end, len(text))
    pieces: list[str] = []
    at = start
    for _, first, last in overlaps(spans, start, end):
        pieces += (escape(text[at:first]), "<mark>", escape(text[first:last]), "</mark>")
        at = last
    pieces.append(escape(text[at:end]))
    return "".join(pieces)


def overlaps(spans: Sequence[Span], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the index of each span that reaches into [start, end), and where that part begins and ends.

    `spans` are ascending and apart.
    """
    for index in range(bisect_right(spans, start, key=itemgetter(1)), len(spans)):
        first, last = spans[index]
        if first >= end:
            return
        yield index, max(first, start), min(last, end)
