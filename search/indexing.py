"""Keep the index equal to the database.

A change of a document and the note that the index must follow are one transaction
(`note_changes`). After the commit the index follows at once if it can (`catch_up`); if it is locked,
missing or broken the note stays, and whoever comes next (the worker, the next change) follows it.
`rebuild` makes a new generation beside the living one; `differences` proves that both agree.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import models, transaction
from haystack import connections

from search.errors import IndexBusy, IndexUnavailable
from search.models import IndexChange

logger = logging.getLogger(__name__)

BATCH = 500
_SMALL = 200
Progress = Callable[[int, int], None]
_state = threading.local()


def backend() -> Any:
    """Return the search backend of the site."""
    return connections["default"].get_backend()


def note_changes(model: type[models.Model], keys: Iterable[int]) -> None:
    """Note that objects were saved or deleted, within the transaction that did it.

    Bulk operations, which send no signals, call this themselves. The index follows after commit.
    """
    label = model._meta.label_lower
    IndexChange.objects.bulk_create([IndexChange(model=label, key=key) for key in keys])
    if not getattr(_state, "deferred", False):
        transaction.on_commit(follow)


class deferred:  # noqa: N801 (used like a function)
    """Within this context changes are noted but not followed: for imports, which follow in batches."""

    def __enter__(self) -> None:
        self._before = getattr(_state, "deferred", False)
        _state.deferred = True

    def __exit__(self, *_exc: object) -> None:
        _state.deferred = self._before


def follow(*, patient: bool = False) -> None:
    """Let the index follow what is noted if that is possible now; never fail because of the index.

    A missing index is made if there is little to index, or if the caller is `patient`.
    """
    try:
        if backend().folder.current() is None and (patient or _is_small()):
            rebuild(processes=1)
        catch_up(limit=BATCH, wait=10.0 if patient else 0.5)
    except (IndexBusy, IndexUnavailable) as error:
        logger.info("the index cannot follow now (%s); the worker will see to it", error)
    except Exception:
        logger.warning("the index could not follow yet", exc_info=True)


def catch_up(*, limit: int | None = None, wait: float = 0.0) -> int:
    """Follow the notes in batches and return how many were followed.

    Raises IndexBusy if another process writes for longer than `wait` seconds, IndexUnavailable if
    there is no index (an empty one would claim to be whole: `rebuild` makes it), OSError and the
    like if it cannot be written; the notes stay in each case.
    """
    followed = 0
    site = backend()
    while limit is None or followed < limit:
        if not IndexChange.objects.filter(applied=False).exists():
            break
        # Notes and objects are read under the lock: else an older state could be written last.
        with site.folder.lock("write", wait=wait):
            notes = list(
                IndexChange.objects.filter(applied=False)
                .order_by("pk")
                .values_list("pk", "model", "key")[:BATCH]
            )
            site.write(dict(documents({(model, key) for _, model, key in notes})))
            done = IndexChange.objects.filter(pk__in=[pk for pk, _, _ in notes])
            if site.folder.is_locked("build"):
                done.update(applied=True)
            else:
                done.delete()
        followed += len(notes)
    return followed


def rebuild(*, progress: Progress | None = None, processes: int | None = None) -> int:
    """Build the index anew from the database, swap it in and return how many objects it holds.

    The living index serves and follows changes meanwhile; what changes during the build is followed
    in the new one before the swap. Raises IndexBusy if another build is going on.
    """
    site = backend()
    # Whoever asks whether the lock is held, holds it for a moment.
    with site.folder.lock("build", wait=0.5):
        # Whoever followed changes before it could see this lock may still delete its notes.
        with site.folder.lock("write", wait=60.0):
            site.folder.prune()
            covered = set(IndexChange.objects.values_list("pk", flat=True))
            generation = site.begin_generation()
        try:
            count = site.build(generation, processes or os.cpu_count() or 1, progress)
            with site.folder.lock("write", wait=60.0):
                _follow_and_swap(generation, covered)
        finally:
            site.folder.discard(generation)  # unless it lives now: a full disk needs the room
    return int(count)


def _follow_and_swap(generation: Any, covered: set[int]) -> None:
    """Follow in a new generation what changed during its build, and make it the living one.

    `covered` are the notes from before the build, which read their objects later.
    """
    site = backend()
    notes = list(IndexChange.objects.values_list("pk", "model", "key"))
    changed = sorted({(model, key) for pk, model, key in notes if pk not in covered})
    for at in range(0, len(changed), BATCH):
        site.write(dict(documents(changed[at : at + BATCH])), generation)
    site.folder.swap(generation)
    with transaction.atomic():
        for at in range(0, len(notes), BATCH):
            pks = [pk for pk, _, _ in notes[at : at + BATCH]]
            IndexChange.objects.filter(pk__in=pks).delete()


def _is_small() -> bool:
    """Say whether all there is to index is so little that a request may wait for it."""
    indexes = backend().unified_index().get_indexes().values()
    return all(index.index_queryset()[: _SMALL + 1].count() <= _SMALL for index in indexes)


def documents(objects: Iterable[tuple[str, int]]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Yield (identity, document or None if it is gone) for objects as the database has them now."""
    site = backend()
    by_model: dict[str, set[int]] = {}
    for label, key in objects:
        by_model.setdefault(label, set()).add(key)
    for label, keys in by_model.items():
        model = apps.get_model(label)
        index = site.unified_index().get_index(model)
        found = index.index_queryset(using="default").filter(pk__in=keys)
        for obj in found:
            keys.discard(obj.pk)
            yield f"{label}.{obj.pk}", site.document(index, obj)
        for key in keys:
            yield f"{label}.{key}", None


def pending(model: type[models.Model]) -> set[int]:
    """Return the keys of objects that the index has still to follow."""
    label = model._meta.label_lower
    return set(IndexChange.objects.filter(model=label, applied=False).values_list("key", flat=True))


def needs_rebuild() -> str:
    """Return why the index should be rebuilt, "" if it need not."""
    site = backend()
    if site.folder.current() is None:
        return "there is no index"
    if site.folder.fingerprint() != site.fingerprint():
        return "the index was built with another schema, dictionary or library"
    try:
        site.snapshot()
        damaged = site.damaged_files()
    except IndexUnavailable as error:
        return f"the index cannot be read ({error})"
    return f"the index is damaged ({', '.join(damaged)})" if damaged else ""
