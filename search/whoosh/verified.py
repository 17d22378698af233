"""What the index finds and the original text confirms."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np
from whoosh.query import Query

from search.whoosh.execution import evaluate
from search.whoosh.leaves import ArrayQuery
from search.whoosh.matches import Documents, Matches, shared
from search.whoosh.snapshot import Snapshot


@dataclass(frozen=True, eq=True, repr=True)
class VerifiedQuery(ArrayQuery):
    """The matches of another query that also pass a test on the document's key (原样, strict)."""

    inner: Query
    keyfield: str
    verify: Callable[[Collection[int]], Iterable[int]]

    def evaluate(
        self, snapshot: Snapshot, *, scored: bool, within: Documents | None = None
    ) -> Matches:
        """See `ArrayQuery`. `verify` is given the keys of live matches, returns those that pass."""
        matches = evaluate(snapshot, self.inner, scored=scored, within=within)
        if within is not None:  # reading originals is what costs
            matches = matches.where(shared(matches.documents, within)[0])
        matches = matches.where(snapshot.live[matches.documents])
        keys = snapshot.integers(self.keyfield)[matches.documents]
        passed = np.fromiter(self.verify(keys.tolist()), np.int64)
        return matches.where(np.isin(keys, passed))
