"""The index on Whoosh as an engine: what `search.backend` asks, over snapshots and generations."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

from whoosh import query as wq
from whoosh.index import _DEF_INDEX_NAME, TOC, FileIndex
from whoosh.index import IndexError as NoWhooshIndex

from search.backend import (
    Answer,
    Digests,
    Document,
    Explanation,
    Filters,
    Object,
    Purpose,
    Search,
    identity,
)
from search.errors import IndexUnavailable, TooBroad
from search.index.fingerprint import fingerprint
from search.index.format.checksums import Inspector
from search.index.format.fields import IDENTITY
from search.index.format.generations import IndexFolder
from search.index.format.storage import DamagedFileError, DurableStorage
from search.index.read.compile import Layout
from search.index.read.execution import Neighbours
from search.index.read.explain import explain
from search.index.read.find import allowed, counts, find, scope_of
from search.index.read.holdings import digests, held
from search.index.read.longest import longest_part
from search.index.read.queries.similar import MoreLikeQuery
from search.index.read.snapshot import Snapshot
from search.index.read.terms import frequent
from search.index.write.apply import apply
from search.index.write.writer import ArrayWriter

T = TypeVar("T")
logger = logging.getLogger(__name__)

# The newest state of each index, opened once for each commit and shared by the threads of a process.
_snapshots: dict[Path, Snapshot] = {}
_lock = threading.Lock()
# Larger files are left to the worker: opening must not wait for them.
_inspector = Inspector(largest=8 * 2**20)
_thorough_inspector = Inspector()
# So many states may replace one another while one is opened.
_OPENINGS = 8
# What reading may raise. The table of contents is a pickle: one that another version of this program
# wrote may name classes that are not there any more.
_UNREADABLE = (NoWhooshIndex, ValueError, KeyError, EOFError, OSError, ImportError, AttributeError)
# So many states may replace one another while one search goes on.
_ATTEMPTS = 3


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

        def use(state: Snapshot) -> Explanation | None:
            numbers = state.postings(IDENTITY, identity(item).encode())[0]
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


def newest_snapshot(folder: IndexFolder) -> Snapshot:
    """Return the newest committed state of an index.

    Raises IndexUnavailable if there is none or it is damaged. What cannot be opened because it has
    just been replaced is tried again with what replaced it.
    """
    held, tried = _snapshots.get(folder.root), None
    problem: Exception = FileNotFoundError("always replaced")
    for _ in range(_OPENINGS):
        try:
            key = _newest(folder)
            if held is not None and held.key == key:
                return held
            if key == tried:
                break
            tried = key
            with _lock:
                held = _snapshots.get(folder.root)
                if held is None or held.key != key:
                    held = _snapshots[folder.root] = _open(folder, key[0])
                return held
        except _UNREADABLE as error:
            problem = error
    logger.error("the index in %s cannot be read: %s", folder.root, problem)
    raise IndexUnavailable(str(problem)) from problem


def _newest(folder: IndexFolder) -> tuple[Path, int]:
    """Return what tells the newest state from others, reading only names: every search asks."""
    path = folder.current()
    if path is None:
        raise IndexUnavailable("no index")
    return path, TOC._latest_generation(os.listdir(path), _DEF_INDEX_NAME)


def _open(folder: IndexFolder, path: Path) -> Snapshot:
    storage = DurableStorage(str(path))
    contents = TOC.read(storage, _DEF_INDEX_NAME)
    if damaged := _inspector.damaged(storage, contents.segments):
        raise DamagedFileError(", ".join(damaged))
    reader = FileIndex._reader(storage, contents.schema, contents.segments, contents.generation)
    state = Snapshot(reader, contents.schema, (path, contents.generation))
    # Replaced meanwhile: a file that went before it was to be opened has been taken for none.
    if state.key != _newest(folder) and _inspector.damaged(storage, contents.segments):
        raise FileNotFoundError("replaced")
    return state


def is_replaced(folder: IndexFolder, state: Snapshot) -> bool:
    """Say whether there is a newer state than one whose reading has failed.

    What had not been read of a replaced state is gone. Raises IndexUnavailable if it is damaged.
    """
    if newest_snapshot(folder).key != state.key:
        return True
    if damaged := damaged_files(folder):
        raise IndexUnavailable(f"damaged: {', '.join(damaged)}")
    return False


def damaged_files(folder: IndexFolder, inspector: Inspector = _thorough_inspector) -> list[str]:
    """Return the files of the newest state that are missing or not as they were written.

    Raises IndexUnavailable if there is no index.
    """
    tried, damaged = None, list[str]()
    for _ in range(_OPENINGS):
        try:
            key = _newest(folder)
            if key == tried:
                break
            tried = key
            storage = DurableStorage(str(key[0]))
            contents = TOC.read(storage, _DEF_INDEX_NAME)
            damaged = inspector.damaged(storage, contents.segments)
        except _UNREADABLE as error:
            damaged = [str(error)]
        if not damaged:
            break
    return damaged


def forget(folder: IndexFolder) -> None:
    """Drop what is held of an index: it has been removed."""
    _snapshots.pop(folder.root, None)
