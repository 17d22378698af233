"""Let the index follow what the outbox notes.

After a commit the index follows at once if it can; if it is locked, missing or broken the note stays,
and whoever comes next (the worker, the next change) follows it. A document that cannot be indexed
for a reason of its own is put aside (`IndexFailure`), so that what is behind it goes on, and tried
again later and at its next change.
"""

from __future__ import annotations

import logging

from django.db import DatabaseError, InterfaceError

from search.errors import IndexBusy, IndexUnavailable
from search.site import corpus
from search.sync.followers import registered
from search.sync.rebuild import rebuild
from search.sync.write import BATCH, follow_batch, is_behind

logger = logging.getLogger(__name__)

# An archive of so many objects or fewer is indexed while whoever changed it waits.
_SMALL = 200


def follow(*, patient: bool = False) -> int:
    """Let the index follow what is noted if that is possible now; never fail because of the index.

    Returns how many notes have been followed. An index that is missing, or that the database does not
    know, is made if there is little to index, or if the caller is `patient`.
    """
    try:
        if not _follows() and (patient or _is_small()):
            logger.info("building the index: none follows")
            rebuild(processes=1)
        return catch_up(limit=BATCH, wait=10.0 if patient else 0.5)
    except (IndexBusy, IndexUnavailable) as error:
        logger.info("the index cannot follow now (%s); the worker will see to it", error)
    except (OSError, DatabaseError, InterfaceError) as error:  # a full disk, a locked database
        logger.warning("the index could not follow yet: %s", error)
    except Exception:
        logger.warning("the index could not follow yet", exc_info=True)
    return 0


def _follows() -> bool:
    """Say whether this machine has an index that follows the database."""
    try:
        registered(corpus())
    except IndexUnavailable:
        return False
    return True


def behind() -> int | None:
    """Return how many changes this machine's index has still to follow, None if no index follows."""
    try:
        return registered(corpus()).changes.count()
    except IndexUnavailable:
        return None


def catch_up(*, limit: int | None = None, wait: float = 0.0) -> int:
    """Follow the notes in batches and return how many were followed.

    Raises IndexBusy if another process writes for longer than `wait` seconds, IndexUnavailable if no
    index follows (an empty one would claim to be whole: `rebuild` makes it), OSError and the like if
    it cannot be written; the notes stay in each case.
    """
    followed = 0
    following = corpus()
    while (limit is None or followed < limit) and is_behind(registered(following)):
        # Notes and objects are read under the lock: else an older state could be written last.
        with following.backend.exclusive("write", wait=wait):
            followed += follow_batch(following, registered(following))
    return followed


def _is_small() -> bool:
    """Say whether all there is to index is so little that a request may wait for it."""
    return all(
        each.index_queryset()[: _SMALL + 1].count() <= _SMALL
        for each in corpus().indexed().values()
    )
