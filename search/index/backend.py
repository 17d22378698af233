"""The index on Whoosh as an engine: what `search.backend` asks, over snapshots and generations."""

from __future__ import annotations

import logging
import os
import threading
import time
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
from search.caches import Fill, watch
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
from search.index.read.snapshot import CACHE_BYTES, Snapshot
from search.index.read.terms import frequent
from search.index.write.apply import apply
from search.index.write.writer import ArrayWriter

T = TypeVar("T")
logger = logging.getLogger(__name__)

# The newest snapshot of each index, opened once for each commit and shared by the threads of a process.
_snapshots: dict[Path, Snapshot] = {}
_lock = threading.Lock()
# The number of the newest commit of each index, and what its folder was like when that was read.
_newest_numbers: dict[Path, tuple[tuple[Path, int, int], int]] = {}
# So many nanoseconds after a change a folder's time tells the next one.
_SETTLED = 2 * 10**9
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
        """Return the newest committed snapshot. Raises IndexUnavailable."""
        return newest_snapshot(self.folder)

    def with_snapshot(self, use: Callable[[Snapshot], T]) -> T:
        """Return what `use` makes of the newest snapshot, again if that is replaced meanwhile.

        Raises IndexUnavailable where an error, of whatever kind, comes from a damaged index.
        """
        for _ in range(_ATTEMPTS):
            snapshot = self.snapshot()
            try:
                return use(snapshot)
            except TooBroad:
                raise
            except Exception:
                if not is_replaced(self.folder, snapshot):
                    raise
        return use(self.snapshot())

    def find(self, search: Search) -> Answer:
        """Compile the query and carry it out over the newest snapshot."""

        def use(snapshot: Snapshot) -> Answer:
            neighbours = Neighbours.of(search.query)
            query, layout = self._compiled(search), self.layout()
            return find(
                snapshot,
                query,
                search,
                neighbours,
                layout.text,
                date=layout.date,
                searched=layout.searched,
            ).answer

        return self.with_snapshot(use)

    def _compiled(self, search: Search) -> wq.Query:
        compiler = self.layout().compiler(
            restore=search.restore, scope=scope_of(search), relaxed=not search.related
        )
        return compiler.compile(search.query)

    def counts(self, search: Search, filters: Sequence[Filters]) -> list[int]:
        """Carry the query out once, and count what passes each of some filters."""
        text = self.layout().text
        return self.with_snapshot(
            lambda snapshot: counts(snapshot, self._compiled(search), search, filters, text)
        )

    def explain(self, search: Search, item: Object) -> Explanation | None:
        """Return the parts of one document's score, None if it is not found or nothing is scored."""

        def use(snapshot: Snapshot) -> Explanation | None:
            numbers = snapshot.postings(IDENTITY, identity(item).encode())[0]
            living = [int(number) for number in numbers if snapshot.live[number]]
            if not living:
                return None
            layout, near = self.layout(), Neighbours.of(search.query)
            return explain(
                snapshot,
                self._compiled(search),
                search,
                near,
                layout.text,
                living[0],
                searched=layout.searched,
            )

        return self.with_snapshot(use)

    def frequent_terms(
        self, name: str, beginning: str, search: Search, limit: int
    ) -> list[tuple[str, int]]:
        """Return (term, number of documents) for a field's commonest terms that begin so."""
        return self.with_snapshot(
            lambda snapshot: frequent(snapshot, name, beginning, allowed(snapshot, search), limit)
        )

    def longest_part(self, folded: str, search: Search) -> tuple[str, int]:
        """Return the longest part of a string that stands in what is searched, and in how many documents."""
        names = self.layout().searched

        def use(snapshot: Snapshot) -> tuple[str, int]:
            bits = allowed(snapshot, search)
            return longest_part(snapshot, names, folded, bits, restore=search.restore)

        return self.with_snapshot(use)

    def similar(self, identity: str, text: str, search: Search) -> list[Object]:
        """Return the documents that share most of the weight of a text's telling words."""
        name = self.layout().text

        def use(snapshot: Snapshot) -> list[Object]:
            query = MoreLikeQuery.of(snapshot, name, text, identity)
            none = Neighbours((), 0.0)
            return find(snapshot, query, search, none, name, date=self.layout().date).answer.keys

        return self.with_snapshot(use)

    # What there is

    def fingerprint(self) -> str:
        """Return a digest of the schema, the dictionary, the masks and the libraries that make the index."""
        return fingerprint(self.layout().schema)

    def living(self) -> str | None:
        """Return the name of the generation that answers, None if there is none."""
        return self.folder.living()

    def built_with(self) -> str | None:
        """Return the fingerprint kept with the living generation, None if there is none."""
        return None if self.folder.current() is None else self.folder.fingerprint()

    def damage(self, *, anew: bool = False) -> list[str]:
        """Return the files of the living generation that are missing or not as they were written."""
        self.snapshot()
        return damaged_files(self.folder, Inspector()) if anew else damaged_files(self.folder)

    def held(self) -> Iterator[tuple[str, Digests]]:
        """Yield (identity, digests of its fields) of every living document."""
        return held(self.snapshot())

    def digests(self, document: Document) -> Digests:
        """Return what `held` should yield of a document."""
        return digests(self.layout().schema, document)

    # Written

    def exclusive(self, purpose: Purpose, *, wait: float = 0.0) -> AbstractContextManager[None]:
        """Hold a lock on the folder. Raises IndexBusy after `wait` seconds."""
        return self.folder.lock(purpose, wait=wait)

    def begin(self) -> str:
        """Make the folder of an empty generation and return its name."""
        return self.folder.create(self.layout().schema, self.fingerprint()).name

    def write(self, changes: Mapping[str, Document | None], generation: str | None = None) -> None:
        """Commit changes to the living generation, or to one that the caller builds."""
        path = self._path(generation) if generation else self.folder.current()
        if path is None:
            raise IndexUnavailable("no index")
        if changes:
            apply(self.folder.open(path), changes)

    def write_part(self, generation: str, documents: Iterable[Document]) -> object:
        """Write some segments of a generation and return what `finish` needs of them."""
        writer = ArrayWriter(self.folder.open(self._path(generation)), _lk=False)
        try:
            for document in documents:
                writer.add_document(**document)
            return writer.finish_segments()
        finally:
            if not writer.is_closed:
                writer.cancel()

    def finish(self, generation: str, parts: Sequence[Any]) -> None:
        """Write the table of contents that makes one index of all segments."""
        index = self.folder.open(self._path(generation))
        segments = [segment for part in parts for segment in part]
        contents = TOC(index.schema, segments, index.latest_generation() + 1)
        contents.write(index.storage, index.indexname)

    def swap(self, generation: str) -> None:
        """Point the folder at another generation, in one step."""
        self.folder.swap(self._path(generation))

    def discard(self, generation: str) -> None:
        """Remove the folder of a generation, unless it is the living one."""
        self.folder.discard(self._path(generation))

    def prune(self) -> list[str]:
        """Remove the folders that killed builds left behind; return their names."""
        return self.folder.prune()

    def _path(self, generation: str) -> Path:
        return self.folder.root / generation

    def destroy(self) -> None:
        """Remove the living generation. The caller holds "write"."""
        self.folder.destroy()
        forget(self.folder)


def newest_snapshot(folder: IndexFolder) -> Snapshot:
    """Return the newest committed snapshot of an index.

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
                    held = _snapshots[folder.root] = _open(folder, key[0], held)
                return held
        except _UNREADABLE as error:
            problem = error
    logger.error("the index in %s cannot be read: %s", folder.root, problem)
    raise IndexUnavailable(str(problem)) from problem


def _newest(folder: IndexFolder) -> tuple[Path, int]:
    """Return what tells the newest snapshot from others, reading names only: every search asks.

    And not even these where the folder has not changed since they were read.
    """
    path = folder.current()
    if path is None:
        raise IndexUnavailable("no index")
    state = path.stat()
    stamp = (path, state.st_ino, state.st_mtime_ns)
    known = _newest_numbers.get(folder.root)
    if known is not None and known[0] == stamp:
        return path, known[1]
    number = TOC._latest_generation(os.listdir(path), _DEF_INDEX_NAME)
    # A clock may stand still between two commits: what has changed just now may do so again unseen.
    if time.time_ns() - state.st_mtime_ns > _SETTLED:
        _newest_numbers[folder.root] = stamp, number
    return path, number


def _open(folder: IndexFolder, path: Path, before: Snapshot | None) -> Snapshot:
    storage = DurableStorage(str(path))
    contents = TOC.read(storage, _DEF_INDEX_NAME)
    if damaged := _inspector.damaged(storage, contents.segments):
        raise DamagedFileError(", ".join(damaged))
    reader = FileIndex._reader(storage, contents.schema, contents.segments, contents.generation)
    snapshot = Snapshot(reader, contents.schema, (path, contents.generation), before)
    # Replaced meanwhile: a file that went before it was to be opened has been taken for none.
    if snapshot.key != _newest(folder) and _inspector.damaged(storage, contents.segments):
        raise FileNotFoundError("replaced")
    return snapshot


def is_replaced(folder: IndexFolder, snapshot: Snapshot) -> bool:
    """Say whether there is a newer snapshot than one whose reading has failed.

    What had not been read of a replaced snapshot is gone. Raises IndexUnavailable if it is damaged.
    """
    if newest_snapshot(folder).key != snapshot.key:
        return True
    if damaged := damaged_files(folder):
        raise IndexUnavailable(f"damaged: {', '.join(damaged)}")
    return False


def damaged_files(folder: IndexFolder, inspector: Inspector = _thorough_inspector) -> list[str]:
    """Return the files of the newest snapshot that are missing or not as they were written.

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
    _newest_numbers.pop(folder.root, None)


def _kept_by_snapshots() -> Fill:
    """Say how much the snapshots of this process keep of what they have found."""
    with _lock:
        kept = [snapshot.kept_bytes for snapshot in _snapshots.values()]
    return Fill("engine", sum(kept), CACHE_BYTES * max(1, len(kept)), in_bytes=True)


watch("engine", _kept_by_snapshots)
