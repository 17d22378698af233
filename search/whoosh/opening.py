"""The snapshot that a process searches: opened once for each commit, shared by its threads."""

from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path

from whoosh.index import _DEF_INDEX_NAME, TOC, IndexError

from search.errors import IndexUnavailable
from search.whoosh.index import IndexFolder
from search.whoosh.snapshot import Snapshot

logger = logging.getLogger(__name__)

_lock = threading.Lock()
_snapshots: dict[Path, Snapshot] = {}


def snapshot(folder: IndexFolder) -> Snapshot:
    """Return the newest committed state of an index.

    Raises IndexUnavailable if there is none or it is damaged. A file that vanishes between reading
    the table of contents and opening it belongs to a state that has just been replaced: try again.
    """
    held = _snapshots.get(folder.root)
    for attempt in range(5):
        try:
            path = folder.current()
            if path is None:
                raise IndexUnavailable("no index")
            # Only the names are read: this is done for every search.
            key = (str(path), TOC._latest_generation(os.listdir(path), _DEF_INDEX_NAME))
            if held is not None and held.key == key:
                return held
            index = folder.open(path)
            with _lock:
                held = _snapshots.get(folder.root)
                if held is None or held.key != key:
                    held = Snapshot(index.reader(), index.schema, key)
                    _snapshots[folder.root] = held
                return held
        except (FileNotFoundError, IndexError) as error:
            problem: Exception = error
            time.sleep(0.01 * attempt)
        except (ValueError, KeyError, EOFError, OSError) as error:
            problem = error
            break
    logger.error("the index in %s cannot be read: %s", folder.root, problem)
    raise IndexUnavailable(str(problem)) from problem


def forget(folder: IndexFolder) -> None:
    """Drop what is held of an index: it has been removed."""
    _snapshots.pop(folder.root, None)
