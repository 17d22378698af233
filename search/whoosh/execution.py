"""A query tree over a snapshot, carried out in arrays.

The tree is made of Whoosh's own classes (And, Or, Not, Term, Every …) and the leaves of `queries`;
Whoosh's searcher gives the same documents and the same scores for it, only slower and, for some
shapes with a limit, wrongly (its top-N shortcut drops results of AND over OR).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from whoosh.query import And, AndNot, Every, Not, NullQuery, Or, Query, Term

from search.whoosh.queries import ArrayQuery, KeysQuery, Matches, WordQuery
from search.whoosh.snapshot import Snapshot


def evaluate(snapshot: Snapshot, query: Query, *, scored: bool = True) -> Matches:
    """Return which documents match, deleted ones included, and their scores.

    Raises TypeError for a Whoosh query that has no vectorised form.
    """
    if isinstance(query, ArrayQuery):
        return query.evaluate(snapshot, scored=scored)
    if isinstance(query, Term):
        return _term(snapshot, query, scored=scored)
    if query == NullQuery:
        return _constant(snapshot, matching=False, score=0.0, scored=scored)
    if isinstance(query, Every):
        return _constant(snapshot, matching=True, score=query.boost, scored=scored)
    if isinstance(query, And):
        return _and(snapshot, query.subqueries, scored=scored)
    if isinstance(query, Or):
        return _or(snapshot, query.subqueries, scored=scored)
    if isinstance(query, Not):
        mask, _ = evaluate(snapshot, query.query, scored=False)
        return Matches(~mask, np.ones(snapshot.size) if scored else None)
    if isinstance(query, AndNot):
        return _and(snapshot, [query.a, Not(query.b)], scored=scored)
    raise TypeError(f"no vectorised form of {type(query).__name__}")


def _term(snapshot: Snapshot, query: Term, *, scored: bool) -> Matches:
    field = snapshot.schema[query.fieldname]
    if field.scorable:
        mask, scores = WordQuery(query.fieldname, query.text).evaluate(snapshot, scored=scored)
        return Matches(mask, None if scores is None else scores * query.boost)
    mask, _ = KeysQuery(query.fieldname, (query.text,)).evaluate(snapshot, scored=False)
    return Matches(mask, mask * query.boost if scored else None)


def _constant(snapshot: Snapshot, *, matching: bool, score: float, scored: bool) -> Matches:
    return Matches(
        np.full(snapshot.size, matching), np.full(snapshot.size, score) if scored else None
    )


def _and(snapshot: Snapshot, queries: Sequence[Query], *, scored: bool) -> Matches:
    mask = np.ones(snapshot.size, bool)
    total = np.zeros(snapshot.size) if scored else None
    for query in queries:
        # A Not adds 1 to the score, as it does in Whoosh.
        matches, scores = evaluate(snapshot, query, scored=scored)
        mask = mask & matches
        if total is not None and scores is not None:
            total += scores
    return Matches(mask, None if total is None else np.where(mask, total, 0.0))


def _or(snapshot: Snapshot, queries: Sequence[Query], *, scored: bool) -> Matches:
    mask = np.zeros(snapshot.size, bool)
    total = np.zeros(snapshot.size) if scored else None
    for query in queries:
        matches, scores = evaluate(snapshot, query, scored=scored)
        mask |= matches
        if total is not None and scores is not None:
            total += np.where(matches, scores, 0.0)
    return Matches(mask, total)


@dataclass(frozen=True)
class Found:
    """The documents that match, best first, and how many there are in all."""

    documents: NDArray[np.int64]
    scores: NDArray[np.float64]
    count: int


def order(matches: Matches, keys: Sequence[NDArray[np.int64]], start: int, stop: int) -> Found:
    """Return the documents of `matches` from `start` to `stop` in the order of scores and keys.

    `keys` decide, one after the other and descending, where scores are equal (or not asked for):
    the last should be unique, so that the order is the same on every page and every day.
    """
    documents = np.flatnonzero(matches.mask)
    count = len(documents)
    scores = np.zeros(count) if matches.scores is None else matches.scores[documents]
    if matches.scores is not None and 0 < stop < count:
        # Only those that can be among the first `stop` need sorting; ties are kept for the keys.
        threshold = np.partition(scores, count - stop)[count - stop]
        chosen = scores >= threshold
        documents, scores = documents[chosen], scores[chosen]
    ranking = np.lexsort([-key[documents] for key in reversed(keys)] + [-scores])[start:stop]
    return Found(documents[ranking], scores[ranking], count)


def facet_masks(
    base: NDArray[np.bool_], filters: Mapping[str, NDArray[np.bool_]]
) -> tuple[NDArray[np.bool_], dict[str, NDArray[np.bool_]]]:
    """Return all filters applied to `base`, and for each filter all but itself.

    The counts of a facet ignore its own selection: they say what choosing another value would give.
    """
    everything = base
    for mask in filters.values():
        everything = everything & mask
    others = {}
    for name in filters:
        without = base
        for other, mask in filters.items():
            if other != name:
                without = without & mask
        others[name] = without
    return everything, others
