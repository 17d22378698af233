"""BM25 over the characters or the bigrams of texts: the plain thing to compare a ranking with."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from benchmarks.corpus import Document
from search.text.fold import fold

_K1, _B = 1.2, 0.75


class Bm25:
    """An index of sequences of `size` characters, of titles and texts alike."""

    def __init__(self, documents: Iterable[Document], size: int) -> None:
        self._size = size
        postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        numbers, lengths = [], []
        for at, document in enumerate(documents):
            grams = self._grams(fold(document.title) + fold(document.text))
            numbers.append(document.number)
            lengths.append(len(grams))
            for gram, count in Counter(grams).items():
                postings[gram].append((at, count))
        self._numbers = np.array(numbers)
        self._postings = dict(postings)
        self._norms = _K1 * (1 - _B + _B * np.array(lengths) / max(1.0, float(np.mean(lengths))))

    def _grams(self, folded: str) -> list[str]:
        return [folded[i : i + self._size] for i in range(len(folded) - self._size + 1)]

    def best(self, line: str, limit: int = 10) -> list[int]:
        """Return the numbers of the best documents for a line, of which nothing is required."""
        scores: NDArray[np.float64] = np.zeros(len(self._numbers))
        for gram, times in Counter(self._grams(fold(line))).items():
            if gram in self._postings:
                found, counts = np.array(self._postings[gram]).T
                rarity = np.log(1 + (len(scores) - len(found) + 0.5) / (len(found) + 0.5))
                scores[found] += times * rarity * counts * (_K1 + 1) / (counts + self._norms[found])
        order = np.lexsort((self._numbers, -scores))[:limit]
        return [int(self._numbers[at]) for at in order if scores[at] > 0]
