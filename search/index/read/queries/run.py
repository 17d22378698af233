"""A run of characters typed without a blank: what answers it and how that ranks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from search.index import ranking
from search.index.format.exact import code_units
from search.index.format.fields import RESTORED
from search.index.read.queries.base import ArrayQuery
from search.index.read.snapshot import Snapshot
from search.index.sets import (
    Documents,
    Matches,
    Postings,
    Scores,
    among,
    scores_of,
    shared,
    united,
)
from search.text.fold import fold
from search.text.segmenter import LONG_RUN, cut, pieces_of

# A string whose rarest bigram stands in fewer places is looked for: it may stand nowhere.
SURELY_SOME = 1000


@dataclass(frozen=True)
class Evidence:
    """A word of a run, or a bigram where two of its words meet, in a field of some documents."""

    kind: str
    text: str
    fieldname: str
    weight: float
    idf: float
    postings: Postings

    def scores(self, frequencies: Scores, norms: Scores) -> Scores:
        """Return what it adds where it stands so often in texts of such lengths."""
        return ranking.bm25(self.weight * self.idf, frequencies, norms)


@dataclass(frozen=True, eq=True, repr=True)
class RunQuery(ArrayQuery):
    """A run of characters typed without a blank: the run itself first, then its parts scattered.

    A document matches if the run stands in one of the fields, or if all parts of the run (words,
    with single characters joined to a neighbour) stand somewhere in them; of a long run (a
    remembered sentence) those parts that make up most of its weight are enough, unless `relaxed` is
    false. `ranking` says how they rank; what stands in `titlefield` weighs more.
    """

    run: str
    fieldnames: tuple[str, ...]
    titlefield: str = ""
    restore: bool = False
    relaxed: bool = True
    lasting = True

    @cached_property
    def folded(self) -> str:
        """The run as it is compared."""
        return fold(self.run)

    @cached_property
    def words(self) -> list[str]:
        """The words of the run, one after the other."""
        return cut(self.folded)

    @cached_property
    def parts(self) -> list[str]:
        """What may stand scattered."""
        return pieces_of(self.folded)

    @property
    def _is_sentence(self) -> bool:
        """Whether most of it is enough."""
        return self.relaxed and len(self.parts) >= LONG_RUN

    def estimate(self, snapshot: Snapshot) -> int:
        """Return at most how many documents match: a short run needs the rarest of its parts."""
        if self._is_sentence:
            return snapshot.size
        return min(self._places(snapshot, part) for part in self.parts)

    def evaluate(
        self, snapshot: Snapshot, *, scored: bool, within: Documents | None = None
    ) -> Matches:
        """Return the documents that hold the run, or enough of its parts, with their scores."""
        if within is not None:
            return self._evaluate(snapshot, within, scored=scored)
        # Not under the query itself, which holds its words besides.
        key = ("run", repr(self), scored)
        return snapshot.remember(key, lambda: self._evaluate(snapshot, None, scored=scored))

    def _evaluate(self, snapshot: Snapshot, within: Documents | None, *, scored: bool) -> Matches:
        whole = self.whole(snapshot, within)
        found = list(whole.values())
        if self.parts != [self.folded]:
            found.append(self._scattered(snapshot, self.parts, within))
        documents = united(found)
        if not scored:
            return Matches(documents)
        scores: Scores = ranking.evidence(self._sums(snapshot, documents))
        for name, having in whole.items():
            tier = ranking.tier(name, self.titlefield)
            if len(having) == len(documents):
                scores += tier
            else:
                scores[shared(documents, having)[0]] += tier
        return Matches(documents, scores)

    def whole(self, snapshot: Snapshot, within: Documents | None) -> dict[str, Documents]:
        """Return for each field the documents in which the run stands as it was typed."""
        return {
            name: self._counts(snapshot, name, self.folded, within)[0] for name in self.fieldnames
        }

    def _counts(
        self, snapshot: Snapshot, name: str, folded: str, within: Documents | None
    ) -> Postings:
        return snapshot.counts(name, code_units(folded), second=self.restore, within=within)

    def _places(self, snapshot: Snapshot, part: str) -> int:
        """Return about how often a part stands anywhere; 0 only if it really stands nowhere."""
        bound = sum(snapshot.count_bound(name, code_units(part)) for name in self.fieldnames)
        if bound > SURELY_SOME:
            return bound
        counts = [self._counts(snapshot, name, part, None)[1] for name in self.fieldnames if bound]
        return int(sum(each.sum() for each in counts))

    def _scattered(
        self, snapshot: Snapshot, parts: Sequence[str], within: Documents | None
    ) -> Documents:
        """Return the documents that hold parts of enough weight, looking for the rarest first.

        A document that lacks those cannot make up for it with the others, so these are looked for
        in few documents.
        """
        places = {part: self._places(snapshot, part) for part in parts}
        long = self._is_sentence
        if long:
            # What stands nowhere is remembered wrongly, and nobody's fault.
            places = {part: number for part, number in places.items() if number}
        if len(places) * 2 <= len(parts):
            return np.empty(0, np.int64)
        size = snapshot.size
        weights = dict.fromkeys(places, 1.0)
        if long:
            idfs = {part: ranking.idf(size, min(size, number)) for part, number in places.items()}
            weights = ranking.sentence_weights(idfs)
        remaining = sum(weights.values())
        enough = remaining * (ranking.SENTENCE_SHARE if long else 1.0) - ranking.ROUNDING
        present = np.zeros(size)
        candidates = within
        for part in sorted(places, key=lambda part: places[part]):
            having = [self._counts(snapshot, name, part, candidates)[0] for name in self.fieldnames]
            present[united(having)] += weights[part]
            remaining -= weights[part]
            if remaining < enough:
                if candidates is None:
                    candidates = np.flatnonzero(present >= enough - remaining)
                else:
                    candidates = candidates[present[candidates] >= enough - remaining]
        return np.empty(0, np.int64) if candidates is None else candidates

    def _sums(self, snapshot: Snapshot, documents: Documents) -> Scores:
        """Return BM25F over words and bigrams for some documents."""
        sums = np.zeros(len(documents))
        for each in self.evidence(snapshot, documents):
            found, frequencies = among(each.postings, documents)
            if not len(found):
                continue
            scores = each.scores(frequencies, snapshot.norms(each.fieldname)[found])
            sums += scores_of(documents, Matches(found, scores))
        return sums

    def evidence(self, snapshot: Snapshot, documents: Documents) -> Iterator[Evidence]:
        """Yield words and bigrams with where they stand, in some documents at least."""
        for name in self.fieldnames:
            weight = ranking.field_weight(name, self.titlefield)
            for word in dict.fromkeys(self.words):
                postings = word_postings(snapshot, name, word, restore=self.restore)
                idf = ranking.idf(snapshot.size, len(postings[0]))
                yield Evidence("word", word, name, weight, idf, postings)
            if name != self.titlefield:
                yield from self._bigrams(snapshot, name, documents)

    def _bigrams(self, snapshot: Snapshot, name: str, documents: Documents) -> Iterator[Evidence]:
        """Yield the rarest bigrams where two words meet."""
        if len(self.words) < 2:
            return
        pairs: dict[bytes, int] = {}
        at = -1
        string = code_units(self.folded)
        places = snapshot.bigram_counts(name, string)
        for word in self.words[:-1]:
            at += len(code_units(word))
            if places[at]:
                pairs[string[at : at + 2].tobytes()] = int(places[at])
        for pair in sorted(pairs, key=lambda pair: pairs[pair])[: ranking.MAX_BIGRAMS]:
            idf = ranking.idf(snapshot.size, min(snapshot.size, pairs[pair]))
            characters = np.frombuffer(pair, np.uint16)
            found = snapshot.counts(name, characters, second=self.restore, within=documents)
            text = pair.decode("utf-16-le", "replace")
            yield Evidence("bigram", text, name, ranking.BIGRAM_WEIGHT, idf, found)


def word_postings(snapshot: Snapshot, name: str, word: str, *, restore: bool) -> Postings:
    """Return the postings of a word; with `restore` its frequency in the restored reading counts, too.

    That is kept where it differs. Of two readings the richer one counts.
    """
    first = snapshot.postings(name, word.encode())
    if not restore or not snapshot.is_restored(name):
        return first
    second = snapshot.postings(name, (RESTORED + word).encode())
    if not len(second[0]):
        return first
    documents = united([first[0], second[0]])
    weights = np.zeros(len(documents))
    for found, frequencies in (first, second):
        at = shared(documents, found)[0]
        weights[at] = np.maximum(weights[at], frequencies)
    return documents, weights
