"""What the index classes of a connection declare: fields as the engine keeps them, what a value is called."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils import translation

from search.backend import Document, Object
from search.haystack.conditions import Conditions
from search.haystack.declaration import SearchIndex
from search.haystack.kinds import Keys, Kind, Text, kind_of
from search.haystack.narrowing import read
from search.haystack.schema import build_schema, document
from search.index.backend import Layout
from search.index.read.compile import Names
from search.query import Fields, Node
from search.schema import Labels
from search.sync.originals import confirmed


class Declared:
    """The fields of all indexes in one of Haystack's collections of them, worked out once."""

    def __init__(self, unified: Any) -> None:
        self.unified = unified
        self.fields = unified.all_searchfields()
        self.content, self.schema = build_schema(self.fields, unified.get_indexed_models())
        self.kinds: dict[str, Kind] = {
            each.index_fieldname: kind_of(each) for each in self.fields.values()
        }
        texts = (n for n, kind in self.kinds.items() if isinstance(kind, Text) and kind.content)
        self._title, self._date = self._roles()
        self._texts = tuple(sorted(texts, key=lambda name: (name != self._title, name)))

    def _roles(self) -> tuple[str, str]:
        """Return the fields of titles and dates; where nothing says which, those that are called so."""
        for index in self.unified.get_indexes().values():
            if isinstance(index, SearchIndex):
                return index.schema().title, index.schema().date
        return "title", "date"

    def document(self, index: Any, obj: Any) -> Document:
        """Return the fields of a database object as the engine takes them."""
        return document(self.schema, self.kinds, index, obj)

    def layout(self) -> Layout:
        """Return what the index is made of. Made anew each time: what values are called may change."""
        names = {
            name: in_every_language(facet.labels)
            for index in self.unified.get_indexes().values()
            if isinstance(index, SearchIndex)
            for name, facet in index.schema().facets.items()
            if facet.labels
        }
        return Layout(
            self.schema,
            self.content,
            self._texts,
            self._originals,
            names,
            title=self._title,
            date=self._date,
        )

    def _originals(
        self, objects: Iterable[Object], node: Node, fields: Sequence[str], restore: bool
    ) -> set[str]:
        return confirmed(self.unified, objects, node, fields, restore)

    @cached_property
    def named(self) -> Fields:
        """The fields that a visitor's line may name; where nothing says by what words, by their names."""
        for index in self.unified.get_indexes().values():
            if isinstance(index, SearchIndex):
                return index.schema().fields
        names = [name for name, kind in self.kinds.items() if isinstance(kind, Text | Keys)]
        return Fields.of({name: (name,) for name in names}, dates=("日期", "date"))

    def conditions(self) -> Conditions:
        """Return what turns conditions into queries."""
        layout = self.layout()
        conditions = Conditions(
            self.schema,
            self.kinds,
            lambda restore: layout.compiler(restore=restore),
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
