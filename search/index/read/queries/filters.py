"""Leaves that choose documents by their keys, numbers and dates. They do not score."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np

from search import highlight
from search.index.format.columns import MISSING
from search.index.read.queries.base import ArrayQuery
from search.index.read.snapshot import Snapshot
from search.index.sets import Bits, Documents, Matches, constant
from search.query import nodes
from search.text.dates import latest


class FilterQuery(ArrayQuery):
    """A leaf that looks at every document: cheap, and the same for whoever asks."""

    def bits(self, snapshot: Snapshot) -> Bits:
        """Return for every document whether it matches."""
        raise NotImplementedError

    def evaluate(
        self, snapshot: Snapshot, *, scored: bool, within: Documents | None = None
    ) -> Matches:
        """Return the documents that pass, all with score 0."""
        return constant(np.flatnonzero(self.bits(snapshot)), 0.0, scored=scored)


@dataclass(frozen=True, eq=True, repr=True)
class KeysQuery(FilterQuery):
    """Documents that have any of some values in a field of keys."""

    fieldname: str
    values: tuple[str, ...]
    lasting = True

    def bits(self, snapshot: Snapshot) -> Bits:
        """Return which documents have one of the values."""
        return snapshot.remember(
            ("keys", self.fieldname, self.values),
            lambda: self._bits(snapshot),
        )

    def _bits(self, snapshot: Snapshot) -> Bits:
        if snapshot.schema[self.fieldname].column_type is not None:
            return snapshot.codes(self.fieldname).having(self.values, snapshot.size)
        bits = np.zeros(snapshot.size, bool)
        for value in self.values:
            bits[snapshot.postings(self.fieldname, value.encode())[0]] = True
        return bits


@dataclass(frozen=True, eq=True, repr=True)
class ValuesQuery(FilterQuery):
    """Documents with a key that passes a test."""

    fieldname: str
    accepts: Callable[[str], bool]

    def bits(self, snapshot: Snapshot) -> Bits:
        """Return which documents have a key that is accepted."""
        codes = snapshot.codes(self.fieldname)
        return codes.having(list(filter(self.accepts, codes.values)), snapshot.size)


@dataclass(frozen=True, eq=True, repr=True)
class KeyWordsQuery(FilterQuery):
    """Documents with a key (a source, a type, a tag) of which, or of one of its names, a tree is true."""

    fieldname: str
    node: nodes.Node
    names: Callable[[Collection[str]], Mapping[str, Collection[str]]]

    def bits(self, snapshot: Snapshot) -> Bits:
        """Return which documents have such a key."""
        codes = snapshot.codes(self.fieldname)
        names = self.names(codes.values)
        # A name is not a text: a run in it stands whole or not at all, and nothing is masked.
        wanted = [
            value
            for value in codes.values
            if any(
                highlight.holds(name, self.node, restore=False)
                for name in (value, *names.get(value, ()))
            )
        ]
        return codes.having(wanted, snapshot.size)


@dataclass(frozen=True, eq=True, repr=True)
class RangeQuery(FilterQuery):
    """Documents whose integer lies in [low, high]; one without an integer never does."""

    fieldname: str
    low: int
    high: int
    lasting = True

    def bits(self, snapshot: Snapshot) -> Bits:
        """Return which documents have such an integer."""
        values = snapshot.integers(self.fieldname)
        low, high = max(self.low, MISSING + 1), min(self.high, -MISSING - 1)
        if low > high:
            return np.zeros(snapshot.size, bool)
        return (values >= low) & (values <= high)


@dataclass(frozen=True, eq=True, repr=True)
class DatesQuery(FilterQuery):
    """Documents whose date, as far as it is known, overlaps [low, high].

    A date is kept as its `earliest`, `low` and `high` are of the same kind. No date never matches.
    """

    fieldname: str
    low: int
    high: int
    lasting = True

    def bits(self, snapshot: Snapshot) -> Bits:
        """Return which documents have a date that may lie there."""
        return snapshot.remember(("dates", self), lambda: self._bits(snapshot))

    def _bits(self, snapshot: Snapshot) -> Bits:
        first = snapshot.integers(self.fieldname)
        return (first > 0) & (first <= self.high) & (latest(first) >= self.low)
