"""What is like a text."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass

import numpy as np
from cachetools import LRUCache

from search.caches import watched
from search.index import ranking
from search.index.format.fields import IDENTITY
from search.index.read.queries.base import ArrayQuery
from search.index.read.snapshot import Snapshot
from search.index.sets import Documents, Matches
from search.text.fold import fold
from search.text.segmenter import cut

# How many characters of the text are read, and how many of their words are used: those that weigh most.
LENGTH = 20_000
WORDS = 25
# The words of so many texts are kept, until the archive has grown or shrunk by so much.
_KEPT = 2_000
_CHANGED_ENOUGH = 0.1

Weights = tuple[tuple[str, float], ...]

_kept: LRUCache[tuple[str, str, int], tuple[int, Weights]] = watched("similar", LRUCache(_KEPT))
_lock = threading.Lock()


@dataclass(frozen=True, eq=True, repr=True)
class MoreLikeQuery(ArrayQuery):
    """Documents that share telling words with a text, ranked by BM25 over these words.

    A long document has some of all words: lengths count, or it would be like everything.
    """

    fieldname: str
    weights: Weights
    but: str

    @classmethod
    def of(cls, snapshot: Snapshot, fieldname: str, text: str, but: str) -> MoreLikeQuery:
        """Return the query for a text: its words of two characters or more that characterise it.

        `but` is the identity of the document whose text it is.
        """
        key = (fieldname, but, hash(text))
        with _lock:
            size, weights = _kept.get(key, (0, ()))
        if abs(snapshot.size - size) > _CHANGED_ENOUGH * size:
            weights = characteristic(snapshot, fieldname, text)
            with _lock:
                _kept[key] = snapshot.size, weights
        return cls(fieldname, weights, but)

    def evaluate(
        self, snapshot: Snapshot, *, scored: bool, within: Documents | None = None
    ) -> Matches:
        """Return the documents that have at least LIKENESS_SHARE of the weight."""
        scores, held = np.zeros(snapshot.size), np.zeros(snapshot.size)
        norms = snapshot.norms(self.fieldname)
        for word, weight in self.weights:
            documents, frequencies = snapshot.postings(self.fieldname, word.encode())
            scores[documents] += ranking.bm25(weight, frequencies, norms[documents])
            held[documents] += weight
        whole = sum(weight for _, weight in self.weights)
        bits = held >= max(ranking.LIKENESS_SHARE * whole, ranking.ROUNDING)
        bits[snapshot.postings(IDENTITY, self.but.encode())[0]] = False
        documents = np.flatnonzero(bits)
        return Matches(documents, scores[documents] if scored else None)


def characteristic(snapshot: Snapshot, fieldname: str, text: str) -> Weights:
    """Return the words of a text that weigh most: often there, and in few documents, but in others too."""
    counted = Counter(word for word in cut(fold(text[:LENGTH])) if len(word) > 1)
    found = snapshot.document_frequencies(fieldname, [word.encode() for word in counted])
    times = np.fromiter(counted.values(), np.float64, len(counted))
    weights = ranking.saturated(times) * ranking.smoothed_idf(snapshot.size, found)
    weighed = [
        (word, weight)
        for word, weight, documents in zip(counted, weights.tolist(), found.tolist(), strict=True)
        if documents > 1
    ]
    weighed.sort(key=lambda pair: (-pair[1], pair[0]))
    return tuple(weighed[:WORDS])
