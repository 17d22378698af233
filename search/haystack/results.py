"""What was found as Haystack's SearchResults, with stored values and marked passages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.encoding import force_str
from haystack.constants import ID
from haystack.models import SearchResult
from haystack.utils.app_loading import haystack_get_model

from search.backend import identity
from search.haystack.kinds import Kind
from search.highlight import Highlighter
from search.index.read.find import Found
from search.index.read.snapshot import Snapshot
from search.query import Node


def results(
    indexes: Any,
    kinds: Mapping[str, Kind],
    snapshot: Snapshot,
    found: Found,
    result_class: type,
    marked: Node | None,
) -> list[SearchResult]:
    """Return the results of what was found, which must come from `snapshot`.

    `indexes` is Haystack's collection of them, `kinds` are those of their fields. With `marked` each
    result has passages in which what that tree looks for is marked. Results of models that are not
    installed any more are left out.
    """
    shown = []
    stored = [snapshot.stored(int(number)) for number in found.given]
    answer = found.answer
    for (label, key), score, values in zip(answer.keys, answer.scores, stored, strict=True):
        app, model_name = label.split(".")
        model = haystack_get_model(app, model_name)
        if model is None:
            continue
        extra = {ID: identity((label, key))} | {
            name: kinds[name].give(value) for name, value in values.items() if name in kinds
        }
        result = result_class(app, model_name, str(key), score, **extra)
        if marked is not None:
            result.highlighted = _highlighted(indexes.get_index(model), result.object, marked)
        shown.append(result)
    return shown


def _highlighted(index: Any, obj: Any, tree: Node) -> dict[str, list[str]]:
    """Return {main field: passages of it as HTML}; passages of nothing if the object is gone."""
    name = index.get_content_field()
    text = force_str(index.prepare(obj).get(name) or "") if obj else ""
    return {name: Highlighter("", text, tree).snippets()}
