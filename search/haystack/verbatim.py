"""What only the original text can decide (原样): read it in the database, where the index is folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from search.backend import Object, identity
from search.highlight import holds
from search.query import Exact, Node
from search.text.fold import marker_spans

# Databases bound the values of a statement.
_READ = 500


def verbatim(
    indexes: Any, objects: Iterable[Object], node: Node, fields: Sequence[str], restore: bool
) -> set[str]:
    """Return the identities of those of some objects of which `node` is true in one of some fields.

    `indexes` is Haystack's collection of them; what is read is what they prepare for these fields.
    """
    wanted: dict[str, list[Any]] = {}
    for label, key in objects:
        wanted.setdefault(label, []).append(key)
    found = set()
    for model, index in indexes.get_indexes().items():
        label = model._meta.label_lower
        keys = wanted.get(label, [])
        for at in range(0, len(keys), _READ):
            for obj in index.index_queryset().filter(pk__in=keys[at : at + _READ]).iterator():
                texts = (_text(index, obj, name) for name in fields)
                if any(_is_true(node, text, restore) for text in texts):
                    found.add(identity((label, obj.pk)))
    return found


def _text(index: Any, obj: Any, name: str) -> str:
    """Return one field of what the index prepares, without preparing all the others."""
    for own_name, declared in index.fields.items():
        if declared.index_fieldname == name:
            prepare = getattr(index, f"prepare_{own_name}", declared.prepare)
            return prepare(obj) or ""
    return ""


def _is_true(node: Node, text: str, restore: bool) -> bool:
    if isinstance(node, Exact) and node.strict and not marker_spans(text):
        return node.text in text
    return holds(text, node, restore=restore)
