"""Words of a text field that begin, end or are spelt like something, and the ends of whole texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from whoosh.support.levenshtein import damerau_levenshtein

from search.index.format.exact import units_of
from search.index.format.fields import RESTORED
from search.index.format.postings import FieldTerms
from search.index.read.leaves import RankedQuery
from search.index.read.matches import Documents, Postings
from search.index.read.snapshot import Snapshot
from search.text.fold import fold
from search.text.segment import words

_SPELT = re.compile(r"[^\W_]+")
_HAN = re.compile("[\u4e00-\u9fd5]")


def separate_words(text: str) -> tuple[str, ...]:
    """Return the different words of a text, folded, each as it stands between blanks and marks.

    The words of the index are cut from folded text, which has no blanks: Latin words run together.
    """
    found: dict[str, None] = {}
    for run in _SPELT.findall(text):
        folded = fold(run)
        if folded:
            found |= dict.fromkeys(words(folded) if _HAN.search(folded) else [folded])
    return tuple(found)


def distance(left: str, right: str) -> int:
    """Return how many letters must be changed, left out, put in or exchanged with a neighbour."""
    if not left or not right:
        return len(left) + len(right)
    return int(damerau_levenshtein(left, right))


def is_near(word: str, like: str, *, prefix: int, edits: int) -> bool:
    """Say whether a word begins like another and differs from it in so many letters at most."""
    return (
        word[:prefix] == like[:prefix]
        and abs(len(word) - len(like)) <= edits
        and distance(word, like) <= edits
    )


def _beginning(terms: FieldTerms, prefix: str) -> Iterator[tuple[int, str]]:
    """Yield (number, term) of the terms of a segment that begin with a string."""
    encoded = prefix.encode()
    for number in range(terms.at_or_after(encoded), len(terms)):
        term = terms[number]
        if not term.startswith(encoded):
            return
        if not term.startswith(RESTORED.encode()):
            yield number, term.decode()


def nearest(snapshot: Snapshot, name: str, word: str) -> str | None:
    """Return the word of a field that is spelt most like one, the most frequent of several.

    It begins with the same character and differs in two others at most.
    """
    found: Counter[str] = Counter()
    for segment in snapshot.segments:
        if name in segment.terms:
            for number, term in _beginning(segment.terms[name], word[:1]):
                if abs(len(term) - len(word)) <= 2 and distance(term, word) <= 2:
                    found[term] += segment.terms[name].document_frequency(number)
    return min(found, key=lambda term: (distance(term, word), -found[term], term), default=None)


@dataclass(frozen=True, eq=True, repr=True)
class WordsQuery(RankedQuery):
    """Documents with a word that begins with a string and passes a test.

    The words are the terms of `wordfield`, those of the text `fieldname`.
    """

    fieldname: str
    wordfield: str
    prefix: str
    accepts: Callable[[str], bool] = bool

    @property
    def label(self) -> str:
        """See `RankedQuery`."""
        return f"{self.prefix}*"

    def postings(self, snapshot: Snapshot, within: Documents | None = None) -> Postings:
        """See `RankedQuery`."""
        frequencies = np.zeros(snapshot.size)
        for segment in snapshot.segments:
            terms = segment.terms.get(self.wordfield)
            if terms is not None:
                for number, term in _beginning(terms, self.prefix):
                    if self.accepts(term):
                        documents, weights = terms.postings(number)
                        frequencies[documents.astype(np.int64) + segment.base] += weights
        documents = np.flatnonzero(frequencies)
        return documents, frequencies[documents]


@dataclass(frozen=True, eq=True, repr=True)
class EdgeQuery(RankedQuery):
    """Documents whose whole text begins, or ends, with a string."""

    fieldname: str
    folded: str
    end: bool = False

    @property
    def label(self) -> str:
        """See `RankedQuery`."""
        return self.folded

    def postings(self, snapshot: Snapshot, within: Documents | None = None) -> Postings:
        """See `RankedQuery`."""
        units = units_of(self.folded)
        found: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
        for segment, reader in snapshot.exact(self.fieldname):
            ends = reader.starts[1 : segment.size + 1].astype(np.int64) - 1
            starts = reader.starts[: segment.size].astype(np.int64)
            wanted = ends - len(units) if self.end else starts
            places = reader.find(units, second=False).astype(np.int64)
            holds = np.isin(wanted, places) & (wanted >= starts)
            found.append(np.flatnonzero(holds) + segment.base)
        documents = np.concatenate(found)
        return documents, np.ones(len(documents))
