"""Haystack's backend on Whoosh, with its schema, writer and search replaced by arrays.

Haystack's interface stays: SearchQuerySet filters, narrows, facets, highlights, sorts and slices,
and the usual commands work. What a SearchIndex declares beyond Haystack:

    scope   {field: values} that every search is limited to unless it names the field itself
    labels  {field: function} from a value to the words it is shown as
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from django.utils.encoding import force_str
from haystack import connections
from haystack.backends import BaseEngine, BaseSearchBackend, log_query
from haystack.constants import DJANGO_CT
from haystack.models import SearchResult
from haystack.utils import get_identifier
from whoosh import query as wq
from whoosh.fields import Schema

from search.backends.building import Built, build
from search.backends.finding import allowed, counts, find, identities, scope_of
from search.backends.labels import in_every_language
from search.backends.results import results
from search.backends.schema import build_schema, document
from search.backends.values import Answer, Search
from search.backends.verifying import confirmed
from search.backends.whoosh_query import WhooshSearchQuery, narrowed
from search.errors import IndexUnavailable, TooBroad
from search.fingerprint import fingerprint
from search.indexing import settle, write
from search.query import nodes, parse
from search.whoosh.compile import Compiler
from search.whoosh.fields import KeyField, TextField
from search.whoosh.filters import KeysQuery
from search.whoosh.index import IndexFolder
from search.whoosh.longest import longest_part
from search.whoosh.matches import Documents, Mask
from search.whoosh.near import Neighbours
from search.whoosh.opening import damaged_files, forget, is_replaced, snapshot
from search.whoosh.similar import MoreLikeQuery
from search.whoosh.snapshot import Snapshot
from search.whoosh.terms import frequent
from search.whoosh.verified import Confirm
from search.whoosh.writing import apply

# So many states may replace one another while one search goes on.
_ATTEMPTS = 3
T = TypeVar("T")


class WhooshSearchBackend(BaseSearchBackend):
    """See the module."""

    def __init__(self, connection_alias: str, **options: Any) -> None:
        super().__init__(connection_alias, **options)
        self.folder = IndexFolder(options["PATH"])

    # What there is to index

    def unified_index(self) -> Any:
        """Return Haystack's collection of indexes."""
        return connections[self.connection_alias].get_unified_index()

    def build_schema(self, fields: Mapping[str, Any]) -> tuple[str, Schema]:
        """Return the name of the main text field and the schema for Haystack's `fields`."""
        return build_schema(fields)

    @cached_property
    def _built(self) -> tuple[str, Schema]:
        return self.build_schema(self.unified_index().all_searchfields())

    @property
    def content(self) -> str:
        """The name of the main text field."""
        return self._built[0]

    def schema(self) -> Schema:
        """Return the schema of all indexed models."""
        return self._built[1]

    def fingerprint(self) -> str:
        """Return what an index built now would be built with."""
        return fingerprint(self.schema())

    def document(self, index: Any, obj: Any) -> dict[str, Any]:
        """Return the fields of a database object as the writer takes them."""
        return document(self.schema(), index, obj)

    # Writing

    def setup(self) -> None:
        """Nothing to set up: the index is made when first written to."""
        self.setup_complete = True

    def update(
        self, index: Any, iterable: Iterable[Any], commit: bool = True, wait: float = 30.0
    ) -> None:
        """Index database objects. IndexBusy if the index is not had in `wait` seconds.

        They are read anew under the lock: what was read before may be older than what is written.
        What cannot be indexed is put aside, as when the index follows by itself.
        """
        items = {(obj._meta.label_lower, obj.pk) for obj in iterable}
        with self._living(wait=wait):
            settle(items, write(self, items))

    def remove(self, obj_or_string: Any, commit: bool = True) -> None:
        """Remove an object from the index. IndexBusy if it is not had.

        Of an identity ("app.model.key") `update_index --remove` found before that the database does
        not have it; if it does by now, it is indexed instead.
        """
        if isinstance(obj_or_string, str):
            label, _, key = obj_or_string.rpartition(".")
            with self._living(wait=30.0):
                write(self, [(label, int(key))])
        else:
            self.apply({get_identifier(obj_or_string): None}, wait=30.0)

    def apply(self, changes: Mapping[str, Mapping[str, Any] | None], *, wait: float = 0.0) -> None:
        """Write documents by identity (None removes one) into the living index, making one if needed."""
        with self._living(wait=wait):
            self.write(changes)

    @contextlib.contextmanager
    def _living(self, *, wait: float) -> Iterator[None]:
        """Hold the write lock of a living index, making one if needed."""
        with self.folder.lock("write", wait=wait):
            if self.folder.current() is None:
                self.folder.swap(self.begin_generation())
            yield

    def write(
        self, changes: Mapping[str, Mapping[str, Any] | None], generation: Path | None = None
    ) -> None:
        """Write documents in one transaction of the index; the caller holds the write lock.

        Raises IndexUnavailable if no generation is given and there is no living one.
        """
        path = generation or self.folder.current()
        if path is None:
            raise IndexUnavailable("no index")
        if changes:
            apply(self.folder.open(path), changes)

    def begin_generation(self) -> Path:
        """Make an empty generation beside the living one."""
        return self.folder.create(self.schema(), self.fingerprint())

    def build(
        self, generation: Path, processes: int, progress: Callable[[int, int], None] | None = None
    ) -> Built:
        """Write the whole database into an empty generation."""
        return build(generation, processes, progress)

    def clear(self, models: Sequence[Any] | None = None, commit: bool = True) -> None:
        """Empty the index, or take some models out of it. Readers see the old state or the new."""
        with self.folder.lock("write", wait=30.0):
            path = self.folder.current()
            if models is None or path is None:
                self.folder.swap(self.begin_generation())
                return
            state = snapshot(self.folder)
            names = tuple(model._meta.label_lower for model in models)
            mask = KeysQuery(DJANGO_CT, names).mask(state) & state.live
            doomed = identities(state, np.flatnonzero(mask))
            apply(self.folder.open(path), {f"{label}.{key}": None for label, key in doomed})

    def delete_index(self) -> None:
        """Remove the index altogether."""
        with self.folder.lock("write", wait=30.0):
            self.folder.destroy()
        forget(self.folder)

    # Searching

    def snapshot(self) -> Snapshot:
        """Return the newest committed state. Raises IndexUnavailable."""
        return snapshot(self.folder)

    def damaged_files(self) -> list[str]:
        """Return the files of the index that are damaged or missing. Raises IndexUnavailable."""
        return damaged_files(self.folder)

    def compiler(self, *, restore: bool, scope: tuple[wq.Query, ...] = ()) -> Compiler:
        """Return what turns trees into queries for the indexes there are."""
        unified = self.unified_index()
        names: dict[str, Callable[[str], Iterable[str]]] = {}
        for index in unified.get_indexes().values():
            labels = getattr(index, "labels", {})
            names |= {name: in_every_language(label) for name, label in labels.items()}
        fields = unified.all_searchfields()
        texts = tuple(
            sorted(
                (name for name, kind in self.schema().items() if isinstance(kind, TextField)),
                key=lambda name: (name != "title", name),
            )
        )
        keys = {name: name for name in fields if isinstance(self.schema()[name], KeyField)}
        return Compiler(
            textfields=texts,
            keyfields=keys,
            names=names,
            restore=restore,
            verify=partial(self._verify, restore=restore),
            scope=scope,
        )

    def _verify(self, node: nodes.Node, fields: tuple[str, ...], *, restore: bool) -> Confirm:
        """Return what reads in the database of which documents a tree with strict strings is true."""

        def confirm(state: Snapshot, documents: Documents) -> Mask:
            keys = identities(state, documents)
            found = confirmed(self.unified_index(), keys, node, fields, restore)
            return np.fromiter((key in found for key in keys), bool, len(keys))

        return confirm

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
        compiler = self.compiler(restore=search.restore, scope=scope_of(search))
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
        names = self.compiler(restore=search.restore).textfields

        def use(state: Snapshot) -> tuple[str, int]:
            mask = allowed(state, search)
            return longest_part(state, names, folded, mask, restore=search.restore)

        return self._reading(use)

    def default_scope(self, models: Iterable[Any] | None = None) -> dict[str, tuple[str, ...]]:
        """Return what the searched indexes are limited to unless a search says otherwise."""
        scope: dict[str, tuple[str, ...]] = {}
        for model, index in self.unified_index().get_indexes().items():
            if not models or model in models:
                scope |= getattr(index, "scope", {})
        return scope

    @log_query
    def search(
        self,
        query_string: str | nodes.Node | wq.Query,
        *,
        sort_by: Sequence[str] = (),
        start_offset: int = 0,
        end_offset: int | None = None,
        highlight: Any = False,
        facets: Mapping[str, Any] | None = None,
        narrow_queries: Iterable[str] = (),
        models: Iterable[Any] = (),
        result_class: type = SearchResult,
        marked: nodes.Node | None = None,
        **_ignored: Any,
    ) -> dict[str, Any]:
        """Carry out what a SearchQuerySet asks for; see Haystack's BaseSearchBackend.search.

        With `highlight` the results are marked for `marked`, or else for the query.
        """
        scope = self.default_scope(models)
        for narrow in narrow_queries:
            scope |= narrowed(narrow)
        tree = parse(query_string).tree if isinstance(query_string, str) else query_string
        search = Search(
            tree,
            models=tuple(sorted(model._meta.label_lower for model in models))
            or tuple(self.build_models_list()),
            scope=scope,
            facets=tuple(facets or ()),
            sort=tuple(sort_by or ()),
            start=start_offset,
            stop=10**9 if end_offset is None else end_offset,
        )
        if highlight and marked is None and isinstance(tree, nodes.Node):
            marked = tree
        answer, found = self._results(search, result_class, marked if highlight else None)
        return {
            "results": found,
            "hits": answer.count,
            "facets": {"fields": answer.facets, "dates": {}, "queries": {}} if facets else {},
            "spelling_suggestion": None,
        }

    def _results(
        self, search: Search, result_class: type, marked: nodes.Node | None = None
    ) -> tuple[Answer, list[SearchResult]]:
        """Carry out a search and make Haystack's results of it, both from one state."""

        def use(state: Snapshot) -> tuple[Answer, list[SearchResult]]:
            answer = self._find(state, search)
            return answer, results(self.unified_index(), state, answer, result_class, marked)

        return self._reading(use)

    def more_like_this(
        self,
        model_instance: Any,
        additional_query_string: Any = None,
        result_class: type = SearchResult,
        **_ignored: Any,
    ) -> dict[str, Any]:
        """Return the documents that share most of the weight of an object's telling words."""
        search = Search(
            self._more_like(model_instance),
            models=(model_instance._meta.label_lower,),
            scope=self.default_scope([type(model_instance)]),
            stop=20,
        )
        answer, found = self._results(search, result_class)
        return {"results": found, "hits": answer.count}

    def similar(self, obj: Any, search: Search) -> list[int]:
        """Return the keys of the objects most like one, within what `search` allows."""
        answer = self.find(replace(search, query=self._more_like(obj)))
        return [key for _, key in answer.keys]

    def _more_like(self, obj: Any) -> MoreLikeQuery:
        index = self.unified_index().get_index(type(obj))
        content = index.get_content_field()
        text = force_str(index.fields[content].prepare(obj) or "")
        return self._reading(lambda state: MoreLikeQuery.of(state, content, text, int(obj.pk)))


class WhooshEngine(BaseEngine):
    """What settings name."""

    backend = WhooshSearchBackend
    query = WhooshSearchQuery
