"""Keep the index equal to the database.

A change of a document and the note that the index must follow are one transaction
(`note_changes`). After the commit the index follows at once if it can (`catch_up`); if it is locked,
missing or broken the note stays, and whoever comes next (the worker, the next change) follows it.
A document that cannot be indexed for a reason of its own is put aside (`IndexFailure`), so that what
is behind it goes on, and tried again later and at its next change. `rebuild` makes a new generation
beside the living one; `backends.checking` proves that both agree.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from django.db import DatabaseError, InterfaceError, models, transaction
from django.db.models.functions import Cast
from haystack import connections

from search.errors import IndexBusy, IndexUnavailable, NothingIndexed
from search.models import IndexChange, IndexFailure
from search.sync.documents import NOT_THEIRS, Object, Problem, apart, identity, key_of, prepare

logger = logging.getLogger(__name__)

BATCH = 500
_SMALL = 200
Progress = Callable[[int, int], None]
_state = threading.local()


def backend() -> Any:
    """Return the search backend of the site."""
    return connections["default"].get_backend()


def note_changes(model: type[models.Model], keys: Iterable[Any]) -> None:
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


def follow(*, patient: bool = False) -> int:
    """Let the index follow what is noted if that is possible now; never fail because of the index.

    Returns how many notes have been followed. A missing index is made if there is little to index, or
    if the caller is `patient`.
    """
    try:
        if backend().folder.current() is None and (patient or _is_small()):
            rebuild(processes=1)
        return catch_up(limit=BATCH, wait=10.0 if patient else 0.5)
    except (IndexBusy, IndexUnavailable) as error:
        logger.info("the index cannot follow now (%s); the worker will see to it", error)
    except (OSError, DatabaseError, InterfaceError) as error:  # a full disk, a locked database
        logger.warning("the index could not follow yet: %s", error)
    except Exception:
        logger.warning("the index could not follow yet", exc_info=True)
    return 0


def catch_up(*, limit: int | None = None, wait: float = 0.0) -> int:
    """Follow the notes in batches and return how many were followed.

    Raises IndexBusy if another process writes for longer than `wait` seconds, IndexUnavailable if
    there is no index (an empty one would claim to be whole: `rebuild` makes it), OSError and the
    like if it cannot be written; the notes stay in each case.
    """
    followed = 0
    site = backend()
    while (limit is None or followed < limit) and _is_behind():
        # Notes and objects are read under the lock: else an older state could be written last.
        with site.folder.lock("write", wait=wait):
            followed += _follow_batch(site)
    return followed


def _is_behind() -> bool:
    """Say whether anything is to be followed now."""
    changes = IndexChange.objects.filter(applied=False)
    return changes.exists() or IndexFailure.objects.due().exists()


def _follow_batch(site: Any) -> int:
    """Follow the oldest notes, and try again what failed; the caller holds the write lock."""
    changes = IndexChange.objects.filter(applied=False).order_by("pk")
    notes = list(changes.values_list("pk", "model", "key")[:BATCH])
    again = list(IndexFailure.objects.due().values_list("model", "key")[:BATCH])
    objects = {key_of(*each) for each in (*again, *((model, key) for _, model, key in notes))}
    problems = write(site, objects)
    done = IndexChange.objects.filter(pk__in=[pk for pk, _, _ in notes])
    building = site.folder.is_locked("build")
    with transaction.atomic():
        settle(objects, problems)
        if building:
            done.update(applied=True)
        else:
            done.delete()
    return len(notes) + len(again)


def write(
    site: Any, objects: Iterable[Object], generation: Any = None, given: Any = None
) -> list[Problem]:
    """Write objects as the database has them now into the living index, or another generation.

    Returns those that cannot be indexed; the index keeps what it had of them. `given` is the index
    class's own instance to use for its model, if not the one that Haystack knows. The caller holds the
    write lock. Raises what `catch_up` raises.
    """
    documents, problems = prepare(site, objects, given)

    def write_some(some: Sequence[Object]) -> None:
        try:
            site.write({identity(each): documents[each] for each in some}, generation)
        except Exception as error:
            if generation is None and not isinstance(error, NOT_THEIRS) and site.damaged_files():
                raise IndexUnavailable("damaged") from error
            raise

    _, unwritten = apart(list(documents), write_some, NOT_THEIRS)
    return problems + [Problem.of(each, error) for each, error in unwritten]


def settle(objects: Collection[Object], problems: Iterable[Problem]) -> None:
    """Keep in mind which of some objects could not be indexed, and forget it of the others."""
    errors = {problem.item: problem.error for problem in problems}
    keys = sorted({key for _, key in objects}, key=str)
    for at in range(0, len(keys), BATCH):
        for failure in IndexFailure.objects.filter(key__in=keys[at : at + BATCH]):
            item = key_of(failure.model, failure.key)
            if item in errors:
                _fail(failure, errors.pop(item))
            elif item in objects:
                failure.delete()
    for (model, key), error in errors.items():
        _fail(IndexFailure(model=model, key=key), error)


def _fail(failure: IndexFailure, error: str) -> None:
    failure.failed(error)
    failure.save()
    logger.error(
        "%s cannot be indexed (%s); tried %d times, again at %s",
        failure,
        failure.error,
        failure.attempts,
        failure.retry_at.isoformat(timespec="seconds"),
    )


def rebuild(*, progress: Progress | None = None, processes: int | None = None) -> int:
    """Build the index anew from the database, swap it in and return how many objects it holds.

    The living index serves and follows changes meanwhile; what changes during the build is followed
    in the new one before the swap. What cannot be indexed is put aside. Raises IndexBusy if another
    build is going on, NothingIndexed if that is everything: then the living index stays.
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
            built = site.build(generation, processes or os.cpu_count() or 1, progress)
            if built.problems and not built.count and site.folder.current() is not None:
                raise NothingIndexed(str(built.problems[0].error))
            with site.folder.lock("write", wait=60.0):
                _follow_and_swap(generation, covered, built.problems)
        finally:
            site.folder.discard(generation)  # unless it lives now: a full disk needs the room
    return int(built.count)


def _follow_and_swap(generation: Any, covered: set[int], problems: Iterable[Problem]) -> None:
    """Follow in a new generation what changed during its build, and make it the living one.

    `covered` are the notes from before the build, which read their objects later; `problems` are
    what the build had to leave out.
    """
    site = backend()
    notes = list(IndexChange.objects.values_list("pk", "model", "key"))
    changed = sorted({key_of(m, key) for pk, m, key in notes if pk not in covered}, key=str)
    left_out = {problem.item: problem for problem in problems}
    for at in range(0, len(changed), BATCH):
        some = changed[at : at + BATCH]
        left_out = {item: problem for item, problem in left_out.items() if item not in some}
        left_out |= {problem.item: problem for problem in write(site, some, generation)}
    site.folder.swap(generation)
    with transaction.atomic():
        failed = {key_of(*each) for each in IndexFailure.objects.values_list("model", "key")}
        settle(failed, left_out.values())
        for at in range(0, len(notes), BATCH):
            pks = [pk for pk, _, _ in notes[at : at + BATCH]]
            IndexChange.objects.filter(pk__in=pks).delete()


def _is_small() -> bool:
    """Say whether all there is to index is so little that a request may wait for it."""
    indexes = backend().unified_index().get_indexes().values()
    return all(index.index_queryset()[: _SMALL + 1].count() <= _SMALL for index in indexes)


def withdrawn(visible: models.QuerySet[Any]) -> set[Any]:
    """Return the keys of objects that the index has still to follow, or could not, and that are gone
    from `visible` (all that may be seen now): the index may still show them. Keys are integers.

    For a model `visible` must be the same at every call: every search asks, and making the statement
    takes longer than carrying it out, so it is made once.
    """
    if visible.model not in _withdrawn:
        _withdrawn[visible.model] = _withdrawn_from(visible)
    return set(_withdrawn[visible.model].all())


_withdrawn: dict[type[models.Model], models.QuerySet[Any]] = {}


def _withdrawn_from(visible: models.QuerySet[Any]) -> models.QuerySet[Any]:
    label = visible.model._meta.label_lower
    seen = models.Exists(visible.filter(pk=models.OuterRef("number")).order_by())
    # Only keys of this model are surely numbers, and a database may look at the others first.
    number = models.Case(models.When(model=label, then=Cast("key", models.BigIntegerField())))
    notes, failures = (
        rows.filter(model=label)
        .annotate(number=number)
        .filter(~seen)
        .values_list("number", flat=True)
        for rows in (IndexChange.objects.filter(applied=False), IndexFailure.objects.all())
    )
    return notes.union(failures)


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
