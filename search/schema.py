"""What is searched, said once: which fields there are, what each is for, and how its values are called.

An index class with the fields of `search.haystack.fields` is such a declaration
(`search.haystack.declaration` reads it). The query language, the pages, suggestions and engines all
ask it; nothing of them knows the names of fields.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from django.db.models import Model, QuerySet

from search.backend import Filters
from search.query import Fields

Labels = Callable[[Collection[str]], Mapping[str, str]]
"""Given values of a facet, returns what they are called in the reader's language."""
Existing = Callable[[Sequence[str]], Collection[str]]
"""Given values that somebody asks for, returns those that there are."""


@dataclass(frozen=True)
class Facet:
    """A field by which results are filtered and counted.

    `prefixes` are the words that limit a query to it (来源:学习), the first as queries are printed.
    `labels` and `short_labels` (beneath a value of the facet it narrows) say what values are called,
    all alike where it is None. `existing` tells which values there are; None asks the index what
    visitors may see. `narrows` names the wider facet: 2024-04 narrows 2024. With `newest_first`
    values are listed from the highest down, else by how many results they have. `suggested` ones
    are offered by their labels while somebody types, under the heading `plural`. `help` says to
    programs what may be asked for; `example` is what a help page shows to be typed after a prefix.
    """

    name: str
    label: str
    prefixes: tuple[str, ...] = ()
    labels: Labels | None = None
    short_labels: Labels | None = None
    existing: Existing | None = None
    narrows: str = ""
    newest_first: bool = False
    suggested: bool = False
    plural: str = ""
    help: str = ""
    example: str = ""

    def called(self, values: Collection[str]) -> Mapping[str, str]:
        """Return what values are called; what has no name is called as it stands."""
        return _named(self.labels, values)

    def called_in_short(self, values: Collection[str]) -> Mapping[str, str]:
        """Return what values are called beneath the value that they narrow."""
        return _named(self.short_labels or self.labels, values)


def _named(labels: Labels | None, values: Collection[str]) -> Mapping[str, str]:
    known = labels(values) if labels and values else {}
    return {value: str(known.get(value, value)) for value in values}


def narrows(value: str, wider: str) -> bool:
    """Say whether a value narrows one of a wider facet.

    >>> narrows("2024-04", "2024")
    True
    """
    return value.startswith(f"{wider}-")


def unnarrowed(wider: Collection[str], finer: Collection[str]) -> tuple[str, ...]:
    """Return the values of a wider facet that none of a finer one narrows: they count as they are.

    >>> unnarrowed(("2023", "2024"), ("2024-04",))
    ('2023',)
    """
    return tuple(value for value in wider if not any(narrows(each, value) for each in finer))


class Searched(Protocol):
    """The objects that are searched: an index class is this."""

    def load_all_queryset(self) -> QuerySet[Any]:
        """Return what results are shown from."""
        ...

    def visible_queryset(self) -> QuerySet[Any]:
        """Return what visitors may see now, whatever the index says."""
        ...


@dataclass(frozen=True)
class SearchSchema:
    """How one model is searched.

    `title` and `text` are fields, `title_of` and `text_of` read them from an object, whose longest
    attribute is `text_attribute`. `date` is a field
    of integers YYYYMMDDhhmmss, "" if there is none; `terms` a field of what is only suggested
    (folded words, a tab, the words as shown), "" if there is none. `scope` is what visitors are
    limited to, beside the query.
    """

    model: type[Model]
    objects: Searched
    text: str
    text_of: Callable[[Any], str]
    text_attribute: str
    title: str = ""
    title_of: Callable[[Any], str] = str
    title_prefixes: tuple[str, ...] = ()
    date: str = ""
    date_prefixes: tuple[str, ...] = ()
    terms: str = ""
    facets: Mapping[str, Facet] = field(default_factory=dict)
    scope: Filters = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The model as "app.model"."""
        return self.model._meta.label_lower

    @cached_property
    def fields(self) -> Fields:
        """The fields that a query may name, by the words that name them."""
        prefixes = {self.title: self.title_prefixes} if self.title else {}
        prefixes |= {name: facet.prefixes for name, facet in self.facets.items()}
        return Fields.of(prefixes, dates=self.date_prefixes)

    @cached_property
    def suggested(self) -> tuple[str, ...]:
        """The fields whose values are offered while somebody types, in the order they are shown."""
        facets = (facet.name for facet in self.facets.values() if facet.suggested)
        return tuple(name for name in (self.title, *facets, self.terms) if name)

    @cached_property
    def narrowing(self) -> Mapping[str, str]:
        """The facets that narrow others, with those."""
        return {name: facet.narrows for name, facet in self.facets.items() if facet.narrows}

    def only(self, names: Iterable[str]) -> Mapping[str, Facet]:
        """Return some of the facets."""
        return {name: self.facets[name] for name in names}
