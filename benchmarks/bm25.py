"""BM25 over the characters, bigrams or words of texts: the plain thing to compare a ranking with."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.corpus import Document
from search.text.fold import fold
from search.text.segmenter import cut

Units = Callable[[str], Sequence[str]]
"""Gives what of a folded text is counted, one after the other, repeated as it is repeated there."""
_K1, _B = 1.2, 0.75


def characters(folded: str) -> Sequence[str]:
    """Return the characters."""
    return folded


def bigrams(folded: str) -> Sequence[str]:
    """Return all pairs of neighbouring characters."""
    return [folded[at : at + 2] for at in range(len(folded) - 1)]


def words_and_bigrams(folded: str) -> Sequence[str]:
    """Return words, and pairs of neighbouring characters where those are no word themselves."""
    found = cut(folded)
    known = {word for word in found if len(word) == 2}
    return [*found, *(pair for pair in bigrams(folded) if pair not in known)]


UNITS: dict[str, Units] = {
    "words": cut,
    "characters": characters,
    "bigrams": bigrams,
    "both": words_and_bigrams,
}


class Bm25:
    """An index of titles and texts alike, by some units of them."""

    def __init__(self, documents: Iterable[Document], units: Units) -> None:
        self._units = units
        postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        numbers, lengths = [], []
        for at, document in enumerate(documents):
            grams = units(fold(document.title) + fold(document.text))
            numbers.append(document.number)
            lengths.append(len(grams))
            for gram, count in Counter(grams).items():
                postings[gram].append((at, count))
        self._numbers = np.array(numbers)
        self._postings = dict(postings)
        self._norms = _K1 * (1 - _B + _B * np.array(lengths) / max(1.0, float(np.mean(lengths))))

    def best(self, line: str, limit: int = 10) -> list[int]:
        """Return the numbers of the best documents for a line, of which nothing is required."""
        scores: NDArray[np.float64] = np.zeros(len(self._numbers))
        for gram, times in Counter(self._units(fold(line))).items():
            if gram in self._postings:
                found, counts = np.array(self._postings[gram]).T
                rarity = np.log(1 + (len(scores) - len(found) + 0.5) / (len(found) + 0.5))
                scores[found] += times * rarity * counts * (_K1 + 1) / (counts + self._norms[found])
        order = np.lexsort((self._numbers, -scores))[:limit]
        return [int(self._numbers[at]) for at in order if scores[at] > 0]
