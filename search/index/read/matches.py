"""Which documents match, as ascending numbers with their scores beside them, and how that combines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from search.index.sets import shared, united

Documents: TypeAlias = NDArray[np.int64]
Scores: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]
# Documents, ascending, and how often something stands in each.
Postings: TypeAlias = tuple[Documents, Scores]


class Matches(NamedTuple):
    """Documents of a snapshot, ascending, each once; their scores, None where nobody asked."""

    documents: Documents
    scores: Scores | None = None

    def where(self, chosen: Mask | Documents | slice) -> Matches:
        """Return those that `chosen`, a mask over or indexes into `documents`, picks."""
        scores = None if self.scores is None else self.scores[chosen]
        return Matches(self.documents[chosen], scores)

    def times(self, factor: float) -> Matches:
        """Return the same with scores multiplied."""
        return self if self.scores is None else self._replace(scores=self.scores * factor)


def constant(documents: Documents, score: float, *, scored: bool) -> Matches:
    """Return documents that all score the same."""
    return Matches(documents, np.full(len(documents), score) if scored else None)


def both(left: Matches, right: Matches) -> Matches:
    """Return what is in both, scores added up."""
    here, there = shared(left.documents, right.documents)
    found = left.where(here)
    if found.scores is None or right.scores is None:
        return found._replace(scores=None)
    return found._replace(scores=found.scores + right.scores[there])


def any_of(parts: Sequence[Matches]) -> Matches:
    """Return what is in any, scores added up."""
    if len(parts) == 1:
        return parts[0]
    documents = united([part.documents for part in parts])
    scores = np.zeros(len(documents))
    for part in parts:
        if part.scores is None:
            return Matches(documents)
        scores[shared(documents, part.documents)[0]] += part.scores
    return Matches(documents, scores)


def without(matches: Matches, gone: Documents) -> Matches:
    """Return what is not among `gone`."""
    kept = np.ones(len(matches.documents), bool)
    kept[shared(matches.documents, gone)[0]] = False
    return matches.where(kept)
