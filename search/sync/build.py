"""Write the whole database into a generation that nobody reads yet, with all cores.

What cannot be indexed is left out and told: one document does not stop the others.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import django
from django.db import connections as databases

from search.backend import Document
from search.site import Corpus, corpus
from search.sync.documents import NOT_THEIRS, Failure, in_halves, prepare

# Objects read from the database at a time.
_READ = 200
Progress = Callable[[int, int], None]


@dataclass
class Built:
    """What has been written: the engine's parts, how many documents they hold, and what was left out."""

    parts: list[object] = field(default_factory=list)
    count: int = 0
    failures: list[Failure] = field(default_factory=list)

    def add(self, other: Built) -> None:
        """Count in what has been written beside."""
        self.parts += other.parts
        self.count += other.count
        self.failures += other.failures


def build(
    built: Corpus, generation: str, processes: int, progress: Progress | None = None
) -> Built:
    """Write all that is indexed into an empty generation.

    `progress` is called with (done, total) as parts are finished.
    """
    shares = _shares(built, processes)
    total = sum(len(keys) for _, keys in shares)
    whole = Built()
    done = 0

    def add(part: Built, keys: Sequence[Any]) -> None:
        nonlocal done
        whole.add(part)
        done += len(keys)
        if progress:
            progress(done, total)

    if processes == 1 or total < _READ * 4:
        for label, keys in shares:
            add(_write_share(built.alias, generation, label, keys), keys)
    else:
        # Fresh processes: a forked one would share the parent's database connection.
        databases.close_all()
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, context, initializer=_begin_process) as pool:
            futures = [
                pool.submit(_write_share, built.alias, generation, label, keys)
                for label, keys in shares
            ]
            for future, (_, keys) in zip(futures, shares, strict=True):
                add(future.result(), keys)
    built.backend.finish(generation, whole.parts)
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


def _shares(built: Corpus, processes: int) -> list[tuple[str, Sequence[Any]]]:
    """Divide all that is indexed among the processes, in runs of neighbouring keys."""
    shares: list[tuple[str, Sequence[Any]]] = []
    for label, indexed in built.indexed().items():
        rows = indexed.index_queryset(using=built.alias).order_by("pk")
        keys = list(rows.values_list("pk", flat=True))
        size = max(_READ, -(-len(keys) // processes))
        shares += [(label, keys[at : at + size]) for at in range(0, len(keys), size)]
    return shares


def _write_share(alias: str, generation: str, label: str, keys: Sequence[Any]) -> Built:
    """Write some objects; of a part in which one raises, its halves."""
    share = Built()
    parts, unwritten = in_halves(
        keys, lambda some: _write_part(alias, generation, label, some), NOT_THEIRS
    )
    for each in parts:
        share.add(each)
    share.failures += [Failure.of((label, key), error) for key, error in unwritten]
    return share


def _write_part(alias: str, generation: str, label: str, keys: Sequence[Any]) -> Built:
    """Write some objects. If the engine refuses one of them nothing of all is written."""
    written = corpus(alias)
    part = Built()

    def documents() -> Iterator[Document]:
        for at in range(0, len(keys), _READ):
            prepared, failures = prepare(written, [(label, key) for key in keys[at : at + _READ]])
            part.failures.extend(failures)
            for document in prepared.values():
                if document is not None:
                    yield document
                    part.count += 1

    part.parts.append(written.backend.write_part(generation, documents()))
    return part
