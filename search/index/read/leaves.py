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
from whoosh.matching import ListMatcher, NullMatcher, WrappingMatcher
from whoosh.query import Query
from whoosh.scoring import WeightScorer

from search.index import ranking
from search.index.format.exact import units_of
from search.index.format.fields import RESTORED
from search.index.read.matches import Documents, Matches, Postings, shared, united
from search.index.read.snapshot import Snapshot


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


class RankedQuery(ArrayQuery):
    """A leaf that is ranked by how often something stands in a field of a document."""

    fieldname: str
    weight = 1.0

    @property
    def label(self) -> str:
        """What is looked for, as an editor may read it."""
        raise NotImplementedError

    def postings(self, snapshot: Snapshot, within: Documents | None = None) -> Postings:
        """Return the documents (ascending) and how often; with `within` others may be left out."""
        raise NotImplementedError

    def evaluate(
        self, snapshot: Snapshot, *, scored: bool, within: Documents | None = None
    ) -> Matches:
        """See `ArrayQuery`."""
        # A score tells in how many documents something stands: that takes looking in all of them.
        documents, frequencies = self.postings(snapshot, None if scored else within)
        if not scored:
            return Matches(documents)
        weight = self.weight * ranking.idf(snapshot.size, len(documents))
        norms = snapshot.norms(self.fieldname)[documents]
        return Matches(documents, ranking.bm25(weight, frequencies, norms))


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
class WordQuery(RankedQuery):
    """A word of a field; with `restore` its frequency in the restored reading, where that differs."""

    fieldname: str
    word: str
    restore: bool = False

    @property
    def label(self) -> str:
        """See `RankedQuery`."""
        return self.word

    def most(self, snapshot: Snapshot) -> int:
        """See `ArrayQuery`."""
        return len(self.postings(snapshot)[0])

    def postings(self, snapshot: Snapshot, within: Documents | None = None) -> Postings:
        """See `RankedQuery`."""
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
class ExactQuery(RankedQuery):
    """A string of any length, wherever it stands in a field."""

    fieldname: str
    folded: str
    restore: bool = False
    weight: float = 1.0

    @property
    def label(self) -> str:
        """See `RankedQuery`."""
        return self.folded

    def postings(self, snapshot: Snapshot, within: Documents | None = None) -> Postings:
        """See `RankedQuery`."""
        units = units_of(self.folded)
        return snapshot.counts(self.fieldname, units, second=self.restore, within=within)

    def most(self, snapshot: Snapshot) -> int:
        """See `ArrayQuery`."""
        return snapshot.most(self.fieldname, units_of(self.folded))
