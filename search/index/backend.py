"""The index on Whoosh as an engine: what `search.backend` asks, over snapshots and generations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from whoosh import query as wq
from whoosh.fields import Schema
from whoosh.index import TOC

from search.backend import (
    Answer,
    Digests,
    Document,
    Explanation,
    Filters,
    Object,
    Purpose,
    Search,
)
from search.errors import IndexUnavailable, TooBroad
from search.index.fingerprint import fingerprint
from search.index.format.checksums import Inspector
from search.index.format.fields import IDENTITY, KeyField, TextField
from search.index.format.generations import IndexFolder
from search.index.read.compile import Compiler, Names
from search.index.read.execution import Neighbours
from search.index.read.explain import explain
from search.index.read.find import allowed, counts, find, identities, scope_of
from search.index.read.holdings import digests, held
from search.index.read.longest import longest_part
from search.index.read.opening import damaged_files, forget, is_replaced, newest_snapshot
from search.index.read.queries.similar import MoreLikeQuery
from search.index.read.queries.verified import Confirm
from search.index.read.snapshot import Snapshot
from search.index.read.terms import frequent
from search.index.sets import Documents, Mask
from search.index.write.apply import apply
from search.index.write.writer import ArrayWriter
from search.query import Node

# So many states may replace one another while one search goes on.
_ATTEMPTS = 3
T = TypeVar("T")


class Originals(Protocol):
    """Reads original texts, which the index has folded."""

    def __call__(
        self, objects: Iterable[Object], node: Node, fields: Sequence[str], restore: bool
    ) -> set[str]:
        """Return the identities of those objects of which a tree is true in one of some fields."""
        ...


@dataclass(frozen=True)
class Layout:
    """What an index is made of.

    `text` is the main text field, `searched` are those in which a query looks that names none.
    `names` gives for a field of keys what its values are called. `originals` decides 原样. What stands
    in the field `title` counts more; of equals the latest in the field `date` comes first.
    """

    schema: Schema
    text: str
    searched: tuple[str, ...]
    originals: Originals
    names: Mapping[str, Names] = field(default_factory=dict)
    title: str = "title"
    date: str = "date"

    def compiler(self, *, restore: bool, scope: tuple[wq.Query, ...] = ()) -> Compiler:
        """Return what turns trees into queries; what `scope` leaves out need not be found."""
        return replace(
            self._compiler,
            restore=restore,
            verify=partial(self._verify, restore=restore),
            scope=scope,
        )

    @cached_property
    def _compiler(self) -> Compiler:
        kinds = self.schema.items()
        return Compiler(
            textfields=self.searched,
            named=tuple(name for name, kind in kinds if isinstance(kind, TextField)),
            keyfields={name: name for name, kind in kinds if isinstance(kind, KeyField)},
            names=self.names,
            titlefield=self.title,
            datefield=self.date,
        )

    def _verify(self, node: Node, fields: tuple[str, ...], *, restore: bool) -> Confirm:
        """Return what asks the originals of which documents a tree with strict strings is true."""

        def confirm(state: Snapshot, documents: Documents) -> Mask:
            objects = identities(state, documents)
            found = self.originals(objects, node, fields, restore)
            named = (f"{label}.{key}" in found for label, key in objects)
            return np.fromiter(named, bool, len(objects))

        return confirm


class WhooshBackend:
    """A `SearchBackend` whose generations lie in a folder.

    `layout` is asked each time: what is declared may change while a process runs.
    """

    def __init__(self, root: str | Path, layout: Callable[[], Layout]) -> None:
        self.folder = IndexFolder(root)
        self.layout = layout

    # Asked

    def snapshot(self) -> Snapshot:
        """Return the newest committed state. Raises IndexUnavailable."""
        return newest_snapshot(self.folder)

    def reading(self, use: Callable[[Snapshot], T]) -> T:
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

    def find(self, search: Search) -> Answer:
        """See `SearchBackend`."""

        def use(state: Snapshot) -> Answer:
            neighbours = Neighbours.of(search.query)
            query, layout = self._compiled(search), self.layout()
            return find(state, query, search, neighbours, layout.text, date=layout.date).answer

        return self.reading(use)

    def _compiled(self, search: Search) -> wq.Query:
        compiler = self.layout().compiler(restore=search.restore, scope=scope_of(search))
        return compiler.compile(search.query)

    def counts(self, search: Search, filters: Sequence[Filters]) -> list[int]:
        """See `SearchBackend`. The query is carried out once."""
        text = self.layout().text
        return self.reading(
            lambda state: counts(state, self._compiled(search), search, filters, text)
        )

    def explain(self, search: Search, item: Object) -> Explanation | None:
        """See `SearchBackend`."""
        identity = "{}.{}".format(*item).encode()

        def use(state: Snapshot) -> Explanation | None:
            numbers = state.postings(IDENTITY, identity)[0]
            living = [int(number) for number in numbers if state.live[number]]
            if not living:
                return None
            query, text = self._compiled(search), self.layout().text
            return explain(state, query, search, Neighbours.of(search.query), text, living[0])

        return self.reading(use)

    def frequent_terms(
        self, name: str, beginning: str, search: Search, limit: int
    ) -> list[tuple[str, int]]:
        """See `SearchBackend`."""
        return self.reading(
            lambda state: frequent(state, name, beginning, allowed(state, search), limit)
        )

    def longest_part(self, folded: str, search: Search) -> tuple[str, int]:
        """See `SearchBackend`."""
        names = self.layout().searched

        def use(state: Snapshot) -> tuple[str, int]:
            mask = allowed(state, search)
            return longest_part(state, names, folded, mask, restore=search.restore)

        return self.reading(use)

    def similar(self, identity: str, text: str, search: Search) -> list[Object]:
        """See `SearchBackend`."""
        name = self.layout().text

        def use(state: Snapshot) -> list[Object]:
            query = MoreLikeQuery.of(state, name, text, identity)
            none = Neighbours((), 0.0)
            return find(state, query, search, none, name, date=self.layout().date).answer.keys

        return self.reading(use)

    # What there is

    def fingerprint(self) -> str:
        """See `SearchBackend`."""
        return fingerprint(self.layout().schema)

    def living(self) -> str | None:
        """See `SearchBackend`."""
        return self.folder.living()

    def built_with(self) -> str | None:
        """See `SearchBackend`."""
        return None if self.folder.current() is None else self.folder.fingerprint()

    def damage(self, *, anew: bool = False) -> list[str]:
        """See `SearchBackend`."""
        self.snapshot()
        return damaged_files(self.folder, Inspector()) if anew else damaged_files(self.folder)

    def held(self) -> Iterator[tuple[str, Digests]]:
        """See `SearchBackend`."""
        return held(self.snapshot())

    def digests(self, document: Document) -> Digests:
        """See `SearchBackend`."""
        return digests(self.layout().schema, document)

    # Written

    def exclusive(self, purpose: Purpose, *, wait: float = 0.0) -> AbstractContextManager[None]:
        """See `SearchBackend`."""
        return self.folder.lock(purpose, wait=wait)

    def is_busy(self, purpose: Purpose) -> bool:
        """See `SearchBackend`."""
        return self.folder.is_locked(purpose)

    def begin(self) -> str:
        """See `SearchBackend`."""
        return self.folder.create(self.layout().schema, self.fingerprint()).name

    def write(self, changes: Mapping[str, Document | None], generation: str | None = None) -> None:
        """See `SearchBackend`."""
        path = self._path(generation) if generation else self.folder.current()
        if path is None:
            raise IndexUnavailable("no index")
        if changes:
            apply(self.folder.open(path), changes)

    def write_part(self, generation: str, documents: Iterable[Document]) -> object:
        """See `SearchBackend`. A part is some segments."""
        writer = ArrayWriter(self.folder.open(self._path(generation)), _lk=False)
        try:
            for document in documents:
                writer.add_document(**document)
            return writer.finish_segments()
        finally:
            if not writer.is_closed:
                writer.cancel()

    def finish(self, generation: str, parts: Sequence[Any]) -> None:
        """See `SearchBackend`."""
        index = self.folder.open(self._path(generation))
        segments = [segment for part in parts for segment in part]
        contents = TOC(index.schema, segments, index.latest_generation() + 1)
        contents.write(index.storage, index.indexname)

    def swap(self, generation: str) -> None:
        """See `SearchBackend`."""
        self.folder.swap(self._path(generation))

    def discard(self, generation: str) -> None:
        """See `SearchBackend`."""
        self.folder.discard(self._path(generation))

    def prune(self) -> list[str]:
        """See `SearchBackend`."""
        return self.folder.prune()

    def _path(self, generation: str) -> Path:
        return self.folder.root / generation

    def destroy(self) -> None:
        """Remove the living generation. The caller holds "write"."""
        self.folder.destroy()
        forget(self.folder)
