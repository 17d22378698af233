"""Write a whole generation of the index that nobody reads yet, with all cores.

What cannot be indexed is left out and told: one document does not stop the others.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django
from django.db import connections as databases
from haystack import connections
from whoosh.index import TOC

from search.index.write.writer import ArrayWriter
from search.sync.documents import NOT_THEIRS, Problem, apart, prepare

# Objects read from the database at a time.
_READ = 200
Progress = Callable[[int, int], None]


@dataclass
class Built:
    """What has been written: segments, how many documents they hold, and what they had to leave out."""

    segments: list[Any] = field(default_factory=list)
    count: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, other: Built) -> None:
        """Count in what has been written beside."""
        self.segments += other.segments
        self.count += other.count
        self.problems += other.problems


def build(alias: str, path: Path, processes: int, progress: Progress | None = None) -> Built:
    """Write all indexed objects of the database into an empty generation of a connection's index.

    `progress` is called with (done, total) as parts are finished.
    """
    site = connections[alias].get_backend()
    parts = _parts(site, processes)
    total = sum(len(keys) for _, keys in parts)
    whole = Built()
    done = 0
    if processes == 1 or total < _READ * 4:
        results = (_write_part(alias, str(path), label, keys) for label, keys in parts)
        for part, (_, keys) in zip(results, parts, strict=True):
            whole.add(part)
            done += len(keys)
            if progress:
                progress(done, total)
    else:
        # Fresh processes: a forked one would share the parent's database connection.
        databases.close_all()
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, context, initializer=_begin_process) as pool:
            futures = [
                pool.submit(_write_part, alias, str(path), label, keys) for label, keys in parts
            ]
            for future, (_, keys) in zip(futures, parts, strict=True):
                whole.add(future.result())
                done += len(keys)
                if progress:
                    progress(done, total)
    index = site.folder.open(path)
    contents = TOC(index.schema, whole.segments, index.latest_generation() + 1)
    contents.write(index.storage, index.indexname)
    return whole


def _begin_process() -> None:
    """Set up a process of the pool, which ends when the one that started it is killed."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    django.setup()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _parts(site: Any, processes: int) -> list[tuple[str, Sequence[Any]]]:
    """Divide all indexed objects among the processes, in runs of neighbouring keys."""
    parts: list[tuple[str, Sequence[Any]]] = []
    for model, index in site.unified_index().get_indexes().items():
        keys = list(
            index.index_queryset(using=site.connection_alias)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        size = max(_READ, -(-len(keys) // processes))
        parts += [
            (model._meta.label_lower, keys[at : at + size]) for at in range(0, len(keys), size)
        ]
    return parts


def _write_part(alias: str, path: str, label: str, keys: Sequence[Any]) -> Built:
    """Write some objects into segments of a generation that nobody reads yet."""
    part = Built()
    parts, unwritten = apart(keys, lambda some: _write(alias, Path(path), label, some), NOT_THEIRS)
    for each in parts:
        part.add(each)
    part.problems += [Problem.of((label, key), error) for key, error in unwritten]
    return part


def _write(alias: str, path: Path, label: str, keys: Sequence[Any]) -> Built:
    """Write some objects. What raises for one of them in the writer leaves nothing of all."""
    site = connections[alias].get_backend()
    part = Built()
    writer = ArrayWriter(site.folder.open(path), _lk=False)
    try:
        for at in range(0, len(keys), _READ):
            documents, problems = prepare(site, [(label, key) for key in keys[at : at + _READ]])
            part.problems += problems
            for document in documents.values():
                if document is not None:
                    writer.add_document(**document)
                    part.count += 1
        part.segments = writer.finish_segments()
        return part
    finally:
        if not writer.is_closed:
            writer.cancel()
