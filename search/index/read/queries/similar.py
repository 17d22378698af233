"""What is like a text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from search.index import ranking
from search.index.format.fields import IDENTITY
from search.index.read.queries.base import ArrayQuery
from search.index.read.snapshot import Snapshot
from search.index.sets import Documents, Matches
from search.text.fold import fold
from search.text.segmenter import cut

# How many characters of the text are read, how many of their words, the most frequent, are weighed,
# and how many of those are used.
LENGTH = 20_000
CANDIDATES = 300
WORDS = 40


@dataclass(frozen=True, eq=True, repr=True)
class MoreLikeQuery(ArrayQuery):
    """Documents that share telling words with a text, ranked by how much of its weight they share."""

    fieldname: str
    weights: tuple[tuple[str, float], ...]
    but: str

    @classmethod
    def of(cls, snapshot: Snapshot, fieldname: str, text: str, but: str) -> MoreLikeQuery:
        """Return the query for a text: its words of two characters or more that weigh most.

        `but` is the identity of the document whose text it is.
        """
        folded = fold(text[:LENGTH])
        counted = Counter(word for word in cut(folded) if len(word) > 1)
        weighed = []
        for word, times in counted.most_common(CANDIDATES):
            found = snapshot.document_frequency(fieldname, word.encode())
            if found > 1:
                weighed.append(
                    (word, min(times, ranking.MAX_REPEATS) * ranking.idf(snapshot.size, found))
                )
        weighed.sort(key=lambda pair: (-pair[1], pair[0]))
        return cls(fieldname, tuple(weighed[:WORDS]), but)

    def evaluate(
        self, snapshot: Snapshot, *, scored: bool, within: Documents | None = None
    ) -> Matches:
        """Return the documents that share at least LIKENESS_SHARE of the weight."""
        scores = np.zeros(snapshot.size)
        for word, weight in self.weights:
            scores[snapshot.postings(self.fieldname, word.encode())[0]] += weight
        whole = sum(weight for _, weight in self.weights)
        bits = scores >= max(ranking.LIKENESS_SHARE * whole, 1e-9)
        bits[snapshot.postings(IDENTITY, self.but.encode())[0]] = False
        documents = np.flatnonzero(bits)
        return Matches(documents, scores[documents] if scored else None)
