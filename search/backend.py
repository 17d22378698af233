"""What crosses between the engine and a backend."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Search:
    """What is looked for: a query, filters beside it, an order and a slice.

    `query` is a tree of `search.query`; a backend may take a query of its own kind as well, and such
    queries `within` which all results lie, and `boosted` ones whose scores are added so many times.
    `sort` names fields, "-" before them for descending; empty means by relevance. `exclude`
    are keys that must not be found whatever the index says of them. `joined` maps a field to another
    with which it makes one filter (a month or a year), OR as within a field.
    """

    query: Any
    models: tuple[str, ...] = ()
    scope: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    joined: Mapping[str, str] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    start: int = 0
    stop: int = 10
    restore: bool = True
    exclude: Collection[Any] = ()
    within: tuple[Any, ...] = ()
    boosted: tuple[tuple[Any, float], ...] = ()


@dataclass(frozen=True)
class Answer:
    """What was found: keys and scores of the slice, the total, and counts by facet and value.

    `documents` is the backend's own handle on the results of the slice, `matched` on all of them.
    """

    keys: list[tuple[str, Any]]
    scores: list[float]
    count: int
    facets: dict[str, list[tuple[str, int]]]
    documents: Any
    matched: Any = None
