"""What the index on Whoosh is made of, from what Haystack's index classes declare."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from haystack.constants import DJANGO_CT, DJANGO_ID, ID
from whoosh.fields import FieldType, Schema

from search.backend import Document, Value
from search.haystack.declaration import Declared
from search.haystack.kinds import Decimals, Floats, Keys, Kind, Numbers, Text
from search.haystack.verbatim import verbatim
from search.index.format.fields import (
    DecimalField,
    FloatField,
    IntField,
    KeyField,
    TextField,
    WholeField,
)
from search.index.read.compile import Layout
from search.index.read.terms import separate_words

# Behind the name of a text field: the fields that keep it as one string, and its words as they are
# spelt. No declared name holds "__".
WHOLE, WORDS = "__whole", "__words"


def layout(declared: Declared) -> Layout:
    """Return what the index is made of. What values are called is asked by each query: it may change."""
    return Layout(
        _schema(declared),
        declared.content,
        declared.searched,
        partial(verbatim, declared.unified),
        declared.names,
        title=declared.title,
        date=declared.date,
    )


def _schema(declared: Declared) -> Schema:
    fields: dict[str, FieldType] = {
        ID: KeyField(unique=True, stored=True, facet=False),
        DJANGO_CT: KeyField(stored=True),
        DJANGO_ID: (IntField if declared.integer_keys else KeyField)(stored=True),
    }
    for name, kind in declared.kinds.items():
        fields |= {name: _field(kind), **dict(_companions(name, kind))}
    return Schema(**fields)


def _field(kind: Kind) -> FieldType:
    """Return what keeps the values of a declared field."""
    stored = kind.declared.stored
    match kind:
        case Text():
            return TextField(stored=stored)
        case Decimals():
            return DecimalField(stored=stored)
        case Floats():
            return FloatField(stored=stored)
        case Numbers():
            return IntField(stored=stored)
        case Keys() if getattr(kind.declared, "terms_only", False):
            return KeyField(stored=False, facet=False)
    return KeyField(stored=stored)


def _companions(name: str, kind: Kind) -> Iterator[tuple[str, FieldType]]:
    """Yield the fields that keep a text a second time, otherwise.

    Its words, to be found by their beginnings, and if it is no long text one string to sort by and to
    compare. Our own kind of text has neither, to be small.
    """
    if isinstance(kind, Text) and not kind.is_ours:
        yield name + WORDS, KeyField(facet=False)
        if not kind.declared.document and kind.declared.field_type == "string":
            yield name + WHOLE, WholeField()


def with_companions(schema: Schema, document: Document) -> Document:
    """Return a document with what its texts are kept as beside."""
    beside: dict[str, Value] = {}
    for name, value in document.items():
        if name + WHOLE in schema:
            beside[name + WHOLE] = value
        if name + WORDS in schema:
            beside[name + WORDS] = separate_words(str(value))
    return {**document, **beside}
