"""What is decided by where strings stand: wildcards, nearness, several things in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from whoosh import query as wq

from search.index.format.exact import ExactColumn, code_units
from search.index.read.execution import evaluate
from search.index.read.queries.base import RankedQuery
from search.index.read.queries.locator import Locator, Positions
from search.index.read.queries.strings import ExactQuery
from search.index.read.snapshot import Snapshot
from search.index.sets import Documents, Postings, shared
from search.query.fields import Fields
from search.query.nodes import And, Exact, Near, Node, Not, Or, Pattern, Run, Same, all_of, unparse
from search.text.fold import fold
from search.text.pattern import split

# Within one field nothing names another.
_NO_FIELDS = Fields.of({})


@dataclass(frozen=True, eq=True, repr=True)
class SpanQuery(RankedQuery):
    """A pattern, nearness, or several things in one sentence or paragraph, in a field.

    First the documents are found in which all that is needed stands anywhere; only in these are places
    compared. Those that `scope` (queries that do not score) leaves out are none of them.
    """

    fieldname: str
    node: Node
    restore: bool = False
    weight: float = 1.0
    scope: tuple[wq.Query, ...] = ()

    @property
    def label(self) -> str:
        """The tree as it would be typed."""
        return unparse(self.node, _NO_FIELDS)

    def postings(self, snapshot: Snapshot, within: Documents | None = None) -> Postings:
        """Return the documents in which the tree holds; each place counts as an occurrence."""
        return snapshot.remember(self._key, lambda: self._find(snapshot))

    def cost(self, snapshot: Snapshot, enough: float) -> int:
        """Return how many places must be looked at, or a bound for it that is not above `enough`.

        What is remembered costs nothing.
        """
        if snapshot.remembers(self._key):
            return 0
        strings = {string: code_units(string) for string in _strings(self.node)}
        bound = sum(snapshot.count_bound(self.fieldname, wanted) for wanted in strings.values())
        if bound <= enough:
            return bound
        candidates = self._candidates(snapshot)
        total = 0.0
        for wanted in strings.values():
            documents, counts = snapshot.counts(
                self.fieldname, wanted, second=self.restore, within=candidates
            )
            total += counts[shared(documents, candidates)[0]].sum()
        return int(total)

    @property
    def _key(self) -> tuple[str, SpanQuery]:
        return "places", self

    def _candidates(self, snapshot: Snapshot) -> Documents:
        """Return the living documents in which all that the node needs stands somewhere."""
        exact = partial(ExactQuery, self.fieldname, restore=self.restore)
        query = wq.And([*self.scope, needed(self.node, exact)])
        found = evaluate(snapshot, query, scored=False).documents
        return found[snapshot.live[found]]

    def _find(self, snapshot: Snapshot) -> Postings:
        candidates = self._candidates(snapshot)
        documents, weights = [np.empty(0, np.int64)], [np.empty(0, np.float64)]
        for segment, reader in snapshot.exact(self.fieldname):
            inside = candidates[segment.part(candidates)] - segment.base
            if not len(inside):
                continue
            positions = self._positions(Locator(reader, inside, self.restore), reader)
            counts = reader.tally(positions)[inside]
            documents.append(inside[counts > 0] + segment.base)
            weights.append(counts[counts > 0].astype(np.float64))
        return np.concatenate(documents), np.concatenate(weights)

    def _positions(self, locator: Locator, reader: ExactColumn.Reader) -> Positions:
        if isinstance(self.node, Same):
            bounds = reader.sentences if self.node.unit == "sentence" else reader.paragraphs
            numbers = locator.holding(all_of(self.node.children), bounds)
            return bounds[numbers - 1].astype(np.int64)
        if isinstance(self.node, Near):
            return locator.near(self.node).starts
        return locator.spans(self.node).starts


def needed(node: Node, exact: Callable[[str], wq.Query]) -> wq.Query:
    """Return what must be true of a document for a node to hold there.

    `exact` gives the query for a folded string. TypeError for a node that has no places.
    """
    match node:
        case Run(text) | Exact(text):
            return exact(fold(text))
        case Pattern(text):
            return wq.And([exact(string) for string in split(text).strings])
        case Or(children):
            return wq.Or([needed(child, exact) for child in children])
        case And(children) | Near(children) | Same(_, children):
            wanted = [child for child in children if not isinstance(child, Not)]
            return wq.And([needed(child, exact) for child in wanted])
    raise TypeError(f"{type(node).__name__} has no places")


def _strings(node: Node) -> Iterator[str]:
    """Yield the folded strings whose places decide about a node, what is excluded too."""
    match node:
        case Run(text) | Exact(text):
            yield fold(text)
        case Pattern(text):
            yield from split(text).strings
        case Not(child):
            yield from _strings(child)
        case And(children) | Or(children) | Near(children) | Same(_, children):
            for child in children:
                yield from _strings(child)
