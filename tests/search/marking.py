"""What is marked of a text, as a list of spans."""

from __future__ import annotations

from collections.abc import Iterable

from search.highlight import Highlighter
from search.query import Node
from search.text.spans import Span


def hits(text: str, tree: Node, *, restore: bool = True) -> list[Span]:
    """What is marked of a text without a title."""
    found = Highlighter("", text, tree, restore=restore)
    return [(start, end) for start, end in found.text_hits.tolist()]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans ascending, those that overlap as one; spans that only touch stay two."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start < result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result
