"""What an index is made of, from what Haystack's index classes declare; values on the way in and out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import IntegerField
from haystack.constants import DJANGO_CT, DJANGO_ID, ID
from whoosh.fields import FieldType, Schema

from search.haystack.kinds import WHOLE, WORDS, Kind, Text, kind_of
from search.index.format.fields import IntField, KeyField
from search.index.read.terms import separate_words


def build_schema(fields: Mapping[str, Any], models: Iterable[Any] = ()) -> tuple[str, Schema]:
    """Return the name of the main text field and the schema for Haystack's `fields`.

    `models` are those that are indexed: keys that are no integers are kept as strings.
    """
    integers = all(isinstance(_key_field(model), IntegerField) for model in models)
    schema: dict[str, FieldType] = {
        ID: KeyField(unique=True, stored=True, facet=False),
        DJANGO_CT: KeyField(stored=True),
        DJANGO_ID: IntField(stored=True) if integers else KeyField(stored=True),
    }
    content = ""
    for declared in fields.values():
        name = declared.index_fieldname
        if declared.document:
            content = name
        kind = kind_of(declared)
        schema[name] = kind.field()
        if isinstance(kind, Text):
            schema |= {name + suffix: field for suffix, field in kind.beside().items()}
    return content, Schema(**schema)


def _key_field(model: Any) -> Any:
    """Return the field of a model's key; that of its parent where it is the link to it."""
    field = model._meta.pk
    while field.remote_field:
        field = field.target_field
    return field


def document(schema: Schema, kinds: Mapping[str, Kind], index: Any, obj: Any) -> dict[str, Any]:
    """Return the fields of a database object as the writer takes them."""
    prepared = index.full_prepare(obj)
    fields = {
        ID: prepared[ID],
        DJANGO_CT: prepared[DJANGO_CT],
        DJANGO_ID: kept_key(schema, prepared[DJANGO_ID]),
    }
    for name, value in prepared.items():
        if name in kinds and value is not None:
            fields[name] = kinds[name].keep(value)
            if name + WHOLE in schema:
                fields[name + WHOLE] = fields[name]
            if name + WORDS in schema:
                fields[name + WORDS] = separate_words(fields[name])
    return fields


def kept_key(schema: Schema, key: Any) -> Any:
    """Return the key of an object as its field in the index keeps it."""
    return int(key) if isinstance(schema[DJANGO_ID], IntField) else str(key)
