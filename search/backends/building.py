"""Write a whole generation of the index that nobody reads yet, with all cores."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import connections as databases
from haystack import connections
from whoosh.index import TOC

from search.whoosh.writer import ArrayWriter

# Objects read from the database at a time.
_READ = 200
Progress = Callable[[int, int], None]


def build(path: Path, processes: int, progress: Progress | None = None) -> int:
    """Write all indexed objects of the database into an empty generation; return how many.

    `progress` is called with (done, total) as parts are finished.
    """
    site = connections["default"].get_backend()
    parts = _parts(site, processes)
    total = sum(len(keys) for _, keys in parts)
    segments: list[Any] = []
    done = 0
    if processes == 1 or total < _READ * 4:
        results = (_write_part(str(path), label, keys) for label, keys in parts)
        for part, (_, keys) in zip(results, parts, strict=True):
            segments += part
            done += len(keys)
            if progress:
                progress(done, total)
    else:
        # Fresh processes: a forked one would share the parent's database connection.
        databases.close_all()
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, context, initializer=_begin_process) as pool:
            futures = [pool.submit(_write_part, str(path), label, keys) for label, keys in parts]
            for future, (_, keys) in zip(futures, parts, strict=True):
                segments += future.result()
                done += len(keys)
                if progress:
                    progress(done, total)
    index = site.folder.open(path)
    TOC(index.schema, segments, index.latest_generation() + 1).write(index.storage, index.indexname)
    return done


def _begin_process() -> None:
    """Set up a process of the pool, which ends when the one that started it is killed."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    django.setup()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _parts(site: Any, processes: int) -> list[tuple[str, Sequence[int]]]:
    """Divide all indexed objects among the processes, in runs of neighbouring keys."""
    parts: list[tuple[str, Sequence[int]]] = []
    for model, index in site.unified_index().get_indexes().items():
        keys = list(
            index.index_queryset(using="default").order_by("pk").values_list("pk", flat=True)
        )
        size = max(_READ, -(-len(keys) // processes))
        parts += [
            (model._meta.label_lower, keys[at : at + size]) for at in range(0, len(keys), size)
        ]
    return parts


def _write_part(path: str, label: str, keys: Sequence[int]) -> list[Any]:
    """Write some objects into segments of a generation that nobody reads yet."""
    site = connections["default"].get_backend()
    model = apps.get_model(label)
    index = site.unified_index().get_index(model)
    writer = ArrayWriter(site.folder.open(Path(path)), _lk=False)
    try:
        for at in range(0, len(keys), _READ):
            for obj in index.index_queryset(using="default").filter(pk__in=keys[at : at + _READ]):
                writer.add_document(**site.document(index, obj))
        return writer.finish_segments()
    finally:
        if not writer.is_closed:
            writer.cancel()
