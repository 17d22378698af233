"""Build the index anew beside the living one, and swap it in.

The living index serves and follows changes meanwhile; what changes during the build is followed in
the new one before the swap.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from django.db import transaction

from search.errors import IndexUnavailable, NothingIndexed
from search.haystack.site import corpus
from search.models import IndexChange, IndexFailure
from search.sync.build import Progress, build
from search.sync.documents import Corpus, Failure, key_of
from search.sync.write import BATCH, record_failures, write

# So long a commit of somebody else's is waited for.
_WAIT_SECONDS = 60.0


def rebuild(*, progress: Progress | None = None, processes: int | None = None) -> int:
    """Build the index anew from the database, swap it in and return how many objects it holds.

    What cannot be indexed is put aside. Raises IndexBusy if another build is going on,
    NothingIndexed if nothing at all can be: then the living index stays.
    """
    built = corpus()
    backend = built.backend
    # Whoever asks whether the lock is held, holds it for a moment.
    with backend.exclusive("build", wait=0.5):
        # Whoever followed changes before it could see this lock may still delete its notes.
        with backend.exclusive("write", wait=_WAIT_SECONDS):
            backend.prune()
            covered = set(IndexChange.objects.values_list("pk", flat=True))
            generation = backend.begin()
        try:
            new = build(built, generation, processes or os.cpu_count() or 1, progress)
            if new.failures and not new.count and backend.built_with() is not None:
                raise NothingIndexed(str(new.failures[0].error))
            with backend.exclusive("write", wait=_WAIT_SECONDS):
                _follow_and_swap(built, generation, covered, new.failures)
        finally:
            backend.discard(generation)  # unless it lives now: a full disk needs the room
    return new.count


def _follow_and_swap(
    built: Corpus, generation: str, covered: set[int], failures: Iterable[Failure]
) -> None:
    """Follow in a new generation what changed during its build, and make it the living one.

    `covered` are the notes from before the build, which read their objects later; `failures` are
    what the build had to leave out.
    """
    notes = list(IndexChange.objects.values_list("pk", "model", "key"))
    changed = sorted({key_of(m, key) for pk, m, key in notes if pk not in covered}, key=str)
    left_out = {failure.item: failure for failure in failures}
    for at in range(0, len(changed), BATCH):
        some = changed[at : at + BATCH]
        left_out = {item: failure for item, failure in left_out.items() if item not in some}
        left_out |= {failure.item: failure for failure in write(built, some, generation)}
    built.backend.swap(generation)
    with transaction.atomic():
        failed = {key_of(*each) for each in IndexFailure.objects.values_list("model", "key")}
        record_failures(failed, left_out.values())
        for at in range(0, len(notes), BATCH):
            pks = [pk for pk, _, _ in notes[at : at + BATCH]]
            IndexChange.objects.filter(pk__in=pks).delete()


def needs_rebuild() -> str:
    """Return why the index should be rebuilt, "" if it need not."""
    backend = corpus().backend
    fingerprint = backend.built_with()
    if fingerprint is None:
        return "there is no index"
    if fingerprint != backend.fingerprint():
        return "the index was built with another schema, dictionary or library"
    try:
        damaged = backend.damage()
    except IndexUnavailable as error:
        return f"the index cannot be read ({error})"
    return f"the index is damaged ({', '.join(damaged)})" if damaged else ""
