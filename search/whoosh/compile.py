"""From the visitor's tree to a query over the index."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from whoosh import query as wq

from search.query import nodes
from search.text.fold import fold
from search.whoosh.filters import DatesQuery, KeyWordsQuery
from search.whoosh.leaves import ExactQuery, PlacesQuery
from search.whoosh.run import TITLE_WEIGHT, RunQuery
from search.whoosh.verified import VerifiedQuery

Verify = Callable[[nodes.Exact, tuple[str, ...], Collection[int]], Iterable[int]]


def _nothing(_exact: nodes.Exact, _fields: tuple[str, ...], _keys: Collection[int]) -> list[int]:
    return []


@dataclass(frozen=True)
class Compiler:
    """Turns trees into queries for one schema.

    `textfields` are searched by default. `keyfields` maps the scopes of the language to fields of
    keys; `labels` gives for such a field the words that a value is shown as. `verify` is given a
    strict string, fields and document keys and returns those keys whose original text has it.
    """

    textfields: tuple[str, ...] = ("title", "text")
    keyfields: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    datefield: str = "date"
    keyfield: str = "django_id"
    restore: bool = True
    verify: Verify = _nothing

    def compile(self, node: nodes.Node, fields: tuple[str, ...] | None = None) -> wq.Query:
        """Return the query for a tree, looking in `fields` (default: all text fields)."""
        fields = fields or self.textfields
        match node:
            case nodes.Everything():
                return wq.Every()
            case nodes.Run(text):
                return RunQuery(text, fields, self.restore)
            case nodes.Exact(text, strict):
                exact = self._exact(text, fields)
                return self._strict(exact, node, fields) if strict else exact
            case nodes.Pattern() | nodes.Near() | nodes.Same():
                return self._any([self._places(name, node) for name in fields])
            case nodes.And(children):
                return wq.And([self.compile(child, fields) for child in children])
            case nodes.Or(children):
                return wq.Or([self.compile(child, fields) for child in children])
            case nodes.Not(child):
                return wq.Not(self.compile(child, fields))
            case nodes.Dates(first, last):
                return DatesQuery(self.datefield, *date_range(first, last))
            case nodes.Scope(name, child) if name in self.textfields:
                return self.compile(child, (name,))
            case nodes.Scope(name, child) if name in self.keyfields:
                return self._keys(name, child)
        return wq.NullQuery

    def _keys(self, name: str, node: nodes.Node) -> wq.Query:
        """Return the query for a tree within a field of keys: each string may be met by another key."""
        match node:
            case nodes.And(children):
                return wq.And([self._keys(name, child) for child in children])
            case nodes.Or(children):
                return wq.Or([self._keys(name, child) for child in children])
            case nodes.Not(child):
                return wq.Not(self._keys(name, child))
            case nodes.Run() | nodes.Exact() | nodes.Pattern():
                return KeyWordsQuery(self.keyfields[name], node, self.labels.get(name, str))
        return self.compile(node)

    def _exact(self, text: str, fields: tuple[str, ...]) -> wq.Query:
        folded = fold(text)
        return self._any([ExactQuery(name, folded, self.restore, _boost(name)) for name in fields])

    def _strict(self, exact: wq.Query, node: nodes.Exact, fields: tuple[str, ...]) -> wq.Query:
        return VerifiedQuery(exact, self.keyfield, lambda keys: self.verify(node, fields, keys))

    def _places(self, name: str, node: nodes.Node) -> PlacesQuery:
        return PlacesQuery(name, node, self.restore, _boost(name))

    @staticmethod
    def _any(queries: list[wq.Query]) -> wq.Query:
        return queries[0] if len(queries) == 1 else wq.Or(queries)


def _boost(name: str) -> float:
    return TITLE_WEIGHT if name == "title" else 1.0


def date_range(first: str, last: str) -> tuple[int, int]:
    """Return the integers YYYYMMDDhhmmss that two partial ISO dates ("" is open) stand for."""
    low = "".join(c for c in first if c.isdigit()).ljust(14, "0")
    high = "".join(c for c in last if c.isdigit()).ljust(14, "9")
    return (int(low) if first else 1), (int(high) if last else 10**15)
