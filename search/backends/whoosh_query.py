"""SearchQuerySet's filters as queries over the index."""

from __future__ import annotations

from typing import Any

from haystack.backends import BaseSearchQuery, SearchNode
from haystack.inputs import Exact as ExactInput
from haystack.inputs import PythonData
from whoosh import query as wq

from search.query import nodes, parse
from search.text.fold import fold
from search.whoosh.fields import IntField, TextField
from search.whoosh.filters import KeysQuery, PrefixQuery, RangeQuery

_LOWEST, _HIGHEST = -(2**62), 2**62


class WhooshSearchQuery(BaseSearchQuery):
    """Builds the query of a SearchQuerySet.

    A string given for a text field is the visitor's language (`search.query`); `Exact` and the
    lookups `exact`, `contains`, `startswith`, `endswith` take it as it stands. An input with
    `restore=False` (`raw_search("党员", restore=False)`) does not read masked spellings back.
    """

    def build_query(self) -> wq.Query | nodes.Node:
        """Return the query; a search of nothing but texts stays a tree, which can be marked."""
        if self._raw_query is not None:
            return parse(self._raw_query).tree
        children = self.query_filter.children
        if not children:
            return nodes.Everything()
        tree = self._tree(self.query_filter)
        return tree if tree is not None else self._combined(self.query_filter)

    def build_params(self, spelling_query: str | None = None) -> dict[str, Any]:
        """Add what is to be marked: of a query on texts and other fields, what it looks for in texts."""
        kwargs: dict[str, Any] = super().build_params(spelling_query)
        if self.highlight:
            kwargs["marked"] = self._tree(self.query_filter, texts_only=True)
        return kwargs

    def __str__(self) -> str:
        return str(self.build_query())

    def _tree(self, node: SearchNode, *, texts_only: bool = False) -> nodes.Node | None:
        """Return the conditions as a tree of the language, if all are on texts and read alike.

        With `texts_only` the others are left out.
        """
        parts: list[nodes.Node] = []
        for child in node.children:
            if isinstance(child, SearchNode):
                part = self._tree(child, texts_only=texts_only)
            else:
                expression = self.query_filter.split_expression(child[0])
                alike = texts_only or _restores(child[1])
                part = self._wording(expression, child[1]) if alike else None
            if part is not None:
                parts.append(part)
            elif not texts_only:
                return None
        if not parts:
            return None
        joined = nodes.any_of(parts) if node.connector == node.OR else nodes.all_of(parts)
        return nodes.negate(joined) if node.negated else joined

    def _combined(self, node: SearchNode) -> wq.Query:
        parts = [
            self._combined(child)
            if isinstance(child, SearchNode)
            else self._condition(self.query_filter.split_expression(child[0]), child[1])
            for child in node.children
        ]
        joined = parts[0]
        if len(parts) > 1:
            joined = wq.Or(parts) if node.connector == node.OR else wq.And(parts)
        return wq.Not(joined) if node.negated else joined

    def _condition(self, expression: tuple[str, str], value: Any) -> wq.Query:
        wording = self._wording(expression, value)
        if wording is not None:
            return self.backend.compiler(restore=_restores(value)).compile(wording)
        name, lookup = expression
        field_name = self.backend.unified_index().get_index_fieldname(name)
        if isinstance(self.backend.schema()[field_name], IntField):
            return _integers(field_name, lookup, value)
        return _keys(field_name, lookup, value)

    def _wording(self, expression: tuple[str, str], value: Any) -> nodes.Node | None:
        """Return what a condition looks for in texts as a tree; None if it is on another kind of field."""
        name, lookup = expression
        field_name = self.backend.unified_index().get_index_fieldname(name)
        if name != "content" and not isinstance(self.backend.schema()[field_name], TextField):
            return None
        values = value if lookup == "in" else [value]
        tree = nodes.any_of(self._strings(each, lookup) for each in values)
        return tree if name == "content" else nodes.Scope(field_name, tree)

    def _strings(self, value: Any, lookup: str) -> nodes.Node:
        if isinstance(value, ExactInput) or lookup != "content":
            return _exact(_text(value))
        return parse(_text(value)).tree


def narrowed(narrow: str) -> dict[str, tuple[str, ...]]:
    """Return {field: values} for "field:value", "field:a OR field:b" or 'field:"a value"'."""
    chosen: dict[str, tuple[str, ...]] = {}
    for part in narrow.strip("() ").split(" OR "):
        name, _, value = part.strip().partition(":")
        name = name.removesuffix("_exact")  # Haystack's name for the facet of a field
        chosen[name] = (*chosen.get(name, ()), value.strip('"() '))
    return chosen


def _restores(value: Any) -> bool:
    return bool(getattr(value, "kwargs", {}).get("restore", True))


def _text(value: Any) -> str:
    return str(getattr(value, "query_string", value))


def _exact(text: str) -> nodes.Node:
    return nodes.Exact(text) if fold(text) else nodes.Everything()


def _plain(value: Any) -> Any:
    return (
        value.query_string
        if isinstance(value, PythonData)
        else getattr(value, "query_string", value)
    )


def _integers(name: str, lookup: str, value: Any) -> wq.Query:
    value = _plain(value)
    match lookup:
        case "gt":
            return RangeQuery(name, number(value) + 1, _HIGHEST)
        case "gte":
            return RangeQuery(name, number(value), _HIGHEST)
        case "lt":
            return RangeQuery(name, _LOWEST, number(value) - 1)
        case "lte":
            return RangeQuery(name, _LOWEST, number(value))
        case "range":
            low, high = value
            return RangeQuery(name, number(low), number(high))
        case "in":
            return wq.Or([RangeQuery(name, number(each), number(each)) for each in value])
    return RangeQuery(name, number(value), number(value))


def number(value: Any) -> int:
    """Return a number, date or time as the index keeps it (YYYYMMDDhhmmss)."""
    if hasattr(value, "strftime"):
        return int(value.strftime("%Y%m%d%H%M%S"))
    return int(value)


def _keys(name: str, lookup: str, value: Any) -> wq.Query:
    value = _plain(value)
    match lookup:
        case "in":
            return KeysQuery(name, tuple(str(each) for each in value))
        case "startswith":
            return PrefixQuery(name, str(value))
        case "contains" | "endswith" | "fuzzy":
            return PrefixQuery(name, str(value), anywhere=True)
        case "gt" | "gte" | "lt" | "lte" | "range":
            low, high = _bounds(lookup, value)
            return PrefixQuery(name, "", low=low, high=high)
    return KeysQuery(name, (str(value),))


def _bounds(lookup: str, value: Any) -> tuple[str, str]:
    """Return the lowest and highest key, both included; "" is open."""
    if lookup == "range":
        low, high = value
        return str(low), str(high)
    if lookup in {"gt", "gte"}:
        return str(value) + ("\0" if lookup == "gt" else ""), ""
    return "", str(value) if lookup == "lte" else _just_below(str(value))


def _just_below(value: str) -> str:
    return value[:-1] + chr(ord(value[-1]) - 1) + "\U0010ffff" if value else value
