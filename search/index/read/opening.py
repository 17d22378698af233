"""The snapshot that a process searches: opened once for each commit, shared by its threads."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

from whoosh.index import _DEF_INDEX_NAME, TOC, FileIndex, IndexError

from search.errors import IndexUnavailable
from search.index.format.checksums import Inspector
from search.index.format.generations import IndexFolder
from search.index.format.storage import DamagedFileError, DurableStorage
from search.index.read.snapshot import Snapshot

logger = logging.getLogger(__name__)

_lock = threading.Lock()
_snapshots: dict[Path, Snapshot] = {}
# Larger files are left to the worker: opening must not wait for them.
_inspector = Inspector(largest=8 * 2**20)
_thorough_inspector = Inspector()
# So many states may replace one another while one is opened.
_ATTEMPTS = 8
# What reading may raise. The table of contents is a pickle: one that another version of this program
# wrote may name classes that are not there any more.
_UNREADABLE = (IndexError, ValueError, KeyError, EOFError, OSError, ImportError, AttributeError)


def newest_snapshot(folder: IndexFolder) -> Snapshot:
    """Return the newest committed state of an index.

    Raises IndexUnavailable if there is none or it is damaged. What cannot be opened because it has
    just been replaced is tried again with what replaced it.
    """
    held, tried = _snapshots.get(folder.root), None
    problem: Exception = FileNotFoundError("always replaced")
    for _ in range(_ATTEMPTS):
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
    for _ in range(_ATTEMPTS):
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
