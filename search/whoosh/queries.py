"""The leaves of a query over an index: Whoosh queries that are carried out in arrays.

Each works out its documents and scores over a whole snapshot at once (`evaluate`); `matcher` gives
the same to Whoosh's own searcher, so that any of them combines with Whoosh's queries and Whoosh can
check the vectorised execution.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.matching import ListMatcher, NullMatcher
from whoosh.query import Query
from whoosh.scoring import WeightScorer

from search.query.nodes import Near, Node, Same, all_of
from search.text.fold import fold
from search.text.segment import cut
from search.text.units import LONG_RUN
from search.text.units import units as units_of_run
from search.whoosh import places
from search.whoosh.exact import units_of
from search.whoosh.fields import RESTORED
from search.whoosh.snapshot import Snapshot

# BM25F, as in Whoosh's own defaults.
B, K1 = 0.75, 1.2
# Scores of a run: its place in the order of evidence, then words and bigrams within each place.
RUN_IN_TITLE, RUN_IN_TEXT = 200.0, 100.0
TITLE_WEIGHT, BIGRAM_WEIGHT = 2.0, 1.0
MAX_BIGRAMS = 16
# Of a remembered sentence, units that make up this share of its weight are enough.
LONG_RUN_SHARE = 0.6
# For what is like a text: how many of its characters are read, how many of their words, the most
# frequent, are weighed, and how many of those are used.
MORE_LIKE_LENGTH = 20_000
MORE_LIKE_CANDIDATES = 300
MORE_LIKE_WORDS = 40


class Matches(NamedTuple):
    """Which documents of a snapshot match, and their scores (None where nobody asked)."""

    mask: NDArray[np.bool_]
    scores: NDArray[np.float64] | None


def bm25(
    idf: float, weights: NDArray[np.float64], lengths: NDArray[np.float64], average: float
) -> NDArray[np.float64]:
    """Return BM25 scores, in the form Whoosh computes them."""
    result: NDArray[np.float64] = idf * (
        (weights * (K1 + 1)) / (weights + K1 * ((1 - B) + B * lengths / average))
    )
    return result


def idf(documents: int, found: int) -> float:
    """Return the inverse document frequency, in the form Whoosh computes it."""
    return float(np.log(max(documents, 1) / (found + 1)) + 1)


class ArrayQuery(Query):
    """A leaf that is evaluated over a whole snapshot."""

    boost = 1.0

    def evaluate(self, snapshot: Snapshot, *, scored: bool) -> Matches:
        """Return the matching documents, deleted ones included, and their scores."""
        raise NotImplementedError

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
        part = slice(segment.base, segment.base + segment.size)
        mask, scores = self.evaluate(snapshot, scored=True)
        found = np.flatnonzero(mask[part] & snapshot.live[part])
        if not len(found) or scores is None:
            return NullMatcher()
        weights = scores[part][found]
        return ListMatcher(found.tolist(), weights.tolist(), scorer=WeightScorer(np.max(weights)))


def _one(size: int, documents: NDArray[np.int64], scores: NDArray[np.float64] | None) -> Matches:
    """Return matches given as sorted arrays."""
    mask = np.zeros(size, bool)
    mask[documents] = True
    if scores is None:
        return Matches(mask, None)
    dense = np.zeros(size, np.float64)
    dense[documents] = scores
    return Matches(mask, dense)


@dataclass(frozen=True, eq=True, repr=True)
class WordQuery(ArrayQuery):
    """A word of a field; with `restore` its frequency in the restored reading, where that differs."""

    fieldname: str
    word: str
    restore: bool = False

    def evaluate(self, snapshot: Snapshot, *, scored: bool) -> Matches:
        """See `ArrayQuery`."""
        documents, weights = self.postings(snapshot)
        if not scored:
            return _one(snapshot.size, documents, None)
        scores = bm25(
            idf(snapshot.size, len(documents)),
            weights,
            snapshot.lengths(self.fieldname)[documents],
            snapshot.average_length(self.fieldname),
        )
        return _one(snapshot.size, documents, scores)

    def postings(self, snapshot: Snapshot) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return documents (ascending) and frequencies."""
        first = snapshot.postings(self.fieldname, self.word.encode())
        if not self.restore:
            return first
        second = snapshot.postings(self.fieldname, (RESTORED + self.word).encode())
        if not len(second[0]):
            return first
        documents = np.union1d(first[0], second[0])
        weights = np.zeros(len(documents))
        for found, frequencies in (first, second):
            at = np.searchsorted(documents, found)
            weights[at] = np.maximum(weights[at], frequencies)
        return documents, weights


@dataclass(frozen=True, eq=True, repr=True)
class ExactQuery(ArrayQuery):
    """A string of any length, wherever it stands in a field."""

    fieldname: str
    folded: str
    restore: bool = False
    boost: float = 1.0

    def evaluate(self, snapshot: Snapshot, *, scored: bool) -> Matches:
        """See `ArrayQuery`."""
        documents, weights = snapshot.counts(
            self.fieldname, units_of(self.folded), second=self.restore
        )
        if not scored:
            return _one(snapshot.size, documents, None)
        scores = self.boost * bm25(
            idf(snapshot.size, len(documents)),
            weights,
            snapshot.lengths(self.fieldname)[documents],
            snapshot.average_length(self.fieldname),
        )
        return _one(snapshot.size, documents, scores)


@dataclass(frozen=True, eq=True, repr=True)
class PlacesQuery(ArrayQuery):
    """A pattern, nearness, or several things in one sentence or paragraph, in a field."""

    fieldname: str
    node: Node
    restore: bool = False
    boost: float = 1.0

    def evaluate(self, snapshot: Snapshot, *, scored: bool) -> Matches:
        """See `ArrayQuery`. Each place counts as an occurrence."""
        documents, weights = snapshot.remember(
            ("places", self.fieldname, self.node, self.restore), lambda: self._find(snapshot)
        )
        if not scored:
            return _one(snapshot.size, documents, None)
        scores = self.boost * bm25(
            idf(snapshot.size, len(documents)),
            weights,
            snapshot.lengths(self.fieldname)[documents],
            snapshot.average_length(self.fieldname),
        )
        return _one(snapshot.size, documents, scores)

    def _find(self, snapshot: Snapshot) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        documents, weights = [np.empty(0, np.int64)], [np.empty(0, np.float64)]
        for segment, reader in snapshot.exact(self.fieldname):
            positions = self._positions(reader)
            counts = np.bincount(reader.documents(positions), minlength=segment.size)
            found = np.flatnonzero(counts)
            documents.append(found + segment.base)
            weights.append(counts[found].astype(np.float64))
        return np.concatenate(documents), np.concatenate(weights)

    def _positions(self, reader: Any) -> NDArray[np.int64]:
        if isinstance(self.node, Same):
            bounds = reader.sentences if self.node.unit == "sentence" else reader.paragraphs
            wanted = all_of(self.node.children)
            numbers = places.units_holding(reader, wanted, bounds, second=self.restore)
            return bounds[numbers - 1].astype(np.int64)
        if isinstance(self.node, Near):
            return places.near(reader, self.node, second=self.restore).starts
        return places.places(reader, self.node, second=self.restore).starts


@dataclass(frozen=True, eq=True, repr=True)
class RunQuery(ArrayQuery):
    """A run of characters typed without a blank: the run itself first, then its parts scattered.

    A document matches if the run stands in one of the fields, or if all units of the run (words,
    with single characters joined to a neighbour) stand somewhere in them; of a long run (a
    remembered sentence) those units that make up most of its weight are enough. Within each tier
    words and bigrams rank, title above text.
    """

    run: str
    fieldnames: tuple[str, ...] = ("title", "text")
    restore: bool = False

    @cached_property
    def folded(self) -> str:
        """The run as it is compared."""
        return fold(self.run)

    def evaluate(self, snapshot: Snapshot, *, scored: bool) -> Matches:
        """See `ArrayQuery`."""
        whole = {name: self._counts(snapshot, name, self.folded) for name in self.fieldnames}
        mask = np.zeros(snapshot.size, bool)
        for documents, _ in whole.values():
            mask[documents] = True
        parts = units_of_run(self.folded)
        if len(parts) > 1:
            mask |= self._scattered(snapshot, parts)
        if not scored:
            return Matches(mask, None)
        scores = self._evidence(snapshot)
        scores /= scores + 25.0
        scores *= RUN_IN_TEXT * 0.9
        for name, (documents, _) in whole.items():
            scores[documents] += RUN_IN_TITLE if name == "title" else RUN_IN_TEXT
        scores[~mask] = 0.0
        return Matches(mask, scores)

    def _counts(
        self, snapshot: Snapshot, name: str, folded: str
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        return snapshot.counts(name, units_of(folded), second=self.restore)

    def _scattered(self, snapshot: Snapshot, parts: list[str]) -> NDArray[np.bool_]:
        present = np.zeros(snapshot.size)
        total = 0.0
        for part in dict.fromkeys(parts):
            mask = np.zeros(snapshot.size, bool)
            for name in self.fieldnames:
                mask[self._counts(snapshot, name, part)[0]] = True
            weight = idf(snapshot.size, int(mask.sum())) if len(parts) >= LONG_RUN else 1.0
            present[mask] += weight
            total += weight
        share = LONG_RUN_SHARE if len(parts) >= LONG_RUN else 1.0
        return present >= total * share - 1e-9

    def _evidence(self, snapshot: Snapshot) -> NDArray[np.float64]:
        """Return BM25F over words and bigrams, for all documents."""
        scores = np.zeros(snapshot.size)
        for name in self.fieldnames:
            boost = TITLE_WEIGHT if name == "title" else 1.0
            lengths = snapshot.lengths(name)
            average = snapshot.average_length(name)
            evidence = [
                (boost, WordQuery(name, word, self.restore).postings(snapshot))
                for word in dict.fromkeys(cut(self.folded))
            ]
            evidence += [(boost * BIGRAM_WEIGHT, found) for found in self._bigrams(snapshot, name)]
            for weight, (documents, frequencies) in evidence:
                scores[documents] += weight * bm25(
                    idf(snapshot.size, len(documents)), frequencies, lengths[documents], average
                )
        return scores

    def _bigrams(
        self, snapshot: Snapshot, name: str
    ) -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]:
        pairs = dict.fromkeys(self.folded[i : i + 2] for i in range(len(self.folded) - 1))
        if len(pairs) > MAX_BIGRAMS:
            # The rarest say most and cost least.
            by_rarity = sorted(pairs, key=lambda p: snapshot.pair_places(name, units_of(p)[:2]))
            pairs = dict.fromkeys(by_rarity[:MAX_BIGRAMS])
        return [self._counts(snapshot, name, pair) for pair in pairs]


@dataclass(frozen=True, eq=True, repr=True)
class KeysQuery(ArrayQuery):
    """Documents that have any of some values in a field of keys."""

    fieldname: str
    values: tuple[str, ...]

    def evaluate(self, snapshot: Snapshot, *, scored: bool) -> Matches:
        """See `ArrayQuery`. Keys do not score."""
        mask = snapshot.remember(
            ("keys", self.fieldname, self.values),
            lambda: snapshot.codes(self.fieldname).having(self.values, snapshot.size),
        )
        return Matches(mask, np.zeros(snapshot.size) if scored else None)


@dataclass(frozen=True, eq=True, repr=True)
class PrefixQuery(ArrayQuery):
    """Documents with a key that begins with (or holds) a string and lies within bounds."""

    fieldname: str
    text: str
    anywhere: bool = False
    low: str = ""
    high: str = ""

    def evaluate(self, snapshot: Snapshot, *, scored: bool) -> Matches:
        """See `ArrayQuery`. Keys do not score."""
        codes = snapshot.codes(self.fieldname)
        wanted = [value for value in codes.values if self._accepts(value)]
        mask = codes.having(wanted, snapshot.size)
        return Matches(mask, np.zeros(snapshot.size) if scored else None)

    def _accepts(self, value: str) -> bool:
        if value < self.low or (self.high and value > self.high):
            return False
        return self.text in value if self.anywhere else value.startswith(self.text)


@dataclass(frozen=True, eq=True, repr=True)
class RangeQuery(ArrayQuery):
    """Documents whose integer lies in [low, high]."""

    fieldname: str
    low: int
    high: int

    def evaluate(self, snapshot: Snapshot, *, scored: bool) -> Matches:
        """See `ArrayQuery`. Ranges do not score."""
        values = snapshot.integers(self.fieldname)
        mask = (values >= self.low) & (values <= self.high)
        return Matches(mask, np.zeros(snapshot.size) if scored else None)


@dataclass(frozen=True, eq=True, repr=True)
class DatesQuery(ArrayQuery):
    """Documents whose date, as far as it is known, overlaps [low, high].

    A date is an integer YYYYMMDDhhmmss with zeros for what is not known; 0 is no date and never
    matches.
    """

    fieldname: str
    low: int
    high: int

    def evaluate(self, snapshot: Snapshot, *, scored: bool) -> Matches:
        """See `ArrayQuery`. Dates do not score."""
        first = snapshot.integers(self.fieldname)
        last = first.copy()
        for size in (10**10, 10**8, 10**6):  # only the year, the month, the day known
            last = np.where((first % size == 0) & (last == first), first + size - 1, last)
        mask = (first > 0) & (first <= self.high) & (last >= self.low)
        return Matches(mask, np.zeros(snapshot.size) if scored else None)


@dataclass(frozen=True, eq=True, repr=True)
class VerifiedQuery(ArrayQuery):
    """The matches of another query that also pass a test on the document's key (原样, strict)."""

    inner: ArrayQuery
    keyfield: str
    verify: Callable[[Collection[int]], Iterable[int]]

    def evaluate(self, snapshot: Snapshot, *, scored: bool) -> Matches:
        """See `ArrayQuery`. `verify` is given the keys of live matches, returns those that pass."""
        mask, scores = self.inner.evaluate(snapshot, scored=scored)
        keys = snapshot.integers(self.keyfield)
        found = np.flatnonzero(mask & snapshot.live)
        passed = np.fromiter(self.verify(keys[found].tolist()), np.int64)
        kept = np.zeros_like(mask)
        kept[found[np.isin(keys[found], passed)]] = True
        return Matches(kept, None if scores is None else np.where(kept, scores, 0.0))


@dataclass(frozen=True, eq=True, repr=True)
class MoreLikeQuery(ArrayQuery):
    """Documents that share telling words with a text, ranked by how much of its weight they share."""

    fieldname: str
    weights: tuple[tuple[str, float], ...]
    keyfield: str
    but: int

    @classmethod
    def of(
        cls, snapshot: Snapshot, fieldname: str, text: str, but: int, keyfield: str = "django_id"
    ) -> MoreLikeQuery:
        """Return the query for a text: its words of two characters or more that weigh most."""
        folded = fold(text[:MORE_LIKE_LENGTH])
        counted = Counter(word for word in cut(folded) if len(word) > 1)
        weighed = []
        for word, times in counted.most_common(MORE_LIKE_CANDIDATES):
            found = snapshot.document_frequency(fieldname, word.encode())
            if found > 1:
                weighed.append((word, min(times, 5) * idf(snapshot.size, found)))
        weighed.sort(key=lambda pair: (-pair[1], pair[0]))
        return cls(fieldname, tuple(weighed[:MORE_LIKE_WORDS]), keyfield, but)

    def evaluate(self, snapshot: Snapshot, *, scored: bool) -> Matches:
        """See `ArrayQuery`. A document must share a quarter of the weight."""
        scores = np.zeros(snapshot.size)
        for word, weight in self.weights:
            scores[snapshot.postings(self.fieldname, word.encode())[0]] += weight
        mask = scores >= max(sum(weight for _, weight in self.weights) / 4, 1e-9)
        mask &= snapshot.integers(self.keyfield) != self.but
        return Matches(mask, scores if scored else None)
