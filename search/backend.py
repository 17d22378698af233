"""The seam: what is asked of an engine and what it answers. Nothing above it knows which engine it is.

An engine keeps documents, finds and counts them, and tells what it holds. It knows nothing of models:
a document is its identity ("app.model.key") and the values of its fields, as whoever declares them
(`search.haystack`) prepares them. `tests/search/contract` is what every engine must do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias
from uuid import UUID

from search.query import Node

Key: TypeAlias = int | str | UUID
"""The primary key of an object."""
Object: TypeAlias = tuple[str, Key]
"""("app.model", key)"""
Value: TypeAlias = str | int | float | tuple[str, ...]
"""What a field of a document holds: a text or key, a number, several keys."""
Document: TypeAlias = Mapping[str, Value]
"""The values of a document by field; a field without a value is left out."""
Digests: TypeAlias = Mapping[str, str]
"""What an engine keeps of each field of a document, as a digest: equal where the field is."""
Filters: TypeAlias = Mapping[str, tuple[str, ...]]
"""Values by field: any of them within a field, all of the fields."""
Names: TypeAlias = Callable[[Collection[str]], Mapping[str, Collection[str]]]
"""Gives for values of a field all that each is called."""
Purpose: TypeAlias = Literal["write", "build"]


def identity(item: Object) -> str:
    """Return what an object is called in an index: "app.model.key"."""
    label, key = item
    return f"{label}.{key}"


@dataclass(frozen=True)
class Search:
    """What is looked for: a query, filters beside it, an order and a slice.

    `sort` names fields, "-" before them for descending; empty means by relevance. `exclude` are keys
    that must not be found whatever the index says of them. `joined` maps a field to another with
    which it makes one filter (a month or a year), OR as within a field. With `related`, the wording of
    a question, documents that hold some of its words are found as well, behind what the query finds.
    """

    query: Node
    models: tuple[str, ...] = ()
    scope: Filters = field(default_factory=dict)
    filters: Filters = field(default_factory=dict)
    joined: Mapping[str, str] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    start: int = 0
    stop: int = 10
    restore: bool = True
    exclude: Collection[Key] = ()
    related: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tiers:
    """How many documents the query finds, and behind them, how many hold most, or some, of `related`."""

    all: int = 0
    most: int = 0
    some: int = 0


@dataclass(frozen=True)
class Answer:
    """What was found: objects and scores of the slice, the total, and counts by facet and value.

    Where something was `related`, the total and the order are of its `tiers`, one behind the other.
    """

    keys: list[Object]
    scores: list[float]
    count: int
    facets: dict[str, list[tuple[str, int]]]
    tiers: Tiers


@dataclass(frozen=True)
class Statistics:
    """What BM25 goes by: tf, idf, the weight, and the length of the text over the mean (`norm`)."""

    frequency: float
    idf: float
    weight: float
    norm: float


@dataclass(frozen=True)
class Explanation:
    """A part of a score, and the parts that it is made of.

    `kind` says how `value` comes about:

    - "sum": of its parts; "factor": their sum, multiplied
    - "evidence": what a formula makes of the sum of its parts, each a "word" or a "bigram"
    - "word", "bigram", "string": BM25 of `statistics`
    - "tier": the whole run stands in `field`
    - "closeness": the sum of its parts, each a "gap" between two neighbouring strings
    - "constant": the same for all that match; "likeness": words shared with a text;
      "related": words, characters and bigrams of a question
    """

    kind: str
    value: float
    text: str = ""
    field: str = ""
    parts: tuple[Explanation, ...] = ()
    statistics: Statistics | None = None


class SearchBackend(Protocol):
    """An engine. What it is asked raises IndexUnavailable where there is no index that can be read.

    A generation is a whole index; one of them is the living one, which answers.
    """

    def find(self, search: Search) -> Answer:
        """Carry out a search. Raises TooBroad."""
        ...

    def counts(self, search: Search, filters: Sequence[Filters]) -> list[int]:
        """Return how many results a search has with each of some filters in place of its own.

        Raises TooBroad.
        """
        ...

    def explain(self, search: Search, item: Object) -> Explanation | None:
        """Return what the score of one object is made of; None if it is not found or nothing is scored."""
        ...

    def frequent_terms(
        self, name: str, beginning: str, search: Search, limit: int
    ) -> list[tuple[str, int]]:
        """Return the commonest terms of a field that begin so, and in how many allowed documents."""
        ...

    def longest_part(self, folded: str, search: Search) -> tuple[str, int]:
        """Return the longest part of a folded string that stands in what `search` allows, and in how much."""
        ...

    def similar(self, identity: str, text: str, search: Search) -> list[Object]:
        """Return the documents most like a text within what `search` allows, except the one it is of."""
        ...

    def fingerprint(self) -> str:
        """Return a digest of all that decides what an index made now would hold for the same texts."""
        ...

    def living(self) -> str | None:
        """Return the name of the living generation, as `begin` gave it; None if there is none.

        None as well for what is a copy of another index: who copied it does not keep it up to date.
        """
        ...

    def built_with(self) -> str | None:
        """Return the fingerprint of the living generation, None if there is none."""
        ...

    def damage(self, *, anew: bool = False) -> list[str]:
        """Return what of the living generation is damaged or missing.

        What has been found whole is looked at again if it has changed since, or if `anew`.
        """
        ...

    def held(self) -> Iterator[tuple[str, Digests]]:
        """Yield every document of the living generation: its identity, and its fields' digests."""
        ...

    def digests(self, document: Document) -> Digests:
        """Return what `held` should yield of a document that is written as this one."""
        ...

    def exclusive(self, purpose: Purpose, *, wait: float = 0.0) -> AbstractContextManager[None]:
        """Hold off everybody else who writes or builds; IndexBusy if that takes more than `wait` seconds."""
        ...

    def begin(self) -> str:
        """Make an empty generation beside the living one and return its name, which no other has anywhere."""
        ...

    def write(self, changes: Mapping[str, Document | None], generation: str | None = None) -> None:
        """Write documents by identity (None removes one): all of them or, where it raises, none.

        Into the living generation, for which the caller holds "write", or into one that it builds.
        """
        ...

    def write_part(self, generation: str, documents: Iterable[Document]) -> object:
        """Write documents into a generation that nobody reads yet, beside other processes doing so.

        Returns what `finish` needs of them, which can be pickled. Where it raises nothing is written.
        """
        ...

    def finish(self, generation: str, parts: Sequence[object]) -> None:
        """Make one generation of what has been written in parts."""
        ...

    def swap(self, generation: str) -> None:
        """Make a generation the living one in one step. The caller holds "write"."""
        ...

    def discard(self, generation: str) -> None:
        """Remove a generation unless it is the living one."""
        ...

    def prune(self) -> list[str]:
        """Remove what killed builds left behind; return its names. The caller holds both locks."""
        ...
