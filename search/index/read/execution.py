"""The steps of a search over a snapshot, in arrays: match a query tree, filter, boost proximity, order.

The tree is made of Whoosh's And, Or, Not and Every and of our own leaves. Whoosh's searcher would take
Python time for each posting, and its top-N shortcut drops results of an And over an Or.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.query import And, Every, Not, NullQuery, Or, Query

from search.index import ranking
from search.index.format.exact import JoinedColumn, code_units
from search.index.read.queries.base import ArrayQuery, BoostedQuery
from search.index.read.snapshot import Snapshot
from search.index.sets import (
    Bits,
    Documents,
    Matches,
    Scores,
    any_of,
    both,
    constant,
    without,
)
from search.query import nodes
from search.text.fold import fold
from search.text.segmenter import pieces_of


def evaluate(
    snapshot: Snapshot, query: Query, *, scored: bool = True, within: Documents | None = None
) -> Matches:
    """Return which documents match, deleted ones included, and their scores.

    With `within` other documents may be left out. Raises TypeError for a Whoosh
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
        found = found._replace(scores=found.scores + ranking.NOT_SCORE * len(unwanted))
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


def is_lasting(query: Query) -> bool:
    """Say whether a query finds the same as long as the snapshot is the same.

    What asks a database does not, nor what takes a function: no two are equal.
    """
    if isinstance(query, ArrayQuery):
        return query.lasting
    if isinstance(query, BoostedQuery):
        return is_lasting(query.inner)
    if isinstance(query, And | Or):
        return all(map(is_lasting, query.subqueries))
    if isinstance(query, Not):
        return is_lasting(query.query)
    return isinstance(query, Every) or query == NullQuery


def narrow(matches: Matches, filters: Mapping[str, Bits]) -> tuple[Matches, dict[str, Documents]]:
    """Return what passes all filters, and for each filter what passes all but itself.

    The counts of a facet ignore its own selection: they say what choosing another value would give.

    >>> matches = Matches(np.array([0, 1, 2]))
    >>> year, source = np.array([True, False, True]), np.array([True, True, False])
    >>> passed, others = narrow(matches, {"year": year, "source": source})
    >>> passed.documents.tolist(), others["year"].tolist(), others["source"].tolist()
    ([0], [0, 1], [0, 2])
    """
    if not filters:
        return matches, {}
    passed = {name: bits[matches.documents] for name, bits in filters.items()}
    missed = sum((~each for each in passed.values()), np.zeros(len(matches.documents), np.int64))
    others = {name: matches.documents[missed == ~each] for name, each in passed.items()}
    return matches.where(missed == 0), others


@dataclass(frozen=True)
class Neighbours:
    """Folded strings in the order in which they were typed; those next to each other belong together.

    `bonus` is what a document gains in which each stands right beside the next.
    """

    strings: tuple[str, ...]
    bonus: float

    @classmethod
    def of(cls, tree: nodes.Node) -> Neighbours:
        """Return the pieces of all runs, and the exact strings, that a tree asks for together."""
        children = tree.children if isinstance(tree, nodes.And) else (tree,)
        strings: list[str] = []
        runs = 0
        for child in children:
            if isinstance(child, nodes.Run):
                strings += pieces_of(fold(child.text))
            elif isinstance(child, nodes.Exact):
                strings.append(fold(child.text))
            else:
                continue
            runs += 1
        # A single character stands near everything.
        telling = [string for string in strings if len(string) > 1]
        return cls(
            tuple((telling if len(telling) > 1 else strings)[: ranking.MAX_NEIGHBOURS]),
            ranking.PROXIMITY * runs,
        )


def boost_proximity(
    snapshot: Snapshot, matches: Matches, wanted: Neighbours, name: str, *, restore: bool
) -> Matches:
    """Return the matches with the scores of the best raised for closeness in a field."""
    if matches.scores is None or len(wanted.strings) < 2:
        return matches
    best = _best(matches.scores, ranking.RESCORED)
    close = closeness(snapshot, name, matches.documents[best], wanted.strings, restore=restore)
    scores = matches.scores.copy()
    scores[best] += wanted.bonus * close
    return matches._replace(scores=scores)


def _best(scores: Scores, count: int) -> NDArray[np.int64]:
    """Return the indexes of the `count` highest scores, ascending, and of all that are equal to the last."""
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.flatnonzero(scores >= np.partition(scores, len(scores) - count)[len(scores) - count])


def closeness(
    snapshot: Snapshot,
    name: str,
    documents: Documents,
    strings: Sequence[str],
    *,
    restore: bool,
) -> Scores:
    """Return for documents (ascending) how close neighbours of `strings` come, from 0 to 1.

    1 is where each stands right beside the next, in either order, somewhere in the text.
    """
    close = np.zeros(len(documents))
    layer = snapshot.joined(name)
    texts, here = layer.texts_of(documents, second=restore)
    found = [_places(layer, string, texts) for string in strings]
    for one, other in pairwise(found):
        gaps = np.full(len(documents), np.inf)
        np.minimum.at(gaps, here, _gaps(one, other, len(texts)))
        close += ranking.nearness(gaps)
    return close / max(1, len(strings) - 1)


class Places(NamedTuple):
    """Where a string of so many code units stands in some texts, ascending, and in which of them."""

    starts: NDArray[np.int64]
    texts: NDArray[np.int64]
    size: int


def _places(layer: JoinedColumn, string: str, texts: NDArray[np.int64]) -> Places:
    """Return the places of a string in some texts."""
    wanted = code_units(string)
    return Places(*layer.places(wanted, texts), len(wanted))


def _gaps(left: Places, right: Places, texts: int) -> Scores:
    """Return for each text the least number of code units between two strings, infinite for none."""
    gaps = np.full(texts, np.inf)
    if len(left.starts) > len(right.starts):
        left, right = right, left
    if not len(left.starts):
        return gaps
    at = right.starts.searchsorted(left.starts)
    for nearest, before in ((np.minimum(at, len(right.starts) - 1), False), (at - 1, True)):
        place = right.starts[nearest]
        gap = left.starts - place - right.size if before else place - left.starts - left.size
        # What lies on the other side is the last of all, or the first, where there is none on this one.
        same = (place < left.starts) == before
        same &= right.texts[nearest] == left.texts
        np.minimum.at(gaps, left.texts[same], np.maximum(gap[same], 0).astype(np.float64))
    return gaps


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
    ranked = np.lexsort([~key[documents] for key in reversed(keys)] + [-scores])[start:stop]
    return Ordered(documents[ranked], scores[ranked], count)
