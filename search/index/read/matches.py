"""Which documents match, as ascending numbers with their scores beside them, and how that combines.

What is few stays cheap however many documents there are: nothing here is as long as the archive
unless as many documents match.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Documents: TypeAlias = NDArray[np.int64]
Scores: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]
# Documents, ascending, and how often something stands in each.
Postings: TypeAlias = tuple[Documents, Scores]

CHECKED = False
"""Whether order is looked at where it is taken for granted; the tests set it."""

# Looking up one of few in many takes as long as entering so many in a table.
_FEW = 8


class Matches(NamedTuple):
    """Documents of a snapshot, ascending, each once; their scores, None where nobody asked."""

    documents: Documents
    scores: Scores | None = None

    def where(self, chosen: Mask | Documents | slice) -> Matches:
        """Return those that `chosen`, a mask over or indexes into `documents`, picks."""
        scores = None if self.scores is None else self.scores[chosen]
        return Matches(self.documents[chosen], scores)

    def times(self, factor: float) -> Matches:
        """Return the same with scores multiplied."""
        return self if self.scores is None else self._replace(scores=self.scores * factor)


def ascending(numbers: NDArray[Any]) -> NDArray[Any]:
    """Return an array that must ascend. Raises ValueError where that is looked at and is not so."""
    if CHECKED and (numbers[1:] < numbers[:-1]).any():
        raise ValueError("an array does not ascend")
    return numbers


def constant(documents: Documents, score: float, *, scored: bool) -> Matches:
    """Return documents that all score the same."""
    return Matches(documents, np.full(len(documents), score) if scored else None)


def shared(left: Documents, right: Documents) -> tuple[Documents, Documents]:
    """Return where what is in both of two ascending arrays stands in each of them."""
    ascending(left), ascending(right)
    if len(left) > len(right):
        there, here = shared(right, left)
        return here, there
    if not len(left):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    if len(left) * _FEW < len(right):
        at = np.searchsorted(right, left)
        at[at == len(right)] = 0
        found = np.flatnonzero(right[at] == left)
        return found, at[found]
    table = np.zeros(max(int(left[-1]), int(right[-1])) + 1, np.int32)
    table[right] = np.arange(1, len(right) + 1, dtype=np.int32)
    at = table[left].astype(np.int64) - 1
    found = np.flatnonzero(at >= 0)
    return found, at[found]


def ranges(lows: NDArray[np.int64], highs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return all numbers of the ranges [low, high), one range after the other."""
    sizes = highs - lows
    firsts = np.cumsum(sizes) - sizes
    return np.repeat(lows - firsts, sizes) + np.arange(int(sizes.sum()))


def distinct(numbers: Documents) -> Documents:
    """Return each number of an ascending array once (`np.unique` would hash and sort it)."""
    ascending(numbers)
    fresh = np.ones(len(numbers), bool)
    fresh[1:] = numbers[1:] != numbers[:-1]
    return numbers[fresh]


def united(parts: Sequence[Documents]) -> Documents:
    """Return what is in any of some ascending arrays."""
    some = [ascending(part) for part in parts if len(part)]
    if len(some) < 2:
        return some[0] if some else np.empty(0, np.int64)
    top = max(int(part[-1]) for part in some) + 1
    if sum(map(len, some)) * _FEW < top:
        return distinct(np.sort(np.concatenate(some)))
    mask = np.zeros(top, bool)
    for part in some:
        mask[part] = True
    return np.flatnonzero(mask)


def both(left: Matches, right: Matches) -> Matches:
    """Return what is in both, scores added up."""
    here, there = shared(left.documents, right.documents)
    found = left.where(here)
    if found.scores is None or right.scores is None:
        return found._replace(scores=None)
    return found._replace(scores=found.scores + right.scores[there])


def any_of(parts: Sequence[Matches]) -> Matches:
    """Return what is in any, scores added up."""
    if len(parts) == 1:
        return parts[0]
    documents = united([part.documents for part in parts])
    scores = np.zeros(len(documents))
    for part in parts:
        if part.scores is None:
            return Matches(documents)
        scores[shared(documents, part.documents)[0]] += part.scores
    return Matches(documents, scores)


def without(matches: Matches, gone: Documents) -> Matches:
    """Return what is not among `gone`."""
    kept = np.ones(len(matches.documents), bool)
    kept[shared(matches.documents, gone)[0]] = False
    return matches.where(kept)
