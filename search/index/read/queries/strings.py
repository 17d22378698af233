"""Strings in a text field: wherever they stand, at either end of a text, at the beginning of words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.index.format.exact import code_units
from search.index.read.queries.base import RankedQuery
from search.index.read.snapshot import Snapshot
from search.index.read.terms import beginning
from search.index.sets import Documents, Postings


@dataclass(frozen=True, eq=True, repr=True)
class ExactQuery(RankedQuery):
    """A string of any length, wherever it stands in a field."""

    fieldname: str
    folded: str
    restore: bool = False
    weight: float = 1.0

    @property
    def label(self) -> str:
        """The string."""
        return self.folded

    def postings(self, snapshot: Snapshot, within: Documents | None = None) -> Postings:
        """Return the documents that hold the string, and how often."""
        string = code_units(self.folded)
        return snapshot.counts(self.fieldname, string, second=self.restore, within=within)

    def estimate(self, snapshot: Snapshot) -> int:
        """Return at most how many documents hold the string, by its rarest part."""
        return snapshot.count_bound(self.fieldname, code_units(self.folded))


@dataclass(frozen=True, eq=True, repr=True)
class WordsQuery(RankedQuery):
    """Documents with a word that begins with a string and passes a test.

    The words are the terms of `wordfield`, those of the text `fieldname`.
    """

    fieldname: str
    wordfield: str
    prefix: str
    accepts: Callable[[str], bool] = bool
    lasting = False

    @property
    def label(self) -> str:
        """The beginning, as it would be typed."""
        return f"{self.prefix}*"

    def postings(self, snapshot: Snapshot, within: Documents | None = None) -> Postings:
        """Return the documents that have such words, and how often."""
        frequencies = np.zeros(snapshot.size)
        for segment in snapshot.segments:
            terms = segment.terms.get(self.wordfield)
            if terms is not None:
                for number, term in beginning(terms, self.prefix):
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
        """The string."""
        return self.folded

    def postings(self, snapshot: Snapshot, within: Documents | None = None) -> Postings:
        """Return the documents whose text begins, or ends, so: once each."""
        string = code_units(self.folded)
        found: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
        for segment, reader in snapshot.exact(self.fieldname):
            ends = reader.starts[1 : segment.size + 1].astype(np.int64) - 1
            starts = reader.starts[: segment.size].astype(np.int64)
            edges = ends - len(string) if self.end else starts
            places = reader.find(string, second=False).astype(np.int64)
            holds = np.isin(edges, places) & (edges >= starts)
            found.append(np.flatnonzero(holds) + segment.base)
        documents = np.concatenate(found)
        return documents, np.ones(len(documents))
