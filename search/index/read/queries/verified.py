"""What the index finds and the original text confirms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from whoosh.query import Query

from search.index.read.execution import evaluate
from search.index.read.queries.base import ArrayQuery
from search.index.read.snapshot import Snapshot
from search.index.sets import Bits, Documents, Matches, shared

Confirm: TypeAlias = Callable[[Snapshot, Documents], Bits]


@dataclass(frozen=True, eq=True, repr=True)
class VerifiedQuery(ArrayQuery):
    """The matches of another query whose original texts pass a test, too (原样, strict)."""

    inner: Query
    confirm: Confirm

    def evaluate(
        self, snapshot: Snapshot, *, scored: bool, within: Documents | None = None
    ) -> Matches:
        """Return the candidates that `confirm`, asked about the living ones among them, lets pass."""
        matches = evaluate(snapshot, self.inner, scored=scored, within=within)
        if within is not None:  # reading texts as written is what costs
            matches = matches.where(shared(matches.documents, within)[0])
        matches = matches.where(snapshot.live[matches.documents])
        return matches.where(self.confirm(snapshot, matches.documents))

    def leaves(self) -> Any:
        """Yield what is looked up in the index."""
        return self.inner.leaves()
