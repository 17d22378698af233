"""From objects of the database to documents of an index; what cannot be one is set apart.

One document whose indexing raises must not keep the others from being indexed. So its error is a
value here, a `Failure`; what is raised is what concerns them all.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.apps import apps
from django.db import InterfaceError, OperationalError
from django.db.models import Model

from search.backend import Document, Object, identity
from search.errors import IndexBusy, IndexUnavailable
from search.site import Corpus, Indexed

# Databases bound the values of a statement.
_READ = 500
_DATABASE_ERRORS = (OperationalError, InterfaceError)
# What no document is to blame for when documents are written: a lock, a full disk, a lost database.
NOT_THEIRS = (IndexBusy, IndexUnavailable, OSError, *_DATABASE_ERRORS)

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Failure:
    """Why an object cannot be indexed, on one line."""

    object: Object
    error: str

    @classmethod
    def of(cls, object: Object, error: Exception) -> Failure:
        """Describe an exception: its kind, its message and where it was raised."""
        frames = traceback.extract_tb(error.__traceback__)
        place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
        message = " ".join(str(error).split())
        return cls(object, f"{type(error).__name__}: {message[:300]}{place}")

    @property
    def identity(self) -> str:
        """The object's identity in the index."""
        return identity(self.object)


def key_of(label: str, written: Any) -> Object:
    """Return the object whose key is written as a string: what `identity` makes, read back."""
    try:
        return label, apps.get_model(label)._meta.pk.to_python(written)
    except LookupError:
        return label, written


def prepare(
    corpus: Corpus, objects: Iterable[Object], given: Mapping[str, Indexed] | None = None
) -> tuple[dict[Object, Document | None], list[Failure]]:
    """Return the documents of objects as the database has them now, and what cannot be one.

    None stands for what is to be removed from the index: it is gone, or left out. `given` says for
    some models what indexes them, instead of what the corpus says.
    """
    documents: dict[Object, Document | None] = {}
    failures: list[Failure] = []
    by_model: dict[str, list[Any]] = {}
    for label, key in sorted(set(objects)):
        by_model.setdefault(label, []).append(key)
        documents[label, key] = None
    all_indexed = {**corpus.indexed(), **(given or {})}
    for label, keys in by_model.items():
        indexed = all_indexed.get(label)
        if indexed is None:  # there is no such model or index any more
            continue
        rows, unreadable = _rows(indexed.index_queryset(using=corpus.alias), keys)
        failures += [Failure.of((label, key), error) for key, error in unreadable]
        for row in rows:
            document = document_of(corpus, indexed, row)
            if isinstance(document, Failure):
                failures.append(document)
            else:
                documents[label, row.pk] = document
    for failure in failures:
        del documents[failure.object]
    return documents, failures


def document_of(corpus: Corpus, indexed: Indexed, row: Model) -> Document | Failure | None:
    """Return the document of an object, None if it is left out, or why there is none."""
    try:
        return corpus.document(indexed, row)
    except _DATABASE_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001 (whatever an index class may raise)
        return Failure.of((row._meta.label_lower, row.pk), error)


def _rows(queryset: Any, keys: Sequence[Any]) -> tuple[list[Any], list[tuple[Any, Exception]]]:
    """Return the objects that there are of some keys, and the keys whose row cannot be read."""
    rows: list[Any] = []
    unreadable: list[tuple[Any, Exception]] = []
    for at in range(0, len(keys), _READ):
        read, failed = in_halves(
            keys[at : at + _READ], lambda some: list(queryset.filter(pk__in=some)), _DATABASE_ERRORS
        )
        rows += [row for part in read for row in part]
        unreadable += failed
    return rows, unreadable


def in_halves(
    items: Sequence[T], use: Callable[[Sequence[T]], R], not_theirs: tuple[type[Exception], ...]
) -> tuple[list[R], list[tuple[T, Exception]]]:
    """Use all items at once or, where that fails, in halves: one bad item spoils no other.

    Returns what `use` returned for the parts, and the items with which it failed alone. Exceptions
    of the kinds `not_theirs` are raised.
    """
    try:
        return [use(items)], []
    except not_theirs:
        raise
    except Exception as error:
        if len(items) == 1:
            return [], [(items[0], error)]
        if not items:
            raise
    middle = len(items) // 2
    first, second = (in_halves(half, use, not_theirs) for half in (items[:middle], items[middle:]))
    return first[0] + second[0], first[1] + second[1]
