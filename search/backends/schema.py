"""What an index is made of, from what Haystack's index classes declare; values on the way in and out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.encoding import force_str
from haystack.constants import DJANGO_CT, DJANGO_ID, ID
from whoosh.fields import FieldType, Schema

from search.whoosh.fields import IntField, KeyField, TextField

_INTEGERS = {"integer", "datetime", "date"}
_TEXTS = {"text", "string", "edge_ngram", "ngram"}


def build_schema(fields: Mapping[str, Any]) -> tuple[str, Schema]:
    """Return the name of the main text field and the schema for Haystack's `fields`."""
    schema: dict[str, FieldType] = {
        ID: KeyField(unique=True, stored=True, facet=False),
        DJANGO_CT: KeyField(stored=True),
        DJANGO_ID: IntField(stored=True),
    }
    content = ""
    for declared in fields.values():
        if declared.document:
            content = declared.index_fieldname
        schema[declared.index_fieldname] = _field(declared)
    return content, Schema(**schema)


def _field(declared: Any) -> FieldType:
    if declared.field_type in _INTEGERS:
        return IntField(stored=declared.stored)
    if getattr(declared, "terms_only", False):
        return KeyField(stored=False, facet=False)
    several = hasattr(declared, "facet_for") or declared.is_multivalued or declared.faceted
    if declared.field_type in _TEXTS and not several:
        return TextField(stored=declared.stored)
    return KeyField(stored=declared.stored)


def document(schema: Schema, index: Any, obj: Any) -> dict[str, Any]:
    """Return the fields of a database object as the writer takes them."""
    prepared = index.full_prepare(obj)
    fields = {
        name: _value(schema[name], value) for name, value in prepared.items() if name in schema
    }
    return fields | {DJANGO_ID: int(prepared[DJANGO_ID])}


def _value(kind: FieldType, value: Any) -> Any:
    """Return a prepared value as the writer takes it for a kind of field."""
    if value is None:
        return None
    if isinstance(kind, IntField):
        return _integer(value)
    if isinstance(kind, KeyField) and isinstance(value, list | tuple | set):
        return tuple(force_str(each) for each in value)
    return force_str(value)


def _integer(value: Any) -> int:
    if isinstance(value, dt.datetime):
        return int(value.strftime("%Y%m%d%H%M%S"))
    if isinstance(value, dt.date):
        return int(value.strftime("%Y%m%d000000"))
    return int(value)


def stored_value(declared: Any, value: Any) -> Any:
    """Return a stored value as Haystack gives it for a declared field."""
    if declared.field_type in {"date", "datetime"}:
        return dt.datetime.strptime(f"{value:014d}", "%Y%m%d%H%M%S")  # noqa: DTZ007 (Haystack gives naive times)
    return declared.convert(value)
