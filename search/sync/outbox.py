"""Note what changed, in the transaction that changed it, and know what the index may still show.

A change of a document and the notes that the indexes must follow are one transaction; after the commit
this machine's index follows (`search.sync.follow`), and the other machines' soon (their workers).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from django.db import connection, models, transaction
from django.db.models.functions import Cast

from search.errors import IndexUnavailable
from search.models import IndexChange, IndexFailure, IndexFollower
from search.site import corpus
from search.sync.follow import follow
from search.sync.followers import followers

_state = threading.local()


def note_changes(model: type[models.Model], keys: Iterable[Any]) -> None:
    """Note that objects were saved or deleted, within the transaction that did it.

    Bulk operations, which send no signals, call this themselves. The index follows after commit.
    """
    label, keys = model._meta.label_lower, list(keys)
    with transaction.atomic():
        IndexChange.objects.bulk_create(
            IndexChange(follower_id=each, model=label, key=key)
            for each in followers()
            for key in keys
        )
    if not getattr(_state, "deferred", False):
        transaction.on_commit(follow)


class deferred:  # noqa: N801 (used like a function)
    """Within this context changes are noted but not followed: for imports, which follow in batches."""

    def __enter__(self) -> None:
        self._before = getattr(_state, "deferred", False)
        _state.deferred = True

    def __exit__(self, *_exc: object) -> None:
        _state.deferred = self._before


def withdrawn(visible: models.QuerySet[Any]) -> set[Any]:
    """Return the keys of objects that the index has still to follow, or could not, and that are gone
    from `visible` (all that may be seen now): the index may still show them. Keys are integers.

    Raises IndexUnavailable if the index does not follow this database: what it lacks nobody knows.
    For a model `visible` must be the same at every call: every search asks, and making the statement
    takes ten times as long as carrying it out, so it is made once for a generation.
    """
    backend = corpus().backend
    while (living := backend.living()) is not None:
        known, statement = _withdrawn.get(visible.model, ("", ("", ())))
        if known != living:
            statement = _withdrawn_from(visible, living).query.sql_with_params()
            _withdrawn[visible.model] = living, statement
        with connection.cursor() as cursor:
            cursor.execute(*statement)
            keys = {key for (key,) in cursor.fetchall()}
        if None in keys:
            return keys - {None}
        if living == backend.living():  # not replaced, and so forgotten, since it was asked
            raise IndexUnavailable("the database does not know this index")
    raise IndexUnavailable("no index")


_withdrawn: dict[type[models.Model], tuple[str, tuple[str, tuple[Any, ...]]]] = {}


def _withdrawn_from(visible: models.QuerySet[Any], living: str) -> models.QuerySet[Any]:
    """Return the statement of `withdrawn`: one row is without a number if the index follows."""
    label = visible.model._meta.label_lower
    seen = models.Exists(visible.filter(pk=models.OuterRef("number")).order_by())
    # Only keys of this model are surely numbers, and a database may look at the others first.
    number = models.Case(models.When(model=label, then=Cast("key", models.BigIntegerField())))
    notes, failures = (
        rows.filter(follower__generation=living, model=label)
        .annotate(number=number)
        .filter(~seen)
        .values_list("number", flat=True)
        for rows in (IndexChange.objects, IndexFailure.objects)
    )
    none = models.Value(None, models.BigIntegerField())
    follows = IndexFollower.objects.filter(generation=living).annotate(number=none)
    return notes.union(failures, follows.values_list("number", flat=True))
