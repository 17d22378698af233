"""A long text in parts, each of which makes one page. Pure.

A part ends with a paragraph where it can, else with a sentence. Where much is marked a part is
shorter, so the parts of a text depend on what is looked for in it: `Division.part_of` finds the part
of any place.
"""

from __future__ import annotations

import math
from bisect import bisect_right

import numpy as np
import numpy.typing as npt

from search.text.punctuation import SENTENCE_ENDS

CHARACTERS = 60_000
PARAGRAPHS = 2_000
MARKS = 2_000
"""No part has more of any of these; only a text that does is divided."""
_LOOKED_THROUGH = 1_000  # characters before the end of a part, for one of a sentence

Offsets = npt.NDArray[np.int64]  # of another type numpy would copy them at every look-up


class Division:
    """Where the parts of a text begin. Parts are counted from 1."""

    def __init__(self, text: str, *marks: npt.ArrayLike) -> None:
        """Divide a text; each of `marks` says in ascending order where one kind of mark begins."""
        self._bounds = [0]
        lines = _line_starts(text)
        counted = [(lines, PARAGRAPHS), *((np.array(kind, np.int64), MARKS) for kind in marks)]
        even = len(text) / math.ceil(len(text) / CHARACTERS or 1)  # rather than a scrap at the end
        while (start := self._bounds[-1]) < len(text):
            furthest = min(start + CHARACTERS, len(text))
            for places, limit in counted:
                index = int(np.searchsorted(places, start)) + limit
                if index < len(places):
                    furthest = min(furthest, int(places[index]))
            self._bounds.append(_end(text, lines, start, furthest, start + math.ceil(even)))

    def __len__(self) -> int:
        return max(1, len(self._bounds) - 1)

    def part_of(self, offset: int) -> int:
        """Return the number of the part in which a place of the text lies."""
        return min(max(1, bisect_right(self._bounds, offset)), len(self))

    def span(self, part: int) -> tuple[int, int]:
        """Return where a part begins and ends."""
        return (self._bounds[part - 1], self._bounds[part]) if len(self._bounds) > 1 else (0, 0)


def _line_starts(text: str) -> Offsets:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return np.append(0, np.flatnonzero(codes == ord("\n")) + 1)


def _end(text: str, lines: Offsets, start: int, furthest: int, wanted: int) -> int:
    """Return the end of a part: the first end of a paragraph from `wanted` on, or the last before."""
    if furthest == len(text):
        return furthest
    following = int(np.searchsorted(lines, min(wanted, furthest)))
    if following < len(lines) and lines[following] <= furthest:
        return int(lines[following])
    middle = (start + furthest) // 2
    if (last := int(lines[following - 1])) > middle:
        return last
    lowest = max(middle, furthest - _LOOKED_THROUGH)
    return max(text.rfind(mark, lowest, furthest) + 1 for mark in SENTENCE_ENDS) or furthest
