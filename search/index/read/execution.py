"""A query tree over a snapshot, carried out in arrays.

The tree is made of Whoosh's And, Or, Not and Every and of our own leaves. Whoosh's searcher would take
Python time for each posting, and its top-N shortcut drops results of an And over an Or.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from whoosh.query import And, Every, Not, NullQuery, Or, Query

from search.index.ranking import NOT_SCORE
from search.index.read.queries.base import ArrayQuery, BoostedQuery
from search.index.read.snapshot import Snapshot
from search.index.sets import Documents, Mask, Matches, any_of, both, constant, without


def evaluate(
    snapshot: Snapshot, query: Query, *, scored: bool = True, within: Documents | None = None
) -> Matches:
    """Return which documents match, deleted ones included, and their scores.

    With `within` others may be left out; see `ArrayQuery.evaluate`. Raises TypeError for a Whoosh
    query that has no vectorised form.
    """
    if isinstance(query, ArrayQuery):
        return query.evaluate(snapshot, scored=scored, within=within)
    if isinstance(query, BoostedQuery):
        inner = evaluate(snapshot, query.inner, scored=scored, within=within)
        return inner.times(query.boost)
    if query == NullQuery:
        return constant(np.empty(0, np.int64), 0.0, scored=scored)
    if isinstance(query, Every):
        return constant(np.arange(snapshot.size), 1.0, scored=scored)
    if isinstance(query, And):
        return _and(snapshot, query.subqueries, scored=scored, within=within)
    if isinstance(query, Or):
        parts = [evaluate(snapshot, q, scored=scored, within=within) for q in query.subqueries]
        return any_of(parts)
    if isinstance(query, Not):
        return _and(snapshot, [query], scored=scored, within=within)
    raise TypeError(f"no vectorised form of {type(query).__name__}")


def _and(
    snapshot: Snapshot, queries: Sequence[Query], *, scored: bool, within: Documents | None
) -> Matches:
    """Carry out the query with fewest matches first: the others are asked about these only."""
    wanted = [query for query in queries if not isinstance(query, Not)]
    unwanted = [query.query for query in queries if isinstance(query, Not)]
    found: Matches | None = None
    for query in sorted(wanted, key=lambda query: _estimate(snapshot, query)):
        left = within if found is None else found.documents
        matches = evaluate(snapshot, query, scored=scored, within=left)
        found = matches if found is None else both(found, matches)
    if found is None:
        everything = np.arange(snapshot.size) if within is None else within
        found = constant(everything, 0.0, scored=scored)
    for query in unwanted:
        gone = evaluate(snapshot, query, scored=False, within=found.documents)
        found = without(found, gone.documents)
    if found.scores is not None and unwanted:
        found = found._replace(scores=found.scores + NOT_SCORE * len(unwanted))
    return found


def _estimate(snapshot: Snapshot, query: Query) -> int:
    """Return about how many documents match a query at most."""
    if isinstance(query, ArrayQuery):
        return query.estimate(snapshot)
    if isinstance(query, BoostedQuery):
        return _estimate(snapshot, query.inner)
    if isinstance(query, And):
        return min((_estimate(snapshot, q) for q in query.subqueries), default=snapshot.size)
    if isinstance(query, Or):
        return sum(_estimate(snapshot, q) for q in query.subqueries)
    return snapshot.size


@dataclass(frozen=True)
class Ordered:
    """The documents that match, best first, and how many there are in all."""

    documents: NDArray[np.int64]
    scores: NDArray[np.float64]
    count: int


def order(matches: Matches, keys: Sequence[NDArray[np.int64]], start: int, stop: int) -> Ordered:
    """Return the documents of `matches` from `start` to `stop` in the order of scores and keys.

    `keys` decide, one after the other and descending, where scores are equal (or not asked for):
    the last should be unique, so that the order is the same on every page and every day.
    """
    documents, scores = matches
    count = len(documents)
    if scores is None:
        scores = np.zeros(count)
    if start >= stop:
        return Ordered(documents[:0], scores[:0], count)
    if stop < count:
        # Only those that can be among the first `stop` need sorting; ties are kept for the keys.
        first = keys[0][documents] if matches.scores is None else scores
        chosen = first >= np.partition(first, count - stop)[count - stop]
        documents, scores = documents[chosen], scores[chosen]
    # ~key, not -key, which overflows for the lowest of all.
    ranking = np.lexsort([~key[documents] for key in reversed(keys)] + [-scores])[start:stop]
    return Ordered(documents[ranking], scores[ranking], count)


def narrow(matches: Matches, filters: Mapping[str, Mask]) -> tuple[Matches, dict[str, Documents]]:
    """Return what passes all filters, and for each filter what passes all but itself.

    The counts of a facet ignore its own selection: they say what choosing another value would give.

    >>> matches = Matches(np.array([0, 1, 2]))
    >>> year, source = np.array([True, False, True]), np.array([True, True, False])
    >>> passed, others = narrow(matches, {"year": year, "source": source})
    >>> passed.documents.tolist(), others["year"].tolist(), others["source"].tolist()
    ([0], [0, 1], [0, 2])
    """
    passed = {name: mask[matches.documents] for name, mask in filters.items()}
    missed = sum((~each for each in passed.values()), np.zeros(len(matches.documents), np.int64))
    others = {name: matches.documents[missed == ~each] for name, each in passed.items()}
    return matches.where(missed == 0), others
