"""What an index holds of each document, to be compared with what it should hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from whoosh.fields import FieldType, Schema

from search.backend import Digests, Document
from search.index.format.columns import MISSING
from search.index.format.exact import ExactText, code_units
from search.index.format.fields import IDENTITY, IntField, KeyField, TextField
from search.index.read.snapshot import Segment, Snapshot
from search.text.fold import fold
from search.text.restore import fold_restored


def held(snapshot: Snapshot) -> Iterator[tuple[str, Digests]]:
    """Yield (identity, digests of its fields) of every living document."""
    for segment in snapshot.segments:
        identities = _identities(segment)
        for number in np.flatnonzero(snapshot.live[segment.base : segment.base + segment.size]):
            yield identities[int(number)], _digests_in(snapshot, segment, int(number))


def _identities(segment: Segment) -> list[str]:
    """Return the identities of a segment's documents by their number in it."""
    identities = [""] * segment.size
    terms = segment.terms[IDENTITY]
    for number in range(len(terms)):
        for document in terms.postings(number)[0].tolist():
            identities[document] = terms[number].decode()
    return identities


def _digests_in(snapshot: Snapshot, segment: Segment, number: int) -> Digests:
    found = {}
    place = snapshot.segments.index(segment)
    for name, kind in snapshot.schema.items():
        if kind.column_type is not None:
            reader = snapshot.column(name)[place]
            kept = reader[number] if reader is not None else None
            found[name] = (
                _digest_of_text(kept)
                if isinstance(kind, TextField)
                else _digest(MISSING if kept is None and isinstance(kind, IntField) else kept)
            )
    return found


def digests(schema: Schema, document: Document) -> Digests:
    """Return what `held` yields of a document that has been written."""
    return {
        name: _expected(kind, document.get(name))
        for name, kind in schema.items()
        if kind.column_type is not None
    }


def _expected(kind: FieldType, value: Any) -> str:
    if isinstance(kind, TextField):
        second = fold_restored(value or "")
        return _digest_of_units(
            code_units(fold(value or "")), None if second is None else code_units(second.text)
        )
    if isinstance(kind, IntField):
        return _digest(MISSING if value is None else kind.to_column_value(value))
    if value is None:
        return _digest(None)
    return _digest(
        kind.values(value) if isinstance(kind, KeyField) else kind.to_column_value(value)
    )


def _digest_of_text(kept: ExactText | None) -> str:
    if kept is None:
        return _digest_of_units(code_units(""), None)
    return _digest_of_units(
        kept.first.code_units, None if kept.second is None else kept.second.code_units
    )


def _digest_of_units(first: Any, second: Any) -> str:
    digest = hashlib.blake2b(first.tobytes(), digest_size=16)
    if second is not None:
        digest.update(b"\0second\0" + second.tobytes())
    return digest.hexdigest()


def _digest(kept: Any) -> str:
    value = tuple(kept or ()) if kept is None or isinstance(kept, list | tuple) else kept
    return hashlib.blake2b(repr(value).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
