"""Let the index follow what the outbox notes.

After a commit the index follows at once if it can; if it is locked, missing or broken the note stays,
and whoever comes next (the worker, the next change) follows it. A document that cannot be indexed
for a reason of its own is put aside (`IndexFailure`), so that what is behind it goes on, and tried
again later and at its next change.
"""

from __future__ import annotations

import logging

from django.db import DatabaseError, InterfaceError, transaction

from search.errors import IndexBusy, IndexUnavailable
from search.haystack.site import corpus
from search.models import IndexChange, IndexFailure
from search.sync.documents import Corpus, key_of
from search.sync.rebuild import rebuild
from search.sync.write import BATCH, record_failures, write

logger = logging.getLogger(__name__)

# An archive of so many objects or fewer is indexed while whoever changed it waits.
_SMALL = 200


def follow(*, patient: bool = False) -> int:
    """Let the index follow what is noted if that is possible now; never fail because of the index.

    Returns how many notes have been followed. A missing index is made if there is little to index, or
    if the caller is `patient`.
    """
    try:
        if corpus().backend.built_with() is None and (patient or _is_small()):
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
    following = corpus()
    while (limit is None or followed < limit) and _is_behind():
        # Notes and objects are read under the lock: else an older state could be written last.
        with following.backend.exclusive("write", wait=wait):
            followed += _follow_batch(following)
    return followed


def _is_behind() -> bool:
    """Say whether anything is to be followed now."""
    changes = IndexChange.objects.filter(applied=False)
    return changes.exists() or IndexFailure.objects.due().exists()


def _follow_batch(following: Corpus) -> int:
    """Follow the oldest notes, and try again what failed; the caller holds "write"."""
    changes = IndexChange.objects.filter(applied=False).order_by("pk")
    notes = list(changes.values_list("pk", "model", "key")[:BATCH])
    again = list(IndexFailure.objects.due().values_list("model", "key")[:BATCH])
    objects = {key_of(*each) for each in (*again, *((model, key) for _, model, key in notes))}
    failures = write(following, objects)
    done = IndexChange.objects.filter(pk__in=[pk for pk, _, _ in notes])
    building = following.backend.is_busy("build")
    with transaction.atomic():
        record_failures(objects, failures)
        if building:
            done.update(applied=True)
        else:
            done.delete()
    return len(notes) + len(again)


def _is_small() -> bool:
    """Say whether all there is to index is so little that a request may wait for it."""
    return all(
        each.index_queryset()[: _SMALL + 1].count() <= _SMALL
        for each in corpus().indexed().values()
    )
