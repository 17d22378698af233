"""A run of characters typed without a blank: what answers it and how that ranks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from search.index.format.exact import units_of
from search.index.read.leaves import ArrayQuery, WordQuery, bm25, idf
from search.index.read.matches import Documents, Matches, Scores, shared, united
from search.index.read.snapshot import Snapshot
from search.text.fold import fold
from search.text.segment import cut
from search.text.units import LONG_RUN
from search.text.units import units as units_of_run

# Scores of a run: its place in the order of evidence, then words and bigrams within each place,
# which never come to EVIDENCE and to half of it where BM25 gives HALFWAY.
RUN_IN_TITLE, RUN_IN_TEXT = 200.0, 100.0
EVIDENCE, HALFWAY = 35.0, 25.0
TITLE_WEIGHT, JOINT_WEIGHT = 2.0, 2.0
MAX_JOINTS = 12
# Of a remembered sentence, units that make up this share of its weight are enough. None weighs more
# than so many times the middle one: a word that is remembered wrongly is often a rare one.
LONG_RUN_SHARE = 0.65
WEIGHT_CAP = 1.5
_ROUNDING = 1e-9
# A string whose rarest bigram stands in fewer places is looked for: it may stand nowhere.
SURELY_SOME = 1000


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

    @cached_property
    def words(self) -> list[str]:
        """The words of the run, one after the other."""
        return cut(self.folded)

    @cached_property
    def parts(self) -> list[str]:
        """What may stand scattered."""
        return units_of_run(self.folded)

    def most(self, snapshot: Snapshot) -> int:
        """See `ArrayQuery`. A short run needs the rarest of its units."""
        if len(self.parts) >= LONG_RUN:
            return snapshot.size
        return min(self._places(snapshot, part) for part in self.parts)

    def evaluate(
        self, snapshot: Snapshot, *, scored: bool, within: Documents | None = None
    ) -> Matches:
        """See `ArrayQuery`."""
        if within is not None:
            return self._evaluate(snapshot, within, scored=scored)
        # Not under the query itself, which holds its words besides.
        key = ("run", self.run, self.fieldnames, self.restore, scored)
        return snapshot.remember(key, lambda: self._evaluate(snapshot, None, scored=scored))

    def _evaluate(self, snapshot: Snapshot, within: Documents | None, *, scored: bool) -> Matches:
        whole = {
            name: self._counts(snapshot, name, self.folded, within)[0] for name in self.fieldnames
        }
        found = list(whole.values())
        if self.parts != [self.folded]:
            found.append(self._scattered(snapshot, self.parts, within))
        documents = united(found)
        if not scored:
            return Matches(documents)
        scores = self._evidence(snapshot, documents)
        scores /= scores + HALFWAY
        scores *= EVIDENCE
        for name, having in whole.items():
            tier = RUN_IN_TITLE if name == "title" else RUN_IN_TEXT
            scores[shared(documents, having)[0]] += tier
        return Matches(documents, scores)

    def _counts(
        self, snapshot: Snapshot, name: str, folded: str, within: Documents | None
    ) -> tuple[Documents, NDArray[np.float64]]:
        return snapshot.counts(name, units_of(folded), second=self.restore, within=within)

    def _places(self, snapshot: Snapshot, part: str) -> int:
        """Return about how often a part stands anywhere; 0 only if it really stands nowhere."""
        most = sum(snapshot.most(name, units_of(part)) for name in self.fieldnames)
        if most > SURELY_SOME:
            return most
        counts = [self._counts(snapshot, name, part, None)[1] for name in self.fieldnames if most]
        return int(sum(each.sum() for each in counts))

    def _scattered(
        self, snapshot: Snapshot, parts: Sequence[str], within: Documents | None
    ) -> Documents:
        """Return the documents that hold parts of enough weight, looking for the rarest first.

        A document that lacks those cannot make up for it with the others, so these are looked for
        in few documents.
        """
        places = {part: self._places(snapshot, part) for part in parts}
        long = len(parts) >= LONG_RUN
        if long:
            # What stands nowhere is remembered wrongly, and nobody's fault.
            places = {part: number for part, number in places.items() if number}
        if len(places) * 2 <= len(parts):
            return np.empty(0, np.int64)
        size = snapshot.size
        weights = {
            part: idf(size, min(size, number)) if long else 1.0 for part, number in places.items()
        }
        most = WEIGHT_CAP * float(np.median(list(weights.values())))
        weights = {part: min(weight, most) for part, weight in weights.items()}
        remaining = sum(weights.values())
        enough = remaining * (LONG_RUN_SHARE if long else 1.0) - _ROUNDING
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

    def _evidence(self, snapshot: Snapshot, documents: Documents) -> Scores:
        """Return BM25F over words and bigrams for some documents."""
        scores = np.zeros(len(documents))
        for name in self.fieldnames:
            norms = snapshot.norms(name)[documents]
            boost = TITLE_WEIGHT if name == "title" else 1.0
            for weight, (found, frequencies) in self._parts_in(snapshot, name, documents):
                here, there = shared(documents, found)
                scores[here] += bm25(boost * weight, frequencies[there], norms[here])
        return scores

    def _parts_in(
        self, snapshot: Snapshot, name: str, documents: Documents
    ) -> Iterator[tuple[float, tuple[Documents, NDArray[np.float64]]]]:
        """Yield for words and bigrams their weight, in which of some documents they stand, how often."""
        for word in dict.fromkeys(self.words):
            found = WordQuery(name, word, self.restore).postings(snapshot)
            yield idf(snapshot.size, len(found[0])), found
        if name != "title":
            yield from self._joints(snapshot, name, documents)

    def _joints(
        self, snapshot: Snapshot, name: str, documents: Documents
    ) -> Iterator[tuple[float, tuple[Documents, NDArray[np.float64]]]]:
        """Yield the same for the bigrams where two words meet; those within words say nothing new."""
        pairs: dict[bytes, int] = {}
        at = -1
        units = units_of(self.folded)
        if len(self.words) < 2:
            return
        places = snapshot.bigram_places(name, units)
        for word in self.words[:-1]:
            at += len(units_of(word))
            if places[at]:
                pairs[units[at : at + 2].tobytes()] = int(places[at])
        # The rarest say most and cost least.
        for pair in sorted(pairs, key=lambda pair: pairs[pair])[:MAX_JOINTS]:
            weight = JOINT_WEIGHT * idf(snapshot.size, min(snapshot.size, pairs[pair]))
            characters = np.frombuffer(pair, np.uint16)
            yield (
                weight,
                snapshot.counts(name, characters, second=self.restore, within=documents),
            )
