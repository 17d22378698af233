"""Sets of numbers (documents, positions) as ascending arrays; documents with scores, and with keys.

What is few stays cheap however many documents there are: a step over sets is never as long as the
archive unless one of them is. Where order is taken for granted, `ascending` looks at it in the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from search.index.format.columns import MISSING, CodesColumn
from search.index.format.postings import FieldTerms

Numbers: TypeAlias = NDArray[np.int64]
Documents: TypeAlias = NDArray[np.int64]
Scores: TypeAlias = NDArray[np.float64]
Bits: TypeAlias = NDArray[np.bool_]
# Documents, ascending, and how often something stands in each.
Postings: TypeAlias = tuple[Documents, Scores]

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
    if len(some) == 2:
        few, many = sorted(some, key=len)
        # What stands in a title mostly stands in its text.
        if len(few) * _FEW < len(many) and len(shared(few, many)[0]) == len(few):
            return many
    top = max(int(part[-1]) for part in some) + 1
    if sum(map(len, some)) * _FEW < top:
        return distinct(np.sort(np.concatenate(some)))
    bits = np.zeros(top, bool)
    for part in some:
        bits[part] = True
    return np.flatnonzero(bits)


class Matches(NamedTuple):
    """Documents of a snapshot, ascending, each once; their scores, None where nobody asked."""

    documents: Documents
    scores: Scores | None = None

    def where(self, chosen: Bits | Documents | slice) -> Matches:
        """Return those that `chosen`, bits over `documents` or indexes into them, picks."""
        scores = None if self.scores is None else self.scores[chosen]
        return Matches(self.documents[chosen], scores)

    def times(self, factor: float) -> Matches:
        """Return the same with scores multiplied."""
        return self if self.scores is None else self._replace(scores=self.scores * factor)


def constant(documents: Documents, score: float, *, scored: bool) -> Matches:
    """Return documents that all score the same."""
    return Matches(documents, np.full(len(documents), score) if scored else None)


def among(postings: Postings, documents: Documents) -> Postings:
    """Return the postings of some documents; others may be among them where these are not few."""
    found, frequencies = postings
    if len(documents) * _FEW < len(found):
        there = shared(documents, found)[1]
        return found[there], frequencies[there]
    return postings


def scores_of(documents: Documents, matches: Matches) -> Scores:
    """Return the score of each document (ascending), 0 for those that are no matches."""
    found, scores = matches
    if scores is None or not len(documents) or not len(found):
        return np.zeros(len(documents))
    top = max(int(documents[-1]), int(found[-1])) + 1
    if (len(documents) + len(found)) * _FEW < top:
        few = np.zeros(len(documents))
        here, there = shared(documents, found)
        few[here] = scores[there]
        return few
    table = np.zeros(top)
    table[found] = scores
    return table.take(documents)


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
        scores += scores_of(documents, part)
    return Matches(documents, scores)


def without(matches: Matches, gone: Documents) -> Matches:
    """Return what is not among `gone`."""
    kept = np.ones(len(matches.documents), bool)
    kept[shared(matches.documents, gone)[0]] = False
    return matches.where(kept)


@dataclass(frozen=True)
class Codes:
    """A column of codes over all segments.

    `owners[i]` has the value `values[codes[i]]`; where every document has exactly one, `owners` is
    None and `codes[d]` is the code of document d.
    """

    values: list[str]
    codes: NDArray[np.int64]
    owners: NDArray[np.int64] | None

    @classmethod
    def of(cls, parts: Iterable[tuple[int, int, CodesColumn.Reader]], size: int) -> Codes:
        """Join the columns of segments, given with their first document and size; `size` of all."""
        numbers: dict[str, int] = {}
        joined = list(parts)
        codes = [np.empty(0, np.int64)]
        for _, _, reader in joined:
            new = [numbers.setdefault(value, len(numbers)) for value in reader.values]
            codes.append(np.array(new, np.int64)[reader.codes])
        every = sum(documents for _, documents, _ in joined) == size
        if every and all(reader.is_single for _, _, reader in joined):
            return cls(list(numbers), np.concatenate(codes), None)
        owners = [np.empty(0, np.int64)]
        for base, documents, reader in joined:
            sizes = np.diff(reader.ends, prepend=0).astype(np.int64)
            owners.append(np.repeat(np.arange(documents) + base, sizes))
        return cls(list(numbers), np.concatenate(codes), np.concatenate(owners))

    @classmethod
    def of_terms(cls, parts: Iterable[tuple[int, FieldTerms]]) -> Codes:
        """Make the codes of a field that is kept as terms only, given with each segment's base."""
        numbers: dict[str, int] = {}
        codes, owners = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for base, terms in parts:
            ends, documents, _ = terms.all_postings()
            new = [numbers.setdefault(term.decode(), len(numbers)) for term in terms]
            codes.append(np.repeat(np.array(new, np.int64), np.diff(ends, prepend=0)))
            owners.append(documents.astype(np.int64) + base)
        all_owners = np.concatenate(owners)
        order = np.argsort(all_owners, kind="stable")
        return cls(list(numbers), np.concatenate(codes)[order], all_owners[order])

    def ranks(self, key: Callable[[str], Any], size: int) -> NDArray[np.int64]:
        """Return for `size` documents, each with one value at most, where it comes; MISSING for none."""
        order = sorted(range(len(self.values)), key=lambda number: key(self.values[number]))
        places = np.empty(len(order), np.int64)
        places[order] = np.arange(len(order))
        if self.owners is None:
            return places[self.codes]
        ranks = np.full(size, MISSING)
        ranks[self.owners] = places[self.codes]
        return ranks

    def counts(self, documents: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return for each value how many of some documents (ascending) have it."""
        if self.owners is None:
            return np.bincount(self.codes[documents], minlength=len(self.values))
        lows = np.searchsorted(self.owners, documents)
        chosen = ranges(lows, np.searchsorted(self.owners, documents, "right"))
        return np.bincount(self.codes[chosen], minlength=len(self.values))

    def having(self, wanted: Sequence[str], size: int) -> NDArray[np.bool_]:
        """Return which of `size` documents have any of the wanted values."""
        chosen_values = set(wanted)
        numbers = [i for i, value in enumerate(self.values) if value in chosen_values]
        hits = np.zeros(len(self.values) + 1, bool)
        hits[numbers] = True
        chosen = hits[self.codes]
        if self.owners is None:
            return chosen
        bits = np.zeros(size, bool)
        bits[self.owners[chosen]] = True
        return bits
