"""Two states of a text beside each other, as short as can be read and in linear time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from archive.templatetags.yinde import shortened

MOST_LINES = 100
"""Of so many paragraphs that differ it is worked out which belong together; the work is quadratic."""
MOST_SHOWN = 2000
"""Characters of one piece; the text itself stands below."""
AROUND = 30
"""Characters shown before and after what differs within a paragraph."""


@dataclass(frozen=True)
class Piece:
    """One place that differs: what stood there and what would, between what is the same."""

    before: str
    removed: str
    added: str
    after: str


def pieces(old: str, new: str) -> list[Piece]:
    """Return the places in which two texts differ, in their order; none if they are equal.

    >>> pieces("一\\n二三四", "一\\n二五四")
    [Piece(before='二', removed='三', added='五', after='四')]
    """
    was, becomes = ([f"{line}\n" for line in text.split("\n")] for text in (old, new))
    start, end = _same(was, becomes)
    was, becomes = was[start : len(was) - end], becomes[start : len(becomes) - end]
    if max(len(was), len(becomes)) > MOST_LINES:
        return [_piece("".join(was), "".join(becomes))] if was != becomes else []
    steps = SequenceMatcher(None, was, becomes, autojunk=False).get_opcodes()
    return [
        _piece("".join(was[a:b]), "".join(becomes[c:d]))
        for step, a, b, c, d in steps
        if step != "equal"
    ]


def _piece(old: str, new: str) -> Piece:
    start, end = _same(old, new)
    after = old[len(old) - end :]
    return Piece(
        ("…" if start > AROUND else "") + old[max(0, start - AROUND) : start],
        shortened(old[start : len(old) - end], MOST_SHOWN),
        shortened(new[start : len(new) - end], MOST_SHOWN),
        (after[:AROUND] + ("…" if end > AROUND else "")).rstrip("\n"),
    )


def _same(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Return how much is the same at the beginning, and of the rest at the end."""
    start = same_beginning(old, new)
    return start, same_beginning(old[start:][::-1], new[start:][::-1])


def same_beginning(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many characters or lines are the same from the beginning on."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
