"""Build a new generation of the index beside the living one, with all cores, and swap it in."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import connections as databases
from whoosh.index import TOC

from search.indexing import backend, documents
from search.models import IndexChange
from search.whoosh.writer import ArrayWriter
from search.whoosh.writing import apply

# Objects read from the database at a time.
_READ = 200
Progress = Callable[[int, int], None]


def rebuild(*, progress: Progress | None = None, processes: int | None = None) -> int:
    """Build the index anew from the database, swap it in and return how many objects it holds.

    The living index serves and follows changes meanwhile; what changes during the build is followed
    in the new one before the swap. Raises IndexBusy if another build is going on.
    """
    site = backend()
    with site.folder.lock("build"):
        path = site.folder.create(site.schema(), site.fingerprint())
        # Whoever was following changes when the lock was taken may still delete its notes.
        with site.folder.lock("write", wait=60.0):
            pass
        done = _build(path, processes or os.cpu_count() or 1, progress)
        _follow_and_swap(path)
    return done


def _build(path: Path, processes: int, progress: Progress | None) -> int:
    parts = _parts(processes)
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
        with ProcessPoolExecutor(processes, context, initializer=django.setup) as pool:
            futures = [pool.submit(_write_part, str(path), label, keys) for label, keys in parts]
            for future, (_, keys) in zip(futures, parts, strict=True):
                segments += future.result()
                done += len(keys)
                if progress:
                    progress(done, total)
    index = backend().folder.open(path)
    TOC(index.schema, segments, index.latest_generation() + 1).write(index.storage, index.indexname)
    return done


def _parts(processes: int) -> list[tuple[str, Sequence[int]]]:
    """Divide all indexed objects among the processes, in runs of neighbouring keys."""
    parts: list[tuple[str, Sequence[int]]] = []
    for model, index in backend().unified_index().get_indexes().items():
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
    site = backend()
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


def _follow_and_swap(path: Path) -> None:
    """Follow in the new generation all that changed during its build, and make it the living one."""
    site = backend()
    with site.folder.lock("write", wait=60.0):
        notes = list(IndexChange.objects.values_list("pk", "model", "key"))
        if notes:
            apply(site.folder.open(path), dict(documents({(m, k) for _, m, k in notes})))
        site.folder.swap(path)
        IndexChange.objects.filter(pk__in=[pk for pk, _, _ in notes]).delete()
