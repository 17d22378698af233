"""The leaves of a query over an index: each works out its documents and scores over a whole snapshot.

They are Whoosh queries, so that its And, Or and Not join them; `execution` carries out the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whoosh.query import Query

from search.index import ranking
from search.index.read.snapshot import Snapshot
from search.index.sets import Documents, Matches, Postings, constant


class ArrayQuery(Query):
    """A leaf that is evaluated over a whole snapshot."""

    # Whether it finds the same as long as the snapshot is the same, and equals what asks the same.
    lasting = False

    def evaluate(
        self, snapshot: Snapshot, *, scored: bool, within: Documents | None = None
    ) -> Matches:
        """Return the matching documents, deleted ones included, and their scores.

        The caller needs none outside `within`: a leaf may leave them out if that saves work. Scores
        do not depend on it.
        """
        raise NotImplementedError

    def estimate(self, snapshot: Snapshot) -> int:
        """Return about how many documents match at most, from directories alone."""
        return snapshot.size


class RankedQuery(ArrayQuery):
    """A leaf that is ranked by how often something stands in a field of a document."""

    fieldname: str
    weight = 1.0
    lasting = True

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
        """Return the documents of `postings`, scored by BM25."""
        # A score tells in how many documents something stands: that takes looking in all of them.
        documents, frequencies = self.postings(snapshot, None if scored else within)
        if not scored or not len(documents):
            return constant(documents, 0.0, scored=scored)
        weight = self.weight * ranking.idf(snapshot.size, len(documents))
        norms = snapshot.norms(self.fieldname)[documents]
        return Matches(documents, ranking.bm25(weight, frequencies, norms))


@dataclass(frozen=True, eq=True, repr=True)
class BoostedQuery(Query):
    """Another query, whose scores count so many times: for a field that is declared to weigh more."""

    inner: Query
    boost: float = 1.0

    def leaves(self) -> Iterator[Query]:
        """Yield what is looked up in the index."""
        yield from self.inner.leaves()
