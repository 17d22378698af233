"""Which documents match and how they score, by reading every text: strings and dictionaries, no arrays.

The formulas stand here once more, as the docstring of `search.index.ranking` writes them down.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from whoosh import query as wq
from whoosh.util.numeric import byte_to_length, length_to_byte

from search.index.read.queries.filters import KeysQuery, RangeQuery
from search.index.read.queries.run import RunQuery
from search.index.read.queries.strings import ExactQuery
from search.text.fold import fold
from search.text.segmenter import cut, pieces_of, words

Scores = dict[int, float]


@cache
def occurrences(text: str, wanted: str) -> int:
    """Count places, overlapping ones too, by looking at each."""
    return sum(text.startswith(wanted, at) for at in range(len(text)))


@cache
def length(text: str) -> int:
    """Count the words of a folded text, one after the other."""
    return len(cut(text))


@cache
def frequencies(text: str) -> Counter[str]:
    """Count the words of a folded text and the words inside them."""
    return Counter(words(text))


@dataclass(frozen=True)
class Texts:
    """Some documents, without a masked spelling in them."""

    documents: Sequence[Mapping[str, Any]]

    def folded(self, field: str) -> list[str]:
        """Return the folded texts of a field."""
        return [fold(document.get(field, "")) for document in self.documents]

    def scores(self, query: wq.Query) -> Scores:
        """Return {document: score} for all that match."""
        match query:
            case wq.And():
                return self._and(query.subqueries)
            case wq.Or():
                return _sums(self.scores(each) for each in query.subqueries)
            case wq.Not():
                return self._and([query])
            case wq.Every():
                return dict.fromkeys(range(len(self.documents)), 1.0)
            case KeysQuery(name, values):
                return {n: 0.0 for n, d in enumerate(self.documents) if set(d[name]) & set(values)}
            case RangeQuery(name, low, high):
                return {n: 0.0 for n, d in enumerate(self.documents) if low <= d[name] <= high}
            case ExactQuery(name, wanted, weight=weight):
                return self._bm25(name, self._counts(name, wanted), weight)
            case RunQuery():
                return self._run(query)
        assert query == wq.NullQuery
        return {}

    def _and(self, queries: Sequence[wq.Query]) -> Scores:
        unwanted = [query for query in queries if isinstance(query, wq.Not)]
        parts = [self.scores(query) for query in queries if query not in unwanted]
        found = set(range(len(self.documents))).intersection(*parts)
        for query in unwanted:
            found -= self.scores(query.query).keys()
        return {n: sum(part[n] for part in parts) + len(unwanted) for n in found}

    def _counts(self, field: str, wanted: str) -> dict[int, int]:
        counts = {n: occurrences(text, wanted) for n, text in enumerate(self.folded(field))}
        return {n: count for n, count in counts.items() if count}

    def _bm25(
        self, field: str, counts: Mapping[int, int], weight: float, having: int | None = None
    ) -> Scores:
        lengths = list(map(length, self.folded(field)))
        mean = sum(lengths) / len(lengths) or 1.0
        norms = [byte_to_length(length_to_byte(each)) / mean for each in lengths]  # kept in a byte
        idf = math.log(len(lengths) / ((len(counts) if having is None else having) + 1)) + 1
        return {
            n: weight * idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * norms[n]))
            for n, tf in counts.items()
        }

    def _run(self, query: RunQuery) -> Scores:
        """Score a run of fewer than four parts."""
        run, fields = query.folded, query.fieldnames
        whole = {field: self._counts(field, run) for field in fields}
        parts = [set().union(*(self._counts(f, part) for f in fields)) for part in pieces_of(run)]
        found = set.intersection(*parts).union(*whole.values())
        sums = _sums(self._evidence(run, field, query.titlefield) for field in fields)
        scores = {n: 35 * sums.get(n, 0.0) / (sums.get(n, 0.0) + 25) for n in found}
        for field, having in whole.items():
            for n in having:
                scores[n] += 200 if field == query.titlefield else 100
        return scores

    def _evidence(self, run: str, field: str, titlefield: str) -> Scores:
        """Return what words, and bigrams where two words meet, give in a field."""
        weight = 2.0 if field == titlefield else 1.0
        cut_run = cut(run)
        parts = []
        for word in dict.fromkeys(cut_run):
            counts = {n: frequencies(text)[word] for n, text in enumerate(self.folded(field))}
            parts.append(self._bm25(field, {n: tf for n, tf in counts.items() if tf}, weight))
        if field != titlefield:
            ends = [len("".join(cut_run[:number])) for number in range(1, len(cut_run))]
            for bigram in {run[end - 1 : end + 1] for end in ends}:
                counts = self._counts(field, bigram)
                places = min(len(self.documents), sum(counts.values()))
                parts.append(self._bm25(field, counts, 2.0, places))
        return _sums(parts)


def _sums(parts: Iterable[Scores]) -> Scores:
    sums: Scores = {}
    for part in parts:
        for n, score in part.items():
            sums[n] = sums.get(n, 0.0) + score
    return sums
