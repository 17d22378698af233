"""Build the index anew beside the living one, and swap it in.

The living index serves and follows changes meanwhile; what changes during the build is followed in
the new one before the swap.
"""

from __future__ import annotations

import os

from search.errors import IndexUnavailable, NothingIndexed
from search.models import IndexFollower
from search.site import Corpus, corpus
from search.sync.build import Progress, build
from search.sync.followers import make_living, register, registered, unregister
from search.sync.write import BATCH, follow_batch, is_behind, record_failures

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
        with backend.exclusive("write", wait=_WAIT_SECONDS):
            unregister(backend.prune())
        generation = backend.begin()
        try:
            follower = register(built, generation)  # before anything is read
            new = build(built, generation, processes or os.cpu_count() or 1, progress)
            if new.failures and not new.count and backend.built_with() is not None:
                raise NothingIndexed(str(new.failures[0].error))
            record_failures(follower, (), new.failures)
            _follow_and_swap(built, follower)
        finally:
            if backend.living() != generation:
                unregister([generation])
                backend.discard(generation)  # a full disk needs the room
    return new.count


def _follow_and_swap(built: Corpus, follower: IndexFollower) -> None:
    """Follow in a new generation what changed during its build, and make it the living one."""
    while follower.changes.count() > BATCH:  # while others may write
        follow_batch(built, follower)
    with built.backend.exclusive("write", wait=_WAIT_SECONDS):
        while is_behind(follower):
            follow_batch(built, follower)
        make_living(built, follower)


def needs_rebuild() -> str:
    """Return why the index should be rebuilt, "" if it need not."""
    backend = corpus().backend
    fingerprint = backend.built_with()
    if fingerprint is None:
        return "there is no index"
    if fingerprint != backend.fingerprint():
        return "the index was built with another schema, dictionary or library"
    try:
        registered(corpus())
    except IndexUnavailable as error:
        return str(error)
    try:
        damaged = backend.damage()
    except IndexUnavailable as error:
        return f"the index cannot be read ({error})"
    return f"the index is damaged ({', '.join(damaged)})" if damaged else ""
