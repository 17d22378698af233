"""The documents of the suite as the index on Whoosh keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from whoosh.fields import Schema

from search.backend import Object
from search.highlight import holds
from search.index.format.fields import IntField, KeyField, TextField
from search.index.read.compile import Layout
from search.query import Node
from tests.search.contract.suite import DOCUMENTS

SCHEMA = Schema(
    id=KeyField(unique=True, stored=True, facet=False),
    django_ct=KeyField(),
    django_id=IntField(),
    title=TextField(),
    text=TextField(),
    source=KeyField(),
    tag=KeyField(),
    year=KeyField(),
    month=KeyField(),
    words=KeyField(facet=False),
    date=IntField(),
)


def verbatim(
    objects: Iterable[Object], node: Node, fields: Sequence[str], restore: bool
) -> set[str]:
    """What the database would say of 原样: the suite's documents are all there is."""
    wanted = {f"{label}.{key}" for label, key in objects}
    return {
        each["id"]
        for each in DOCUMENTS
        if each["id"] in wanted and any(holds(each[name], node) for name in fields)
    }


def layout() -> Layout:
    """What the index is made of."""
    return Layout(SCHEMA, "text", ("title", "text"), verbatim)
