"""What an index is made of, and from the visitor's tree to a query over it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Protocol

import numpy as np
from whoosh import query as wq
from whoosh.fields import Schema

from search.backend import Names, Object, identity
from search.index import ranking
from search.index.format.fields import KeyField, TextField
from search.index.read.find import identities
from search.index.read.queries.filters import DatesQuery, KeyWordsQuery
from search.index.read.queries.run import RunQuery
from search.index.read.queries.spans import SpanQuery, needed
from search.index.read.queries.strings import ExactQuery
from search.index.read.queries.verified import Confirm, VerifiedQuery
from search.index.read.snapshot import Snapshot
from search.index.sets import Bits, Documents
from search.query import nodes
from search.text.fold import fold

Verify = Callable[[nodes.Node, tuple[str, ...]], Confirm]


def _unverified(_node: nodes.Node, _fields: tuple[str, ...]) -> Confirm:
    return lambda _snapshot, documents: np.zeros(len(documents), bool)


def _nameless(_values: Collection[str]) -> Mapping[str, Collection[str]]:
    return {}


@dataclass(frozen=True)
class Compiler:
    """Turns trees into queries for one schema.

    `textfields` are searched by default, `named` only by their names. `keyfields` maps the scopes of
    the language to fields of keys; `names` gives for such a field what a value is called. What stands
    in `titlefield` weighs more. `verify` is given a tree with strict strings and fields, and returns
    what tells of which documents it is true.
    Documents that `scope` leaves out need not be found: nothing costly is done for them.
    """

    textfields: tuple[str, ...] = ("title", "text")
    named: tuple[str, ...] = ()
    keyfields: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, Names] = field(default_factory=dict)
    titlefield: str = "title"
    datefield: str = "date"
    restore: bool = True
    relaxed: bool = True
    verify: Verify = _unverified
    scope: tuple[wq.Query, ...] = ()

    def compile(self, node: nodes.Node, fields: tuple[str, ...] | None = None) -> wq.Query:
        """Return the query for a tree, looking in `fields` (default: all text fields)."""
        fields = fields or self.textfields
        match node:
            case nodes.Everything():
                return wq.Every()
            case nodes.Run(text):
                return RunQuery(text, fields, self.titlefield, self.restore, self.relaxed)
            case nodes.Exact() | nodes.Near() | nodes.Same() if _has_strict(node):
                return self._verified(node, fields)
            case nodes.Exact(text):
                return self._any([self._exact(name, fold(text)) for name in fields])
            case nodes.Pattern() | nodes.Near() | nodes.Same():
                return self._any([self._spans(name, node) for name in fields])
            case nodes.And(children):
                return wq.And([self.compile(child, fields) for child in children])
            case nodes.Or(children):
                return wq.Or([self.compile(child, fields) for child in children])
            case nodes.Not(child):
                return wq.Not(self.compile(child, fields))
            case nodes.Dates(first, last):
                return DatesQuery(self.datefield, first.earliest, last.latest)
            case nodes.InField(name, child) if name in self.textfields or name in self.named:
                return self.compile(child, (name,))
            case nodes.InField(name, child) if name in self.keyfields:
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
            case nodes.Everything() | nodes.Dates() | nodes.InField():
                return self.compile(node)
        return KeyWordsQuery(self.keyfields[name], node, self.names.get(name, _nameless))

    def _exact(self, name: str, folded: str) -> wq.Query:
        return ExactQuery(name, folded, self.restore, self._weight(name))

    def _weight(self, name: str) -> float:
        return ranking.field_weight(name, self.titlefield)

    def _verified(self, node: nodes.Node, fields: tuple[str, ...]) -> wq.Query:
        """Return the query for what holds strict strings: the index is folded and finds candidates."""
        candidates = self._any([needed(node, partial(self._exact, name)) for name in fields])
        return VerifiedQuery(wq.And([candidates, *self.scope]), self.verify(node, fields))

    def _spans(self, name: str, node: nodes.Node) -> SpanQuery:
        return SpanQuery(name, node, self.restore, self._weight(name), self.scope)

    @staticmethod
    def _any(queries: list[wq.Query]) -> wq.Query:
        return queries[0] if len(queries) == 1 else wq.Or(queries)


class Verbatim(Protocol):
    """Reads texts as they were written; the index has folded them."""

    def __call__(
        self, objects: Iterable[Object], node: nodes.Node, fields: Sequence[str], restore: bool
    ) -> set[str]:
        """Return the identities of those objects of which a tree is true in one of some fields."""
        ...


@dataclass(frozen=True)
class Layout:
    """What an index is made of.

    `text` is the main text field, `searched` are those in which a query looks that names none.
    `names` gives for a field of keys what its values are called. `verbatim` decides 原样. What stands
    in the field `title` counts more; of equals the latest in the field `date` comes first.
    """

    schema: Schema
    text: str
    searched: tuple[str, ...]
    verbatim: Verbatim
    names: Mapping[str, Names] = field(default_factory=dict)
    title: str = "title"
    date: str = "date"

    def compiler(
        self, *, restore: bool, scope: tuple[wq.Query, ...] = (), relaxed: bool = True
    ) -> Compiler:
        """Return what turns trees into queries; what `scope` leaves out need not be found.

        Of a remembered sentence most is enough if they are `relaxed`.
        """
        return replace(
            self._compiler,
            restore=restore,
            relaxed=relaxed,
            verify=partial(self._verify, restore=restore),
            scope=scope,
        )

    @cached_property
    def _compiler(self) -> Compiler:
        kinds = self.schema.items()
        return Compiler(
            textfields=self.searched,
            named=tuple(name for name, kind in kinds if isinstance(kind, TextField)),
            keyfields={name: name for name, kind in kinds if isinstance(kind, KeyField)},
            names=self.names,
            titlefield=self.title,
            datefield=self.date,
        )

    def _verify(self, node: nodes.Node, fields: tuple[str, ...], *, restore: bool) -> Confirm:
        """Return what reads of which documents a tree with strict strings is true."""

        def confirm(snapshot: Snapshot, documents: Documents) -> Bits:
            objects = identities(snapshot, documents)
            found = self.verbatim(objects, node, fields, restore)
            named = (identity(each) in found for each in objects)
            return np.fromiter(named, bool, len(objects))

        return confirm


def _has_strict(node: nodes.Node) -> bool:
    """Say whether a tree looks for original characters, or excludes what has them."""
    match node:
        case nodes.Exact(_, strict):
            return strict
        case nodes.Not(child):
            return _has_strict(child)
        case (
            nodes.And(children)
            | nodes.Or(children)
            | nodes.Near(children)
            | nodes.Same(_, children)
        ):
            return any(map(_has_strict, children))
    return False
