"""What index classes declare, worked out once: how the site is searched, what its index is made of.

`search.haystack.checks` finds what is declared wrongly.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from haystack import connections, indexes
from haystack.constants import DEFAULT_ALIAS

from search.backend import Document, Filters, Object
from search.haystack.conditions import Conditions
from search.haystack.fields import BodyField, DateField, TermsField, TitleField
from search.haystack.kinds import Keys, Kind, Text, kind_of
from search.haystack.narrowing import read
from search.haystack.schema import build_schema, document
from search.index.read.compile import Layout, Names
from search.query import Fields, Node
from search.schema import Facet, Labels, SearchSchema
from search.sync.originals import confirmed


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
    """The fields of all indexes in one of Haystack's collections of them, worked out once."""

    def __init__(self, unified: Any) -> None:
        self.unified = unified
        self.fields = unified.all_searchfields()
        self.schemas = [
            index.schema()
            for index in unified.get_indexes().values()
            if isinstance(index, SearchIndex)
        ]
        self.content, self.schema = build_schema(self.fields, unified.get_indexed_models())
        self.kinds: dict[str, Kind] = {
            each.index_fieldname: kind_of(each) for each in self.fields.values()
        }

    def document(self, index: Any, obj: Any) -> Document:
        """Return the fields of a database object as the engine takes them."""
        return document(self.schema, self.kinds, index, obj)

    @cached_property
    def layout(self) -> Layout:
        """What the index is made of. What values are called is asked by each query: it may change."""
        # Where nothing says which fields are titles and dates, those that are called so.
        title, date = "title", "date"
        if self.schemas:
            title, date = self.schemas[0].title, self.schemas[0].date
        texts = (n for n, kind in self.kinds.items() if isinstance(kind, Text) and kind.content)
        names = {
            name: in_every_language(facet.labels)
            for searched in self.schemas
            for name, facet in searched.facets.items()
            if facet.labels
        }
        return Layout(
            self.schema,
            self.content,
            tuple(sorted(texts, key=lambda name: (name != title, name))),
            self._originals,
            names,
            title=title,
            date=date,
        )

    def _originals(
        self, objects: Iterable[Object], node: Node, fields: Sequence[str], restore: bool
    ) -> set[str]:
        return confirmed(self.unified, objects, node, fields, restore)

    @cached_property
    def named(self) -> Fields:
        """The fields that a visitor's line may name; where nothing says by what words, by their names."""
        if self.schemas:
            return self.schemas[0].fields
        names = [name for name, kind in self.kinds.items() if isinstance(kind, Text | Keys)]
        return Fields.of({name: (name,) for name in names}, dates=("日期", "date"))

    def conditions(self) -> Conditions:
        """Return what turns conditions into queries."""
        conditions = Conditions(
            self.schema,
            self.kinds,
            lambda restore: self.layout.compiler(restore=restore),
            self.named,
            lambda line: read(line, conditions)[0],
        )
        return conditions

    def is_weighed(self, name: str) -> bool:
        """Say whether what stands in a field counts more, or less, than in others."""
        return name in self.kinds and self.kinds[name].declared.boost != 1


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


def layout(alias: str = DEFAULT_ALIAS) -> Layout:
    """Return what the index of a connection is made of."""
    return declared(alias).layout
