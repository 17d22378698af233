"""One committed state of a connection's index, and what is found in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from django.utils.encoding import force_str
from haystack import connections
from haystack.backends import BaseSearchBackend
from haystack.utils import get_identifier
from whoosh import query as wq
from whoosh.fields import Schema

from search.backend import Answer, Search
from search.errors import TooBroad
from search.haystack.declared import Declared
from search.haystack.schema import build_schema
from search.index.fingerprint import fingerprint
from search.index.format.generations import IndexFolder
from search.index.read.find import allowed, counts, find, scope_of
from search.index.read.longest import longest_part
from search.index.read.opening import damaged_files, is_replaced, snapshot
from search.index.read.proximity import Neighbours
from search.index.read.similar import MoreLikeQuery
from search.index.read.snapshot import Snapshot
from search.index.read.terms import frequent

# So many states may replace one another while one search goes on.
_ATTEMPTS = 3
T = TypeVar("T")


class ReadingBackend(BaseSearchBackend):
    """What is asked of an index in this house's own terms."""

    def __init__(self, connection_alias: str, **options: Any) -> None:
        super().__init__(connection_alias, **options)
        self.folder = IndexFolder(options["PATH"])
        self._known: Declared | None = None

    def unified_index(self) -> Any:
        """Return Haystack's collection of indexes."""
        return connections[self.connection_alias].get_unified_index()

    def build_schema(self, fields: Mapping[str, Any]) -> tuple[str, Schema]:
        """Return the name of the main text field and the schema for Haystack's `fields`."""
        return build_schema(fields, self.unified_index().get_indexed_models())

    def declared(self) -> Declared:
        """Return what the index classes declare now."""
        unified = self.unified_index()
        known = self._known
        if known is None or known.fields is not unified.all_searchfields():
            known = self._known = Declared(unified)
        return known

    @property
    def content(self) -> str:
        """The name of the main text field."""
        return self.declared().content

    def schema(self) -> Schema:
        """Return the schema of all indexed models."""
        return self.declared().schema

    def fingerprint(self) -> str:
        """Return what an index built now would be built with."""
        return fingerprint(self.schema())

    def document(self, index: Any, obj: Any) -> dict[str, Any]:
        """Return the fields of a database object as the writer takes them."""
        return self.declared().document(index, obj)

    def snapshot(self) -> Snapshot:
        """Return the newest committed state. Raises IndexUnavailable."""
        return snapshot(self.folder)

    def damaged_files(self) -> list[str]:
        """Return the files of the index that are damaged or missing. Raises IndexUnavailable."""
        return damaged_files(self.folder)

    def find(self, search: Search) -> Answer:
        """Carry out a search. Raises IndexUnavailable, TooBroad."""
        return self._reading(lambda state: self._find(state, search))

    def _reading(self, use: Callable[[Snapshot], T]) -> T:
        """Return what `use` makes of the newest state, again if that is replaced meanwhile.

        Raises IndexUnavailable where an error, of whatever kind, comes from a damaged index.
        """
        for _ in range(_ATTEMPTS):
            state = self.snapshot()
            try:
                return use(state)
            except TooBroad:
                raise
            except Exception:
                if not is_replaced(self.folder, state):
                    raise
        return use(self.snapshot())

    def _find(self, state: Snapshot, search: Search) -> Answer:
        query, neighbours = search.query, Neighbours((), 0.0)
        if not isinstance(query, wq.Query):
            neighbours = Neighbours.of(query)
        return find(state, self._compiled(search), search, neighbours, self.content)

    def _compiled(self, search: Search) -> wq.Query:
        """Return the query of a search over the index."""
        if isinstance(search.query, wq.Query):
            return search.query
        compiler = self.declared().compiler(restore=search.restore, scope=scope_of(search))
        return compiler.compile(search.query)

    def counts(self, search: Search, filters: Iterable[Mapping[str, tuple[str, ...]]]) -> list[int]:
        """Return how many results a search has with each of some filters in place of its own.

        Raises IndexUnavailable, TooBroad.
        """
        given = list(filters)
        return self._reading(
            lambda state: counts(state, self._compiled(search), search, given, self.content)
        )

    def frequent_terms(
        self, name: str, beginning: str, search: Search, limit: int
    ) -> list[tuple[str, int]]:
        """Return the commonest terms of a field, and in how many documents that `search` allows."""
        return self._reading(
            lambda state: frequent(state, name, beginning, allowed(state, search), limit)
        )

    def longest_part(self, folded: str, search: Search) -> tuple[str, int]:
        """Return the longest part of a string that stands in what `search` allows, and in how much."""
        names = self.declared().compiler(restore=search.restore).textfields

        def use(state: Snapshot) -> tuple[str, int]:
            mask = allowed(state, search)
            return longest_part(state, names, folded, mask, restore=search.restore)

        return self._reading(use)

    def similar(self, obj: Any, search: Search) -> list[int]:
        """Return the keys of the objects most like one, within what `search` allows."""
        index = self.unified_index().get_index(type(obj))
        text = force_str(index.fields[index.get_content_field()].prepare(obj) or "")
        answer = self.find(replace(search, query=self._more_like(obj, text)))
        return [key for _, key in answer.keys]

    def _more_like(self, obj: Any, text: str) -> MoreLikeQuery:
        identity = get_identifier(obj)
        return self._reading(lambda state: MoreLikeQuery.of(state, self.content, text, identity))
