"""Find what index classes declare wrongly: Django's system checks, each naming the fix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models import IntegerField
from haystack import connections
from haystack.constants import DEFAULT_ALIAS

from search.haystack.declaration import SearchIndex, facets_of, fields_of, key_field
from search.haystack.fields import BodyField, DateField, TermsField, TitleField
from search.schema import Facet

_PARAMETERS = frozenset({"q", "sort", "page", "restore", "at", "explain"})


@checks.register("search")
def check_declarations(
    app_configs: Iterable[AppConfig] | None, **_options: Any
) -> list[checks.CheckMessage]:
    """Say what of the index classes cannot work, and how to mend it."""
    every = connections[DEFAULT_ALIAS].get_unified_index().get_indexes().values()
    declaring = [each for each in every if isinstance(each, SearchIndex)]
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
        found = len(fields_of(index, kind))
        if found > 1 or (kind is BodyField and not found):
            wanted = "exactly one" if kind is BodyField else "at most one"
            yield error(
                f"There are {found} fields of the kind {kind.__name__}.",
                f"Declare {wanted}.",
                number,
            )
    model = index.get_model()
    if not isinstance(key_field(model), IntegerField):
        yield error(
            f"The key of {model._meta.label} is no integer.",
            "Give the model an integer key, or declare a haystack.indexes.SearchIndex and search it"
            " by SearchQuerySet.",
            10,
        )
    facets = facets_of(index)
    words = [word for facet in facets.values() for word in facet.prefixes]
    words += [
        word
        for kind in (TitleField, DateField)
        for f in fields_of(index, kind)
        for word in f.prefixes
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
