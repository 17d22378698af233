"""Carry out a search over a snapshot of the index: match, filter, order, count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Query

from search.backend import Answer, Search, Tiers
from search.errors import TooBroad
from search.index.format.fields import KEY, MODEL, IntField
from search.index.read.execution import (
    Neighbours,
    Ordered,
    boost_proximity,
    evaluate,
    is_lasting,
    narrow,
    order,
)
from search.index.read.queries.filters import KeysQuery
from search.index.read.queries.spans import SpanQuery
from search.index.read.related import related, rescore
from search.index.read.snapshot import Snapshot
from search.index.sets import Bits, Documents, Matches, shared

# How many places are compared for nearness, sentences and wildcards: about a second, longer only in
# an archive in which that is a twentieth of all characters.
PLACES = 20_000_000
PLACES_SHARE = 0.05


@dataclass(frozen=True)
class Beside:
    """What only SearchQuerySet asks for: queries within which all results lie, and queries whose scores
    are added so many times to those of the results."""

    within: tuple[Query, ...] = ()
    boosted: tuple[tuple[Query, float], ...] = ()


NOTHING = Beside()


@dataclass(frozen=True)
class Found:
    """An answer, and the numbers of the documents that it gives and of all that match."""

    answer: Answer
    given: Documents
    matched: Documents


def find(
    snapshot: Snapshot,
    query: Query,
    search: Search,
    neighbours: Neighbours,
    content: str,
    *,
    beside: Beside = NOTHING,
    date: str = "date",
    searched: Sequence[str] = (),
) -> Found:
    """Return what `query` finds, to which `search.query` has been compiled.

    Raises TooBroad. The best documents gain where `neighbours` stand close in the field `content`; of
    equals the latest in the field `date` comes first. Words of `search.related` are looked for in the
    fields `searched`.
    """
    asked = _Asked(query, search, neighbours, content, beside, tuple(searched))
    make = partial(_ranked, snapshot, asked)
    key = _key(asked)
    ranked = make() if key is None else snapshot.remember(("ranked", key), make)
    count = partial(_counts, snapshot, search, ranked)
    counted = count() if key is None else snapshot.remember(("counted", key, search.facets), count)
    ties = _tie_breakers(snapshot, date)
    if search.related:  # of equal answers the one that came first
        ties[-1] = ~ties[-1]
    keys = [*_sort_keys(snapshot, search.sort), *ties]
    page = _page(ranked.tiers, keys, search.start, search.stop)
    answer = Answer(
        keys=identities(snapshot, page.documents),
        scores=page.scores.tolist(),
        count=page.count,
        tiers=Tiers(*(len(each.documents) for each in ranked.tiers)),
        facets={
            name: _rows(snapshot.codes(name).values, counts)
            for name, counts in zip(search.facets, counted, strict=True)
        },
    )
    return Found(answer, page.documents, ranked.documents)


class Ranked(NamedTuple):
    """All that is found: tiers that stand one behind the other, and their documents.

    `others` are for each filter what passes all but itself.
    """

    tiers: list[Matches]
    documents: Documents
    others: dict[str, Documents]


class _Asked(NamedTuple):
    """A compiled query, and all that what it finds depends on beside the snapshot."""

    query: Query
    search: Search
    neighbours: Neighbours
    content: str
    beside: Beside
    searched: tuple[str, ...]


def _key(asked: _Asked) -> str | None:
    """Return what `_ranked` goes by, None where it may find something else in the same snapshot."""
    if asked.beside != NOTHING or not is_lasting(asked.query):
        return None
    search = asked.search
    filters = tuple((name, tuple(values)) for name, values in search.filters.items())
    joined = tuple(search.joined.items()) if filters else ()
    limits = scope_of(search), tuple(search.exclude), filters, joined
    ways = bool(search.sort), search.restore, search.related
    # Written down, as what it is made of would take more than most results.
    return repr((asked.query, asked.neighbours, asked.content, asked.searched, limits, ways))


def _ranked(snapshot: Snapshot, asked: _Asked) -> Ranked:
    """Return all that is found, scored: whatever page is asked for, the same."""
    query, search, neighbours, content, beside, searched = asked
    found = matching(snapshot, query, search, content, beside)
    filters = filters_of(snapshot, search)
    matches, others = narrow(found, filters)
    matches = boost_proximity(snapshot, matches, neighbours, content, restore=search.restore)
    tiers = [add_scores(snapshot, matches, beside.boosted)]
    if not search.related:
        return Ranked(tiers, matches.documents, others)
    behind, others_behind = tiers_behind(snapshot, search, found, searched, filters)
    others = {name: np.concatenate((others[name], others_behind[name])) for name in others}
    tiers += behind
    return Ranked(tiers, np.concatenate([each.documents for each in tiers]), others)


def _counts(snapshot: Snapshot, search: Search, ranked: Ranked) -> list[NDArray[np.int64]]:
    """Return for all facets that are wanted how often each value is found."""
    chosen = {name: search.joined.get(name, name) for name in search.facets}
    return [
        snapshot.codes(name).counts(ranked.others.get(chosen[name], ranked.documents))
        for name in search.facets
    ]


def tiers_behind(
    snapshot: Snapshot,
    search: Search,
    found: Matches,
    searched: Sequence[str],
    filters: Mapping[str, Bits],
) -> tuple[list[Matches], dict[str, Documents]]:
    """Return in two tiers what may be found, is not, and holds words of the question, narrowed by filters.

    And for each filter what passes all but itself.
    """
    behind = related(snapshot, search, searched, allowed(snapshot, search))
    unfound = np.ones(snapshot.size, bool)
    unfound[found.documents] = False
    behind = behind.where(unfound[behind.matches.documents])
    passed, others = narrow(behind.matches, filters)
    tiers = behind.of(passed.documents).tiers()
    if search.sort:
        return [Matches(tier.documents) for tier in tiers], others
    return [rescore(snapshot, tier, search.related, searched) for tier in tiers], others


def _page(
    tiers: Iterable[Matches], keys: Sequence[NDArray[np.int64]], start: int, stop: int
) -> Ordered:
    """Return the documents from `start` to `stop` of tiers that stand one behind the other."""
    parts = []
    for tier in tiers:
        size = len(tier.documents)
        parts.append(order(tier, keys, max(0, min(start, size)), max(0, min(stop, size))))
        start, stop = start - size, stop - size
    return Ordered(
        np.concatenate([part.documents for part in parts]),
        np.concatenate([part.scores for part in parts]),
        sum(part.count for part in parts),
    )


def counts(
    snapshot: Snapshot,
    query: Query,
    search: Search,
    filters: Iterable[Mapping[str, tuple[str, ...]]],
    content: str,
) -> list[int]:
    """Return how many documents a search has with each of some filters in place of its own.

    The query is carried out once. Raises TooBroad.
    """
    matches = matching(snapshot, query, search, content, NOTHING)
    narrowed = (filters_of(snapshot, replace(search, filters=each)) for each in filters)
    return [len(narrow(matches, each)[0].documents) for each in narrowed]


def matching(
    snapshot: Snapshot, query: Query, search: Search, content: str, beside: Beside
) -> Matches:
    """Return what matches a query and may be found; scored where no fields are sorted by."""
    asked = [query, *beside.within, *(each for each, _ in beside.boosted)]
    leaves = [leaf for each in asked for leaf in each.leaves() if isinstance(leaf, SpanQuery)]
    bound = max(PLACES, PLACES_SHARE * snapshot.characters(content))
    if sum(leaf.cost(snapshot, bound / len(leaves)) for leaf in leaves) > bound:
        raise TooBroad
    matches = evaluate(snapshot, query, scored=not search.sort)
    may_be_found = allowed(snapshot, search)[matches.documents]
    if not may_be_found.all():
        matches = matches.where(may_be_found)
    for each in beside.within:
        found = evaluate(snapshot, each, scored=False, within=matches.documents)
        matches = matches.where(shared(matches.documents, found.documents)[0])
    return matches


def filters_of(snapshot: Snapshot, search: Search) -> dict[str, Bits]:
    """Return which documents pass each filter."""
    filters: dict[str, Bits] = {}
    for name, values in search.filters.items():
        if values:
            having = KeysQuery(name, tuple(values)).bits(snapshot)
            joined = search.joined.get(name, name)
            filters[joined] = filters[joined] | having if joined in filters else having
    return filters


def scope_of(search: Search) -> tuple[KeysQuery, ...]:
    """Return the queries that all that may be found matches: what is beside the query, facets aside."""
    kinds = (KeysQuery(MODEL, search.models),) if search.models else ()
    return (*kinds, *(KeysQuery(name, tuple(values)) for name, values in search.scope.items()))


def add_scores(
    snapshot: Snapshot, matches: Matches, boosted: Sequence[tuple[Query, float]]
) -> Matches:
    """Add the scores of some more queries, whose documents are not asked for."""
    if matches.scores is None:
        return matches
    scores = matches.scores.copy() if boosted else matches.scores
    for query, factor in boosted:
        found = evaluate(snapshot, query, scored=True, within=matches.documents).times(factor)
        here, there = shared(matches.documents, found.documents)
        scores[here] += found.scores[there] if found.scores is not None else 0.0
    return matches._replace(scores=scores)


def allowed(snapshot: Snapshot, search: Search) -> Bits:
    """Return which documents may be found at all."""
    scope = scope_of(search)
    bits = snapshot.remember(("allowed", scope), lambda: _allowed(snapshot, scope))
    if not search.exclude:
        return bits
    if not isinstance(snapshot.schema[KEY], IntField):
        return bits & ~KeysQuery(KEY, tuple(map(str, search.exclude))).bits(snapshot)
    gone = np.fromiter(search.exclude, np.int64, len(search.exclude))
    return bits & ~np.isin(snapshot.integers(KEY), gone)


def _allowed(snapshot: Snapshot, scope: Sequence[KeysQuery]) -> Bits:
    bits = snapshot.live.copy()
    for query in scope:
        bits &= query.bits(snapshot)
    return bits


def identities(snapshot: Snapshot, documents: Documents) -> list[tuple[str, Any]]:
    """Return ("app.model", key) of documents; keys are strings where not all are integers."""
    labels = snapshot.codes(MODEL)
    if isinstance(snapshot.schema[KEY], IntField):
        keys = snapshot.integers(KEY)[documents].tolist()
    else:
        named = snapshot.codes(KEY)
        keys = [named.values[code] for code in named.codes[documents]]
    kinds = [labels.values[code] for code in labels.codes[documents]]
    return list(zip(kinds, keys, strict=True))


def _tie_breakers(snapshot: Snapshot, date: str) -> list[NDArray[np.int64]]:
    """Return what decides between equals: the newest first where there are dates, else by key."""
    keys = _values(snapshot, KEY)
    dated = date in snapshot.schema and isinstance(snapshot.schema[date], IntField)
    if isinstance(snapshot.schema[KEY], IntField) and dated:
        return [snapshot.integers(date), keys]
    labels = snapshot.codes(MODEL)
    return [~keys, *([~snapshot.ranks(MODEL)] if len(labels.values) > 1 else [])]


def _values(snapshot: Snapshot, name: str) -> NDArray[np.int64]:
    """Return integers that sort as a field does, by document."""
    if isinstance(snapshot.schema[name], IntField):
        return snapshot.integers(name)
    return snapshot.ranks(name)


def _sort_keys(snapshot: Snapshot, names: Sequence[str]) -> list[NDArray[np.int64]]:
    keys = []
    for name in names:
        values = _values(snapshot, name.lstrip("-"))
        # What has no value comes last in either direction: MISSING alone is its own negative.
        keys.append(values if name[0] == "-" else -values)
    return keys


def _rows(values: Sequence[str], counts: NDArray[np.int64]) -> list[tuple[str, int]]:
    """Return the values that are found at all, the most frequent first."""
    rows = [row for row in zip(values, counts.tolist(), strict=True) if row[1]]
    return sorted(rows, key=lambda row: (-row[1], row[0]))
