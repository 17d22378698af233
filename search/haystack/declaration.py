"""What index classes declare, worked out once: how the site is searched, what its index is made of.

`search.haystack.checks` finds what is declared wrongly. Which engine there is does not matter here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db.models import IntegerField, QuerySet
from django.utils import translation
from haystack import connections, indexes
from haystack.constants import DEFAULT_ALIAS, DJANGO_CT, DJANGO_ID, ID

from search.backend import Document, Filters, Names
from search.haystack.fields import BodyField, DateField, TermsField, TitleField
from search.haystack.kinds import Keys, Kind, Text, kind_of
from search.query import Fields
from search.schema import Facet, Labels, SearchSchema
from search.site import Corpus

T = TypeVar("T")


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
            facets=facets_of(self),
            scope=self.scope,
        )


def facets_of(index: SearchIndex) -> dict[str, Facet]:
    """Return the facets that an index class declares, by name."""
    return {
        each.index_fieldname: each.as_facet(each.index_fieldname)
        for each in index.fields.values()
        if hasattr(each, "as_facet")
    }


def fields_of(index: SearchIndex, kind: type) -> list[Any]:
    """Return the fields of a kind that an index class declares."""
    return [each for each in index.fields.values() if isinstance(each, kind)]


def _the(index: SearchIndex, kind: type) -> Any:
    """Return the field of a kind of which there is at most one."""
    return next(iter(fields_of(index, kind)), None)


class Declared:
    """What all index classes in one of Haystack's collections of them declare, worked out once."""

    def __init__(self, unified: Any) -> None:
        self.unified = unified
        self.fields = unified.all_searchfields()
        self.schemas = [
            index.schema()
            for index in unified.get_indexes().values()
            if isinstance(index, SearchIndex)
        ]
        self.kinds: dict[str, Kind] = {
            each.index_fieldname: kind_of(each) for each in self.fields.values()
        }
        models = unified.get_indexed_models()
        self.integer_keys = all(isinstance(key_field(model), IntegerField) for model in models)
        # Where nothing says which fields are titles and dates, those that are called so.
        first = self.schemas[0] if self.schemas else None
        self.title = first.title if first else "title"
        self.date = first.date if first else "date"
        self._made: dict[Callable[[Declared], Any], Any] = {}

    def made(self, make: Callable[[Declared], T]) -> T:
        """Return what an engine makes of the declaration, made once for each way of making it."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    @cached_property
    def content(self) -> str:
        """The main text field."""
        every = self.fields.values()
        return next((each.index_fieldname for each in every if each.document), "")

    @cached_property
    def searched(self) -> tuple[str, ...]:
        """The text fields in which a query looks that names none, the title first."""
        texts = (n for n, kind in self.kinds.items() if isinstance(kind, Text) and kind.content)
        return tuple(sorted(texts, key=lambda name: (name != self.title, name)))

    @cached_property
    def names(self) -> dict[str, Names]:
        """What gives, for the fields of facets, all that their values are called."""
        return {
            name: in_every_language(facet.labels)
            for searched in self.schemas
            for name, facet in searched.facets.items()
            if facet.labels
        }

    @cached_property
    def named(self) -> Fields:
        """The fields that a visitor's line may name; where nothing says by what words, by their names."""
        if self.schemas:
            return self.schemas[0].fields
        names = [name for name, kind in self.kinds.items() if isinstance(kind, Text | Keys)]
        return Fields.of({name: (name,) for name in names}, dates=("日期", "date"))

    def document(self, index: Any, obj: Any) -> Document:
        """Return the values of a database object's fields as an engine takes them."""
        prepared = index.full_prepare(obj)
        key = prepared[DJANGO_ID]
        kept = {
            name: self.kinds[name].keep(value)
            for name, value in prepared.items()
            if name in self.kinds and value is not None
        }
        return {
            ID: prepared[ID],
            DJANGO_CT: prepared[DJANGO_CT],
            DJANGO_ID: int(key) if self.integer_keys else str(key),
            **{name: value for name, value in kept.items() if value is not None},
        }

    def is_weighed(self, name: str) -> bool:
        """Say whether what stands in a field counts more, or less, than in others."""
        return name in self.kinds and self.kinds[name].declared.boost != 1


def key_field(model: Any) -> Any:
    """Return the field of a model's key; that of its parent where it is the link to it."""
    field = model._meta.pk
    while field.remote_field:
        field = field.target_field
    return field


def in_every_language(labels: Labels) -> Names:
    """Return what gives all that values are called: one query finds the same for every reader."""

    def names(values: Collection[str]) -> dict[str, set[str]]:
        called: dict[str, set[str]] = {value: set() for value in values}
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                for value, label in labels(values).items():
                    called.setdefault(value, set()).add(str(label))
        return called

    return names


# What is declared, by connection; Haystack's connections are each thread's own.
_held = threading.local()


def declared(alias: str = DEFAULT_ALIAS) -> Declared:
    """Return what the index classes of a connection declare now, worked out once for each collection."""
    unified = connections[alias].get_unified_index()
    held: Declared | None = vars(_held).get(alias)
    if held is None or held.fields is not unified.all_searchfields():
        held = vars(_held)[alias] = Declared(unified)
    return held


def schema(alias: str = DEFAULT_ALIAS) -> SearchSchema:
    """Return how the site is searched: what its one index class with our fields declares."""
    return declared(alias).schemas[0]


def made(alias: str, make: Callable[[Declared], T]) -> T:
    """Return what an engine makes of what the index classes of a connection declare now."""
    return declared(alias).made(make)


def corpus(alias: str = DEFAULT_ALIAS) -> Corpus:
    """Return what a connection's index is an index of."""
    return cast(Corpus, connections[alias].get_backend())
