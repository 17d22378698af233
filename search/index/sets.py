"""Sets of numbers (documents, positions) as ascending arrays.

What is few stays cheap however many documents there are: nothing here is as long as the archive
unless a set is. Where order is taken for granted, `ascending` looks at it in the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.int64]

CHECKED = False
"""Whether order is looked at where it is taken for granted; the tests set it."""

# Looking up one of few in many takes as long as entering so many in a table.
_FEW = 8


def ascending(numbers: NDArray[Any]) -> NDArray[Any]:
    """Return an array that must ascend. Raises ValueError where that is looked at and is not so."""
    if CHECKED and (numbers[1:] < numbers[:-1]).any():
        raise ValueError("an array does not ascend")
    return numbers


def shared(left: Numbers, right: Numbers) -> tuple[Numbers, Numbers]:
    """Return where what is in both of two ascending arrays stands in each of them.

    >>> left, right = np.array([2, 5, 7, 9]), np.array([5, 6, 9])
    >>> shared(left, right)  # 5 and 9: left[[1, 3]] and right[[0, 2]]
    (array([1, 3]), array([0, 2]))
    """
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
    """Return all numbers of the ranges [low, high), one range after the other.

    >>> ranges(np.array([10, 40, 7]), np.array([13, 40, 9]))
    array([10, 11, 12,  7,  8])
    """
    sizes = highs - lows
    firsts = np.cumsum(sizes) - sizes
    return np.repeat(lows - firsts, sizes) + np.arange(int(sizes.sum()))


def distinct(numbers: Numbers) -> Numbers:
    """Return each number of an ascending array once (`np.unique` would hash and sort it)."""
    ascending(numbers)
    fresh = np.ones(len(numbers), bool)
    fresh[1:] = numbers[1:] != numbers[:-1]
    return numbers[fresh]


def united(parts: Sequence[Numbers]) -> Numbers:
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
