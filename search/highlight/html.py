"""Show a text with marked spans: escaped first, so that nothing in it can be markup."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from search.text.spans import Span


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans ascending, those that overlap as one; spans that only touch stay two."""
    result: list[Span] = []
    reach = 0
    for start, end in sorted(spans):
        if result and start < reach:
            if end > reach:
                reach = end
                result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
            reach = end
    return result


def mark(
    text: str, spans: Sequence[Span], number: bool = False, start: int = 0, end: int | None = None
) -> str:
    """The text from `start` to `end` as HTML, what lies in a span within <mark>.

    `spans` are those of the whole text in ascending order, as `hits` gives them, so that a page can
    be made piece by piece; where they overlap they are one. With `number` a span bears id="hit-1"
    and so on, counted in the whole text, on the piece in which it begins.
    """
    end = len(text) if end is None else min(end, len(text))
    pieces: list[str] = []
    at = start
    for i, first, last in _within(spans, start, end):
        name = f' id="hit-{i + 1}"' if number and spans[i][0] >= start else ""
        pieces += (escape(text[at:first]), f"<mark{name}>", escape(text[first:last]), "</mark>")
        at = last
    pieces.append(escape(text[at:end]))
    return "".join(pieces)


def _within(spans: Sequence[Span], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Index, start and end of the part of each span that lies in [start, end)."""
    i = bisect_left(spans, (start, start))
    if i and spans[i - 1][1] > start:
        i -= 1
    while i < len(spans) and spans[i][0] < end:
        index, (first, last) = i, spans[i]
        i += 1
        while i < len(spans) and spans[i][0] < last:
            last = max(last, spans[i][1])
            i += 1
        yield index, max(first, start), min(last, end)
