"""Which indexes follow this database: every generation of every machine, living or being built.

A change is noted for each of them. Each follows its own notes and deletes them: none depends on how
far the others are, nor on the order in which transactions commit. A generation is registered before
its build reads anything, and whoever notes a change keeps others from registering until its
transaction ends. So a change that was not noted for a generation is in what its build reads.

    registered -> built from the database -> follows its own notes -> living
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from search.errors import IndexUnavailable
from search.models import IndexChange, IndexFailure, IndexFollower
from search.site import Corpus

LOST_AFTER = timedelta(days=1)
"""Who has not followed a note for so long is away: it is forgotten, and builds anew when it is back."""
_TABLE = IndexFollower._meta.db_table
# A worker says more often than this that its index is there: another one of the same machine and folder
# that is silent has been lost with its folder.
_SILENT_AFTER = timedelta(minutes=10)
# So long whoever registers waits for those who note changes, for others wait behind it.
_REGISTERING = "5s"


def registered(corpus: Corpus) -> IndexFollower:
    """Return the living generation as the database knows it.

    Raises IndexUnavailable if there is none, or the database does not know it: it was away too long,
    or is a copy, or followed another database. Nobody knows what such an index lacks.
    """
    while (name := corpus.backend.living()) is not None:
        follower = IndexFollower.objects.filter(generation=name).first()
        if follower is not None:
            return follower
        if name == corpus.backend.living():  # not replaced, and so forgotten, since it was asked
            raise IndexUnavailable("the database does not know this index")
    raise IndexUnavailable("no index")


def register(corpus: Corpus, generation: str) -> IndexFollower:
    """Have all changes from now on noted for a generation."""
    path = settings.HAYSTACK_CONNECTIONS[corpus.alias].get("PATH", "")
    with _alone():
        return IndexFollower.objects.create(
            generation=generation,
            machine=f"{socket.gethostname()}:{path}"[:300],
            fingerprint=corpus.backend.fingerprint(),
        )


def unregister(generations: Iterable[str | None]) -> None:
    """Have no changes noted any more for generations that are gone."""
    gone = IndexFollower.objects.filter(generation__in=[name for name in generations if name])
    if gone.exists():
        with _alone():
            _forget(list(gone.values_list("pk", flat=True)))


def make_living(corpus: Corpus, follower: IndexFollower) -> None:
    """Swap in a generation that has followed its notes, and forget the one before it.

    The caller holds "write", so that the one before it has followed nothing since. Raises
    IndexUnavailable if the new one has been forgotten meanwhile: its build took too long.
    """
    if not IndexFollower.objects.filter(pk=follower.pk).update(built_at=timezone.now()):
        raise IndexUnavailable("forgotten during its build")
    former = corpus.backend.living()
    corpus.backend.swap(follower.generation)
    unregister([former])


def note_alive(follower: IndexFollower) -> None:
    """Note that a follower is at work, and forget those that are away too long."""
    now = timezone.now()
    IndexFollower.objects.filter(pk=follower.pk).update(seen_at=now)
    away = Q(changes__noted_at__lt=now - LOST_AFTER)
    replaced = Q(machine=follower.machine, built_at__isnull=False, seen_at__lt=now - _SILENT_AFTER)
    lost = IndexFollower.objects.filter(away | replaced).exclude(pk=follower.pk)
    if keys := set(lost.values_list("pk", flat=True)):
        with _alone():
            _forget(keys)


def followers() -> list[int]:
    """Return the keys of all followers: until the transaction ends none comes and none goes."""
    if connection.vendor == "postgresql":  # SQLite lets nobody else write as it is
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {_TABLE} IN ROW SHARE MODE")
    return list(IndexFollower.objects.values_list("pk", flat=True))


@contextmanager
def _alone() -> Iterator[None]:
    """Open a transaction that waits for those that have noted changes, and makes later ones wait for it."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{_REGISTERING}'")
                cursor.execute(f"LOCK TABLE {_TABLE} IN EXCLUSIVE MODE")
        yield


def _forget(keys: Iterable[int]) -> None:
    for rows in (IndexChange.objects, IndexFailure.objects):
        discard(rows.filter(follower__in=keys))
    IndexFollower.objects.filter(pk__in=keys).delete()


def discard(rows: QuerySet[Any, Any]) -> None:
    """Delete rows in one statement: Django would load each, for signals that nobody hears."""
    rows._raw_delete(rows.db)
