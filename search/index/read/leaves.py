"""The leaves of a query over an index: Whoosh queries that are carried out in arrays.

Each works out its documents and scores over a whole snapshot at once (`evaluate`); `matcher` gives
the same to Whoosh's own searcher, so that any of them combines with Whoosh's queries and Whoosh can
check the vectorised execution.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.matching import ListMatcher, NullMatcher, WrappingMatcher
from whoosh.query import Query
from whoosh.scoring import WeightScorer

from search.index.format.exact import units_of
from search.index.format.fields import RESTORED
from search.index.read.matches import Documents, Matches, Scores, shared, united
from search.index.read.snapshot import Snapshot

# BM25F, as in Whoosh's own defaults.
B, K1 = 0.75, 1.2


def bm25(idf: float, weights: Scores, norms: Scores) -> Scores:
    """Return BM25 scores in the form Whoosh computes them; `norms` are lengths over their mean."""
    result: Scores = idf * ((weights * (K1 + 1)) / (weights + K1 * ((1 - B) + B * norms)))
    return result


def idf(documents: int, found: int) -> float:
    """Return the inverse document frequency, in the form Whoosh computes it."""
    return float(np.log(max(documents, 1) / (found + 1)) + 1)


class ArrayQuery(Query):
    """A leaf that is evaluated over a whole snapshot."""

    boost = 1.0

    def evaluate(
        self, snapshot: Snapshot, *, scored: bool, within: Documents | None = None
    ) -> Matches:
        """Return the matching documents, deleted ones included, and their scores.

        The caller needs none outside `within`: a leaf may leave them out if that saves work. Scores
        do not depend on it.
        """
        raise NotImplementedError

    def most(self, snapshot: Snapshot) -> int:
        """Return about how many documents match at most, from directories alone."""
        return snapshot.size

    def is_leaf(self) -> bool:
        """Say that Whoosh need not look inside."""
        return True

    def estimate_size(self, ixreader: Any) -> int:
        """Give Whoosh an upper bound."""
        return int(ixreader.doc_count())

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """Give Whoosh's searcher the matches of the segment it is looking at."""
        parent = searcher.get_parent()
        snapshot = getattr(parent, "_yinde_snapshot", None)
        if snapshot is None:
            snapshot = parent._yinde_snapshot = Snapshot(parent.reader(), parent.schema)
        reader = searcher.reader()
        segment = next((s for s in snapshot.segments if s.reader is reader), None)
        if segment is None:
            return NullMatcher()
        matches = self.evaluate(snapshot, scored=True)
        low, high = np.searchsorted(matches.documents, [segment.base, segment.base + segment.size])
        found, scores = matches.where(slice(low, high))
        live = snapshot.live[found]
        if scores is None or not live.any():
            return NullMatcher()
        found, scores = found[live] - segment.base, scores[live]
        return ListMatcher(found.tolist(), scores.tolist(), scorer=WeightScorer(np.max(scores)))


def ranked(
    snapshot: Snapshot,
    fieldname: str,
    found: tuple[Documents, NDArray[np.float64]],
    boost: float = 1.0,
) -> Matches:
    """Return documents scored by how often something stands in a field of them."""
    documents, frequencies = found
    weight = boost * idf(snapshot.size, len(documents))
    return Matches(documents, bm25(weight, frequencies, snapshot.norms(fieldname)[documents]))


@dataclass(frozen=True, eq=True, repr=True)
class BoostedQuery(Query):
    """Another query, whose scores count so many times: for a field that is declared to weigh more."""

    inner: Query
    boost: float = 1.0

    def children(self) -> Iterator[Query]:
        """Give Whoosh the inner query."""
        yield self.inner

    def is_leaf(self) -> bool:
        """Say that Whoosh may look inside."""
        return False

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """Give Whoosh's searcher the matches of the inner query."""
        return WrappingMatcher(self.inner.matcher(searcher, context), self.boost)


@dataclass(frozen=True, eq=True, repr=True)
class WordQuery(ArrayQuery):
    """A word of a field; with `restore` its frequency in the restored reading, where that differs."""

    fieldname: str
    word: str
    restore: bool = False

    def evaluate(
        self, snapshot: Snapshot, *, scored: bool, within: Documents | None = None
    ) -> Matches:
        """See `ArrayQuery`."""
        found = self.postings(snapshot)
        return ranked(snapshot, self.fieldname, found) if scored else Matches(found[0])

    def most(self, snapshot: Snapshot) -> int:
        """See `ArrayQuery`."""
        return len(self.postings(snapshot)[0])

    def postings(self, snapshot: Snapshot) -> tuple[Documents, NDArray[np.float64]]:
        """Return documents (ascending) and frequencies."""
        first = snapshot.postings(self.fieldname, self.word.encode())
        if not self.restore:
            return first
        second = snapshot.postings(self.fieldname, (RESTORED + self.word).encode())
        if not len(second[0]):
            return first
        documents = united([first[0], second[0]])
        weights = np.zeros(len(documents))
        for found, frequencies in (first, second):
            at = shared(documents, found)[0]
            weights[at] = np.maximum(weights[at], frequencies)
        return documents, weights


@dataclass(frozen=True, eq=True, repr=True)
class ExactQuery(ArrayQuery):
    """A string of any length, wherever it stands in a field."""

    fieldname: str
    folded: str
    restore: bool = False
    boost: float = 1.0

    def evaluate(
        self, snapshot: Snapshot, *, scored: bool, within: Documents | None = None
    ) -> Matches:
        """See `ArrayQuery`."""
        # Its score tells in how many documents it stands: that takes looking in all of them.
        found = snapshot.counts(
            self.fieldname,
            units_of(self.folded),
            second=self.restore,
            within=None if scored else within,
        )
        return ranked(snapshot, self.fieldname, found, self.boost) if scored else Matches(found[0])

    def most(self, snapshot: Snapshot) -> int:
        """See `ArrayQuery`."""
        return snapshot.most(self.fieldname, units_of(self.folded))
