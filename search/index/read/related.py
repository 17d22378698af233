"""What answers a question behind what holds its wording: texts with some of its telling words, in two tiers.

A document with most of the weight of the words comes before one with less, else the better by BM25. All
are ranked by words; the best of them, read through, by the characters and bigrams of the question as well,
which know nothing of where words begin. `search.index.ranking` has the weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from search.backend import Search
from search.index import ranking
from search.index.format.bigrams import CodeUnits
from search.index.format.exact import ExactColumn, code_units
from search.index.read.queries.run import word_postings
from search.index.read.snapshot import Snapshot
from search.index.sets import Bits, Documents, Matches, Postings, Scores, ranges
from search.text.fold import fold
from search.text.segmenter import telling_words


@dataclass(frozen=True)
class Related:
    """Documents that hold some of the words, their scores, and which of them hold most of the weight."""

    matches: Matches
    mostly: Bits

    def where(self, chosen: Bits | Documents) -> Related:
        """Return those that are chosen, by bits or indexes."""
        return Related(self.matches.where(chosen), self.mostly[chosen])

    def of(self, documents: Documents) -> Related:
        """Return those of some documents, which ascend and are all among them."""
        return self.where(np.searchsorted(self.matches.documents, documents))

    def tiers(self) -> tuple[Matches, Matches]:
        """Return those that hold most of the weight, and the others."""
        return self.matches.where(self.mostly), self.matches.where(~self.mostly)


def related(snapshot: Snapshot, search: Search, names: Sequence[str], allowed: Bits) -> Related:
    """Return the `allowed` documents that hold in some fields a telling word of `search.related`.

    They are ranked by words alone. What is not allowed does not count: how much of the weight a document
    holds, which all see, must not tell what stands in what is hidden.
    """
    size = int(np.count_nonzero(allowed))
    scores, held = np.zeros(snapshot.size), np.zeros(snapshot.size)
    whole = 0.0
    norms = _norms(snapshot, names)
    texts = (fold(text) for text in search.related)
    for word in dict.fromkeys(word for text in texts for word in telling_words(text)):
        for having, frequencies in _units(snapshot, word, names, allowed, restore=search.restore):
            if not len(having):  # it is remembered wrongly, and nobody's fault
                continue
            weight = ranking.smoothed_idf(size, len(having))
            scores[having] += ranking.bm25(weight, frequencies, norms[having])
            held[having] += weight
            whole += weight
    documents = np.flatnonzero(held)
    mostly = held[documents] >= ranking.MOSTLY * whole - ranking.ROUNDING
    return Related(Matches(documents, scores[documents]), mostly)


def _norms(snapshot: Snapshot, names: Sequence[str]) -> Scores:
    """Return the exact lengths of some fields together over their mean, by document.

    Whoosh keeps lengths as one byte: too coarse for short passages, which differ by a few characters.
    """
    sizes = _sizes(snapshot, names)
    return sizes / max(1.0, float(sizes.mean()))


def _sizes(snapshot: Snapshot, names: Sequence[str]) -> NDArray[np.int64]:
    """Return how many code units some fields have together, by document."""
    return np.sum([snapshot.sizes(name) for name in names], 0)


def _units(
    snapshot: Snapshot, word: str, names: Sequence[str], allowed: Bits, *, restore: bool
) -> Iterator[Postings]:
    """Yield where a word stands; where the segmenter cut it nowhere, the string; or else its bigrams."""

    def found(lookup: Callable[[str], Postings]) -> Postings:
        frequencies = np.zeros(snapshot.size)
        for name in names:
            documents, times = lookup(name)
            frequencies[documents] += times
        having = np.flatnonzero(frequencies * allowed)
        return having, frequencies[having]

    def string(name: str, text: str) -> Postings:
        return snapshot.counts(name, code_units(text), second=restore)

    as_word = found(lambda name: word_postings(snapshot, name, word, restore=restore))
    if len(as_word[0]) or len(word) < 2:
        yield as_word
        return
    as_string = found(lambda name: string(name, word))
    if len(as_string[0]):
        yield as_string
        return
    for pair in dict.fromkeys(word[at : at + 2] for at in range(len(word) - 1)):
        yield found(partial(string, text=pair))


def rescore(
    snapshot: Snapshot, matches: Matches, texts: Sequence[str], names: Sequence[str]
) -> Matches:
    """Return the matches with the scores of the best raised by the characters and bigrams they hold."""
    if matches.scores is None or not len(matches.documents):
        return matches
    best, grams = _best(snapshot, matches, names), Grams.of(texts)
    scores = matches.scores.copy()
    scores[best] += _evidence(snapshot, names, matches.documents[best], grams)
    return matches._replace(scores=scores)


def _best(snapshot: Snapshot, matches: Matches, names: Sequence[str]) -> NDArray[np.int64]:
    """Return the indexes, ascending, of the best of some scored matches that may all be read through."""
    scores: Scores = matches.scores  # type: ignore[assignment]  # rescore has asked
    first = np.arange(len(scores))
    if len(first) > ranking.READ_THROUGH:
        first = np.argpartition(-scores, ranking.READ_THROUGH)[: ranking.READ_THROUGH]
    first = first[np.argsort(-scores[first], kind="stable")]
    sizes = _sizes(snapshot, names)[matches.documents[first]]
    return np.sort(first[np.cumsum(sizes) <= ranking.READ_CHARACTERS])


@dataclass(frozen=True)
class Grams:
    """The different characters of a question and its pairs of them, and how often each stands there.

    `pairs` are numbers of the characters: 3 · size + 5 is the fourth followed by the sixth.
    """

    characters: CodeUnits
    times: NDArray[np.int64]
    pairs: NDArray[np.int64]
    pair_times: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Grams:
        """Return those of some texts; no pair reaches from one text into the next."""
        units = [code_units(fold(text)) for text in texts]
        characters, numbers, times = np.unique(
            np.concatenate(units), return_inverse=True, return_counts=True
        )
        pairs = numbers[:-1] * len(characters) + numbers[1:]
        inside = np.ones(len(pairs), bool)
        inside[np.cumsum([len(each) for each in units])[:-1] - 1] = False
        pairs, pair_times = np.unique(pairs[inside], return_counts=True)
        return cls(characters, times, pairs, pair_times)

    def strings(self) -> Iterator[CodeUnits]:
        """Yield the characters, then the pairs."""
        yield from self.characters[:, None]
        yield from self.characters[np.stack(np.divmod(self.pairs, len(self.characters)), 1)]

    def count(self, reader: ExactColumn.Reader, documents: Documents) -> NDArray[np.int64]:
        """Return how often each character and pair stands in some documents of a segment: a row for each."""
        starts, ends = (reader.starts[at].astype(np.int64) for at in (documents, documents + 1))
        owners = np.repeat(np.arange(len(documents)), ends - starts)
        size = len(self.characters)
        number = np.full(1 << 16, -1)
        number[self.characters] = np.arange(size)
        found = number[reader.code_units[ranges(starts, ends)]]  # separators are none of them
        ones = _table(owners, found, found >= 0, size, len(documents))
        pairs = found[:-1] * size + found[1:]
        twos = _table(owners, pairs, (found[:-1] >= 0) & (found[1:] >= 0), size**2, len(documents))
        return np.hstack((ones, twos[:, self.pairs]))


def _table(
    owners: NDArray[np.int64], numbers: NDArray[np.int64], those: Bits, size: int, rows: int
) -> NDArray[np.int64]:
    """Return how often each number below `size` is among those of each owner."""
    at = np.flatnonzero(those)
    counts = np.bincount(owners[at] * size + numbers[at], minlength=rows * size)
    return counts.reshape(rows, size)


def _evidence(
    snapshot: Snapshot, names: Sequence[str], documents: Documents, grams: Grams
) -> Scores:
    """Return BM25 of characters and bigrams in some fields of documents, which ascend."""
    strings = list(grams.strings())
    places = np.zeros(len(strings), np.int64)
    counts = np.zeros((len(documents), len(strings)), np.int64)
    for name in names:
        places += [snapshot.count_bound(name, each) for each in strings]
        for segment, reader in snapshot.exact(name):
            part = segment.part(documents)
            inside = documents[part] - segment.base
            if len(inside):
                counts[part] += grams.count(reader, inside)
    idfs = ranking.smoothed_idf(snapshot.size, np.minimum(places, snapshot.size))
    weights = idfs * np.concatenate((ranking.CHARACTER_WEIGHT * grams.times, grams.pair_times))
    norms = _norms(snapshot, names)[documents]
    return ranking.bm25(weights, counts, norms[:, None]).sum(1)
