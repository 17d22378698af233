"""Read the `SearchSchema` that an index class declares, and find what is declared wrongly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models import QuerySet
from haystack import connections, indexes
from haystack.constants import DEFAULT_ALIAS

from search.backend import Filters
from search.haystack.fields import BodyField, DateField, TermsField, TitleField
from search.schema import Facet, SearchSchema


class SearchIndex(indexes.SearchIndex):
    """An index class whose objects visitors search: its fields are the declaration.

    As always with Haystack, a class that is to be used is `indexes.Indexable`, too.

    `scope` limits what they find: {field: values}.
    """

    scope: Filters = {}

    def visible_queryset(self) -> QuerySet[Any]:
        """Return what visitors may see now: by default all that is indexed."""
        return self.index_queryset()

    def load_all_queryset(self) -> QuerySet[Any]:
        """Return what results are shown from: by default with what the index is made of."""
        return self.index_queryset()

    def schema(self) -> SearchSchema:
        """Return how the model is searched."""
        text = _the(self, BodyField)
        title, date, terms = (_the(self, kind) for kind in (TitleField, DateField, TermsField))
        return SearchSchema(
            model=self.get_model(),
            objects=self,
            text=text.index_fieldname,
            text_of=lambda obj: text.prepare(obj) or "",
            text_attribute=text.model_attr,
            title=title.index_fieldname if title else "",
            title_of=(lambda obj: title.prepare(obj) or "") if title else str,
            title_prefixes=title.prefixes if title else (),
            date=date.index_fieldname if date else "",
            date_prefixes=date.prefixes if date else (),
            terms=terms.index_fieldname if terms else "",
            facets=_facets(self),
            scope=self.scope,
        )


def _facets(index: SearchIndex) -> dict[str, Facet]:
    return {
        each.index_fieldname: each.as_facet(each.index_fieldname)
        for each in index.fields.values()
        if hasattr(each, "as_facet")
    }


def _all(index: SearchIndex, kind: type) -> list[Any]:
    return [each for each in index.fields.values() if isinstance(each, kind)]


def _the(index: SearchIndex, kind: type) -> Any:
    """Return the field of a kind of which there is at most one."""
    return next(iter(_all(index, kind)), None)


@cache
def _schema_of(index: SearchIndex) -> SearchSchema:
    return index.schema()


def schema(alias: str = DEFAULT_ALIAS) -> SearchSchema:
    """Return how the site is searched: what its one index class with our fields declares."""
    return _schema_of(_declaring(alias)[0])


def _declaring(alias: str = DEFAULT_ALIAS) -> list[SearchIndex]:
    every = connections[alias].get_unified_index().get_indexes().values()
    return [each for each in every if isinstance(each, SearchIndex)]


@checks.register("search")
def check_declarations(
    app_configs: Iterable[AppConfig] | None, **_options: Any
) -> list[checks.CheckMessage]:
    """Say what of the index classes cannot work, and how to mend it."""
    declaring = _declaring()
    found = [problem for index in declaring for problem in _problems(index)]
    if len(declaring) > 1:
        names = ", ".join(type(each).__name__ for each in declaring)
        found.append(
            checks.Error(
                f"{names}: visitors search one model, but several are declared.",
                hint="Declare the others as haystack.indexes.SearchIndex.",
                id="search.E001",
            )
        )
    return found


def _problems(index: SearchIndex) -> Iterator[checks.CheckMessage]:
    """Yield what is wrong with one index class."""

    def error(message: str, hint: str, number: int) -> checks.Error:
        return checks.Error(message, hint=hint, obj=type(index), id=f"search.E{number:03}")

    for kind, number in ((BodyField, 2), (TitleField, 3), (DateField, 4), (TermsField, 5)):
        found = len(_all(index, kind))
        if found > 1 or (kind is BodyField and not found):
            wanted = "exactly one" if kind is BodyField else "at most one"
            yield error(
                f"There are {found} fields of the kind {kind.__name__}.",
                f"Declare {wanted}.",
                number,
            )
    facets = _facets(index)
    words = [word for facet in facets.values() for word in facet.prefixes]
    words += [
        word for kind in (TitleField, DateField) for f in _all(index, kind) for word in f.prefixes
    ]
    if twice := {word for word in words if words.count(word) > 1}:
        yield error(
            f"More than one field is named by {', '.join(sorted(twice))}.",
            "Give each field prefixes of its own.",
            6,
        )
    yield from _facet_problems(index, facets, error)


def _facet_problems(
    index: SearchIndex, facets: Mapping[str, Facet], error: Any
) -> Iterator[checks.CheckMessage]:
    for name, facet in facets.items():
        if facet.narrows and facet.narrows not in facets:
            yield error(
                f"{name} narrows {facet.narrows}, which is no facet.",
                f"Name one of: {', '.join(facets)}.",
                7,
            )
        if name in _PARAMETERS:
            yield error(
                f"A facet cannot be called {name}: addresses use that for something else.",
                "Give the field another index_fieldname.",
                8,
            )
    if unknown := set(index.scope) - {each.index_fieldname for each in index.fields.values()}:
        yield error(
            f"scope names {', '.join(sorted(unknown))}, which is no field.",
            "Declare a KeyField of that name.",
            9,
        )


_PARAMETERS = frozenset({"q", "sort", "page", "restore", "at", "explain"})
