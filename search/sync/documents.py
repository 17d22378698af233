"""From objects of the database to documents of the index; what cannot be one is set apart.

One document whose indexing raises must not keep the others from being indexed. So its error is a
value here, a `Problem`; what is raised is what concerns them all.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.apps import apps
from django.db import InterfaceError, OperationalError
from haystack.exceptions import NotHandled, SkipDocument

from search.errors import IndexBusy, IndexUnavailable

Object = tuple[str, Any]
"""("app.model", key)"""
Document = dict[str, Any]

# Databases bound the values of a statement.
_READ = 500
_DATABASE_ERRORS = (OperationalError, InterfaceError)
# What no document is to blame for when documents are written: a lock, a full disk, a lost database.
NOT_THEIRS = (IndexBusy, IndexUnavailable, OSError, *_DATABASE_ERRORS)

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Problem:
    """Why an object cannot be indexed, on one line."""

    item: Object
    error: str

    @classmethod
    def of(cls, item: Object, error: Exception) -> Problem:
        """Describe an exception: its kind, what it says and where it was raised."""
        frames = traceback.extract_tb(error.__traceback__)
        place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
        said = " ".join(str(error).split())
        return cls(item, f"{type(error).__name__}: {said[:300]}{place}")

    @property
    def identity(self) -> str:
        """The object's identity in the index."""
        return identity(self.item)


def identity(item: Object) -> str:
    """Return what an object is called in the index."""
    label, key = item
    return f"{label}.{key}"


def key_of(label: str, written: Any) -> Object:
    """Return the object whose key is written as a string: what `identity` makes, read back."""
    try:
        return label, apps.get_model(label)._meta.pk.to_python(written)
    except LookupError:
        return label, written


def prepare(
    site: Any, objects: Iterable[Object], given: Any = None
) -> tuple[dict[Object, Document | None], list[Problem]]:
    """Return the documents of objects as the database has them now, and what cannot be one.

    None stands for what is to be removed from the index: it is gone, or its index leaves it out.
    `given` is used for the objects of its model instead of the index that Haystack knows.
    """
    documents: dict[Object, Document | None] = {}
    problems: list[Problem] = []
    by_model: dict[str, list[Any]] = {}
    for label, key in sorted(set(objects)):
        by_model.setdefault(label, []).append(key)
        documents[label, key] = None
    for label, keys in by_model.items():
        index = _index(site, label, given)
        if index is None:
            continue
        rows, unreadable = _rows(index.index_queryset(using=site.connection_alias), keys)
        problems += [Problem.of((label, key), error) for key, error in unreadable]
        for row in rows:
            document = document_of(site, index, row)
            if isinstance(document, Problem):
                problems.append(document)
            else:
                documents[label, row.pk] = document
    for problem in problems:
        del documents[problem.item]
    return documents, problems


def document_of(site: Any, index: Any, row: Any) -> Document | Problem | None:
    """Return the document of an object, None if its index leaves it out, or why there is none."""
    try:
        document: Document = site.document(index, row)
    except SkipDocument:
        return None
    except _DATABASE_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001 (whatever an index class may raise)
        return Problem.of((row._meta.label_lower, row.pk), error)
    return document


def _index(site: Any, label: str, given: Any) -> Any:
    """Return the index of a model, None if there is no such model or index any more."""
    if given is not None and given.get_model()._meta.label_lower == label:
        return given
    try:
        return site.unified_index().get_index(apps.get_model(label))
    except (LookupError, NotHandled):
        return None


def _rows(queryset: Any, keys: Sequence[Any]) -> tuple[list[Any], list[tuple[Any, Exception]]]:
    """Return the objects that there are of some keys, and the keys whose row cannot be read."""
    rows: list[Any] = []
    unreadable: list[tuple[Any, Exception]] = []
    for at in range(0, len(keys), _READ):
        read, failed = apart(
            keys[at : at + _READ], lambda some: list(queryset.filter(pk__in=some)), _DATABASE_ERRORS
        )
        rows += [row for part in read for row in part]
        unreadable += failed
    return rows, unreadable


def apart(
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
    first, second = (apart(half, use, not_theirs) for half in (items[:middle], items[middle:]))
    return first[0] + second[0], first[1] + second[1]
