"""Write objects into an index as the database has them, follow notes, keep in mind what could not be."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import transaction

from search.backend import Object, identity
from search.errors import IndexUnavailable
from search.models import IndexFailure, IndexFollower
from search.sync.documents import (
    NOT_THEIRS,
    Corpus,
    Failure,
    Indexed,
    in_halves,
    key_of,
    prepare,
)
from search.sync.followers import discard

logger = logging.getLogger(__name__)

BATCH = 500
"""So many objects are written in one commit, so many notes and failures are read at a time."""


def write(
    corpus: Corpus,
    objects: Iterable[Object],
    generation: str | None = None,
    given: Mapping[str, Indexed] | None = None,
) -> list[Failure]:
    """Write objects as the database has them now into the living index, or another generation.

    Returns those that cannot be indexed; the index keeps what it had of them. `given` is as for
    `prepare`. The caller holds "write". Raises IndexUnavailable if there is no index, OSError and the
    like if it cannot be written.
    """
    backend = corpus.backend
    documents, failures = prepare(corpus, objects, given)

    def write_some(some: Sequence[Object]) -> None:
        try:
            backend.write({identity(each): documents[each] for each in some}, generation)
        except Exception as error:
            is_living = generation in {None, backend.living()}
            if is_living and not isinstance(error, NOT_THEIRS) and backend.damage():
                raise IndexUnavailable("damaged") from error
            raise

    _, unwritten = in_halves(list(documents), write_some, NOT_THEIRS)
    return failures + [Failure.of(each, error) for each, error in unwritten]


def is_behind(follower: IndexFollower) -> bool:
    """Say whether anything is to be followed now."""
    return follower.changes.exists() or follower.failures.due().exists()


def follow_batch(corpus: Corpus, follower: IndexFollower) -> int:
    """Follow the oldest notes, and try again what failed; return how many that were.

    The caller holds "write" for the living generation, "build" for another.
    """
    notes = list(follower.changes.order_by("pk").values_list("pk", "model", "key")[:BATCH])
    again = list(follower.failures.due().values_list("model", "key")[:BATCH])
    objects = {key_of(*each) for each in (*again, *((model, key) for _, model, key in notes))}
    failures = write(corpus, objects, follower.generation)
    with transaction.atomic():
        record_failures(follower, objects, failures)
        discard(follower.changes.filter(pk__in=[pk for pk, _, _ in notes]))
    return len(notes) + len(again)


def record_failures(
    follower: IndexFollower, objects: Collection[Object], failures: Iterable[Failure]
) -> None:
    """Keep in mind which of some objects a follower could not index, and forget it of the others."""
    errors = {failure.object: failure.error for failure in failures}
    keys = sorted({key for _, key in objects}, key=str)
    for at in range(0, len(keys), BATCH):
        for known in follower.failures.filter(key__in=map(str, keys[at : at + BATCH])):
            item = key_of(known.model, known.key)
            if item in errors:
                _record(known, errors.pop(item))
            elif item in objects:
                known.delete()
    for (model, key), error in errors.items():
        _record(IndexFailure(follower=follower, model=model, key=str(key)), error)


def _record(failure: IndexFailure, error: str) -> None:
    failure.failed(error)
    failure.save()
    logger.error(
        "%s cannot be indexed (%s); tried %d times, again at %s",
        failure,
        failure.error,
        failure.attempts,
        failure.retry_at.isoformat(timespec="seconds"),
    )
