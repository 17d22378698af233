"""Show a text with marked spans: escaped first, so that nothing in it can be markup."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from html import escape

from search.text.spans import Span


def mark(text: str, spans: Sequence[Span], start: int = 0, end: int | None = None) -> str:
    """The text from `start` to `end` as HTML, what lies in a span within <mark>.

    `spans` are those of the whole text, ascending and apart, so that a page can be made piece by piece.
    """
    end = len(text) if end is None else min(end, len(text))
    pieces: list[str] = []
    at = start
    i = bisect_right(spans, start, key=lambda span: span[1])
    while i < len(spans) and spans[i][0] < end:
        first, last = max(spans[i][0], start), min(spans[i][1], end)
        pieces += (escape(text[at:first]), "<mark>", escape(text[first:last]), "</mark>")
        at = last
        i += 1
    pieces.append(escape(text[at:end]))
    return "".join(pieces)
