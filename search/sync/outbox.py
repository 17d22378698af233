"""Note what changed, in the transaction that changed it, and know what the index may still show.

A change of a document and the note that the index must follow are one transaction; after the commit
the index follows (`search.sync.follow`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Cast

from search.models import IndexChange, IndexFailure
from search.sync.follow import follow

_state = threading.local()


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
