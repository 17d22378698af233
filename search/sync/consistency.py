"""Prove that the index and the database agree, document by document and character by character."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from search.errors import IndexUnavailable
from search.index.format.checksums import Inspector
from search.index.format.columns import MISSING
from search.index.format.exact import ExactText, units_of
from search.index.format.fields import IntField, KeyField, TextField, WholeField
from search.index.read.opening import damaged_files
from search.index.read.snapshot import Snapshot
from search.models import IndexFailure
from search.sync.documents import identity as identity_of
from search.sync.documents import prepare
from search.sync.indexing import backend
from search.text.fold import fold
from search.text.restore import fold_restored

# Objects read from the database at a time.
_READ = 200
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Difference:
    """One way in which index and database differ; `identity` is "app.model.key" or a file."""

    identity: str
    problem: str

    def __str__(self) -> str:
        return f"{self.identity}: {self.problem}"


def differences(*, progress: Progress | None = None) -> Iterator[Difference]:
    """Yield every difference between what the index holds and what it should hold."""
    site = backend()
    if site.folder.fingerprint() != site.fingerprint():
        yield Difference("index", "built with another schema, dictionary or library")
    try:
        state: Snapshot = site.snapshot()
    except IndexUnavailable as error:
        yield Difference("index", str(error))
        return
    for name in damaged_files(site.folder, Inspector()):
        yield Difference(name, "damaged or missing")
    held = _held(state)
    failed = {str(failure): failure.error for failure in IndexFailure.objects.order_by("pk")}
    for identity, reason in failed.items():
        yield Difference(identity, f"cannot be indexed: {reason}")
        held.pop(identity, None)
    for model, index in site.unified_index().get_indexes().items():
        keys = list(
            index.index_queryset(using=site.connection_alias)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        for at in range(0, len(keys), _READ):
            some = [(model._meta.label_lower, key) for key in keys[at : at + _READ]]
            documents, problems = prepare(site, some)
            for problem in problems:
                if problem.identity not in failed:
                    yield Difference(problem.identity, f"cannot be indexed: {problem.error}")
                    held.pop(problem.identity, None)
            for item, document in documents.items():
                if document is not None and identity_of(item) not in failed:
                    yield from _compared(state, identity_of(item), held, document)
            if progress:
                progress(min(at + _READ, len(keys)), len(keys))
    for identity in sorted(held):
        yield Difference(identity, "is not in the database")


def _compared(
    state: Snapshot, identity: str, held: dict[str, list[int]], document: dict[str, Any]
) -> Iterator[Difference]:
    numbers = held.pop(identity, [])
    if len(numbers) != 1:
        yield Difference(identity, f"stands {len(numbers)} times in the index")
    else:
        for name in _wrong_fields(state, numbers[0], document):
            yield Difference(identity, f"{name} is not as in the database")


def _held(state: Snapshot) -> dict[str, list[int]]:
    """Return the numbers of the live documents by identity."""
    held: dict[str, list[int]] = {}
    for segment in state.segments:
        terms = segment.terms["id"]
        for number in range(len(terms)):
            for document in (terms.postings(number)[0].astype(np.int64) + segment.base).tolist():
                if state.live[document]:
                    held.setdefault(terms[number].decode(), []).append(document)
    return held


def _wrong_fields(state: Snapshot, number: int, document: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the fields that the index holds otherwise than `document`."""
    segment = next(s for s in state.segments if number < s.base + s.size)
    for name, kind in state.schema.items():
        if kind.column_type is None:
            continue
        reader = state.column(name)[state.segments.index(segment)]
        kept = reader[number - segment.base] if reader is not None else None
        value = document.get(name)
        if isinstance(kind, TextField):
            if not _same_text(kept, value or ""):
                yield name
        elif isinstance(kind, KeyField):
            if tuple(kept or ()) != (kind.values(value) if value is not None else ()):
                yield name
        elif isinstance(kind, IntField):
            if (MISSING if kept is None else kept) != _integer(kind, value):
                yield name
        elif isinstance(kind, WholeField) and tuple(kept or ()) != (
            kind.to_column_value(value) if value is not None else ()
        ):
            yield name


def _integer(kind: IntField, value: Any) -> int:
    return MISSING if value is None else kind.to_column_value(value)


def _same_text(kept: ExactText | None, text: str) -> bool:
    second = fold_restored(text)
    if kept is None:
        return not fold(text)
    if (kept.second is None) != (second is None):
        return False
    if second is not None and kept.second is not None:
        same = np.array_equal(kept.second.units, units_of(second.text))
        return same and np.array_equal(kept.first.units, units_of(fold(text)))
    return np.array_equal(kept.first.units, units_of(fold(text)))
