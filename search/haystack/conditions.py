"""One condition of a SearchQuerySet, such as price__gte=3, as a query over the index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import FieldError
from haystack import inputs
from haystack.constants import (
    DJANGO_CT,
    DJANGO_ID,
    FUZZY_WHOOSH_MAX_EDITS,
    FUZZY_WHOOSH_MIN_PREFIX,
    ID,
)
from haystack.fields import IntegerField
from whoosh import query as wq
from whoosh.fields import Schema

from search.haystack.kinds import Decimals, Kind, Numbers, Text
from search.haystack.layout import WHOLE, WORDS
from search.index.format.fields import IntField
from search.index.read.compile import Compiler
from search.index.read.queries.base import BoostedQuery
from search.index.read.queries.filters import KeysQuery, RangeQuery, ValuesQuery
from search.index.read.queries.strings import EdgeQuery, WordsQuery
from search.index.read.terms import is_near
from search.query import Fields, nodes, parse
from search.text.fold import fold

CONTENT = "content"
_LOWEST, _HIGHEST = -(2**64), 2**64
_COMPARING = ("gt", "gte", "lt", "lte", "range")
_WORDING = ("content", "exact", "contains", "in")
_NO_TEXT = "%s__%s: it holds numbers or dates; compare them instead"
_KEY = Numbers(IntegerField())
_is_near = partial(is_near, prefix=FUZZY_WHOOSH_MIN_PREFIX, edits=FUZZY_WHOOSH_MAX_EDITS)


@dataclass(frozen=True)
class Conditions:
    """Makes queries of conditions for one schema and the kinds of its declared fields.

    A line of the visitor's language may name `fields`. `read` turns a line of filters
    (`search.haystack.narrowing`) into a query.
    """

    schema: Schema
    kinds: Mapping[str, Kind]
    compiler: Callable[[bool], Compiler]
    fields: Fields
    read: Callable[[str], wq.Query]

    def query(self, name: str, lookup: str, value: Any) -> wq.Query:
        """Return the query for one condition. FieldError for a field that there is not."""
        tree = self.wording(name, lookup, value)
        if tree is not None:
            return self._boosted(name, self.compiler(restores(value)).compile(tree))
        if isinstance(value, inputs.Not):
            return wq.Not(self.query(name, lookup, inputs.Clean(value.query_string)))
        if lookup == "content" and isinstance(value, inputs.Raw):
            return self.read(f"{name}:{value}")
        if lookup == "content" and isinstance(value, inputs.AutoQuery):
            return self._each(parse(str(value), self.fields).tree, name)
        value = value.query_string if isinstance(value, inputs.BaseInput) else value
        if lookup == "in" or (lookup == "content" and _is_several(value)):
            return any_of(self._single(name, "exact", each) for each in value)
        return self._single(name, lookup, value)

    def wording(self, name: str, lookup: str, value: Any) -> nodes.Node | None:
        """Return what a condition looks for in texts as a tree; None if no tree can say it."""
        if isinstance(value, inputs.AltParser):
            raise NotImplementedError("AltParser: use Raw, or AutoQuery for what a visitor typed")
        _check(name, value)
        kind = self._kind(name)
        if not (name == CONTENT or isinstance(kind, Text)) or lookup not in _WORDING:
            return None
        if lookup == "content" and kind is not None and kind.declared.field_type == "edge_ngram":
            return None
        values = list(value) if lookup == "in" or _is_several(value) else [value]
        if not values:
            return None
        tree = nodes.any_of(self._words(each, lookup) for each in values)
        return tree if name == CONTENT else nodes.in_field(name, tree)

    def _words(self, value: Any, lookup: str) -> nodes.Node:
        """Return what a value looks for in a text: a plain string is the visitor's language."""
        text = str(getattr(value, "query_string", value))
        if isinstance(value, inputs.Not):
            return nodes.negate(self._words(inputs.Clean(text), lookup))
        if lookup != "content" or isinstance(value, inputs.Exact):
            return nodes.Exact(text) if fold(text) else nodes.Everything()
        if isinstance(value, inputs.Clean):
            return nodes.all_of(nodes.Run(word) for word in text.split() if fold(word))
        return parse(text, self.fields).tree

    def column(self, name: str) -> str:
        """Return the field by which a declared field is compared and sorted.

        Raises NotImplementedError for what cannot be: long texts, several values.
        """
        kind = self._kind(name)
        if name == CONTENT or (isinstance(kind, Text) and name + WHOLE not in self.schema):
            raise NotImplementedError(
                f"{name} is not kept as one string; declare a KeyField of it to compare or sort by"
            )
        return name + WHOLE if isinstance(kind, Text) else name

    def _kind(self, name: str) -> Kind | None:
        """Return the kind of a declared field, None for what Haystack adds itself."""
        if name in {CONTENT, ID, DJANGO_CT}:
            return None
        if name == DJANGO_ID:
            return _KEY if isinstance(self.schema[DJANGO_ID], IntField) else None
        if name not in self.kinds:
            there = ", ".join(sorted(self.kinds))
            raise FieldError(f"no field {name!r} is indexed; there are: {there}")
        return self.kinds[name]

    def _single(self, name: str, lookup: str, value: Any) -> wq.Query:
        kind = self._kind(name)
        if isinstance(kind, Numbers):
            return _number(kind, name, lookup, value)
        if isinstance(kind, Decimals) and lookup not in {*_COMPARING, "content", "exact"}:
            raise NotImplementedError(_NO_TEXT % (name, lookup))
        if name != CONTENT and not isinstance(kind, Text):
            return _key(name, lookup, value, self.schema[name].order)
        if lookup in _COMPARING:
            column = self.column(name)
            return _key(column, lookup, value, self.schema[column].order)
        if lookup in {"exact", "in"}:
            return wq.NullQuery
        parts = [self._part(name, lookup, each) for each in str(value).split()]
        return self._boosted(name, wq.And(parts)) if parts else wq.Every()

    def _part(self, name: str, lookup: str, part: str) -> wq.Query:
        """Return the query for what begins, ends or resembles a word of a text."""
        folded = fold(part)
        if not folded:
            return wq.Every()
        queries: list[wq.Query] = []
        for field in self.compiler(True).textfields if name == CONTENT else (name,):
            in_words = partial(WordsQuery, field, field + WORDS)
            match lookup:
                case "content" | "startswith":
                    queries += [in_words(folded), EdgeQuery(field, folded)]
                case "endswith":
                    queries.append(in_words("", lambda word: word.endswith(folded)))
                    queries.append(EdgeQuery(field, folded, end=True))
                case "fuzzy" if field + WORDS not in self.schema:
                    raise NotImplementedError(
                        f"{field}__fuzzy: its words are not kept; declare a CharField of it"
                    )
                case "fuzzy":
                    queries.append(in_words(folded[:1], lambda word: _is_near(word, folded)))
        return any_of(queries)

    def _boosted(self, name: str, query: wq.Query) -> wq.Query:
        kind = self.kinds.get(name)
        factor = float(kind.declared.boost) if isinstance(kind, Text) else 1.0
        return query if factor == 1.0 else BoostedQuery(query, factor)

    def _each(self, tree: nodes.Node, name: str) -> wq.Query:
        """Return what a visitor's line asks of a field that holds no text."""
        match tree:
            case nodes.Everything():
                return wq.Every()
            case nodes.Run(text) | nodes.Exact(text):
                return self._single(name, "exact", text)
            case nodes.And(children):
                return wq.And([self._each(child, name) for child in children])
            case nodes.Or(children):
                return wq.Or([self._each(child, name) for child in children])
            case nodes.Not(child):
                return wq.Not(self._each(child, name))
        raise NotImplementedError(f"{name} holds no text: ask for its values, or search content")


def restores(value: Any) -> bool:
    """Say whether masked spellings are read back for a value."""
    return bool(getattr(value, "kwargs", {}).get("restore", True))


def any_of(queries: Iterable[wq.Query]) -> wq.Query:
    """Return the query for what any of some queries finds."""
    parts = list(queries)
    if not parts:
        return wq.NullQuery
    return wq.Or(parts) if len(parts) > 1 else parts[0]


def _check(name: str, value: Any) -> None:
    """Refuse what would be looked for as the word None, or be gone when it is read again."""
    if isinstance(value, Iterator):
        raise ValueError(f"{name}: an iterator can be read only once; give a list")
    if value is None or (_is_several(value) and any(each is None for each in value)):
        raise ValueError(f"{name}: None is no value to look for; narrow by NOT {name}:*")


def _is_several(value: Any) -> bool:
    return hasattr(value, "__iter__") and not isinstance(value, str | bytes)


def _number(kind: Numbers, name: str, lookup: str, value: Any) -> wq.Query:
    match lookup:
        case "gt":
            return RangeQuery(name, kind.at_most(value) + 1, _HIGHEST)
        case "gte":
            return RangeQuery(name, kind.at_least(value), _HIGHEST)
        case "lt":
            return RangeQuery(name, _LOWEST, kind.at_least(value) - 1)
        case "lte":
            return RangeQuery(name, _LOWEST, kind.at_most(value))
        case "range":
            low, high = value
            return RangeQuery(name, kind.at_least(low), kind.at_most(high))
        case "content" | "exact":
            return RangeQuery(name, kind.at_least(value), kind.at_most(value))
    raise NotImplementedError(_NO_TEXT % (name, lookup))


def _key(name: str, lookup: str, value: Any, order: Callable[[str], Any]) -> wq.Query:
    if lookup == "range":
        low, high = (order(str(each)) for each in value)
        return ValuesQuery(name, lambda key: bool(low <= order(key) <= high))
    text = str(value)
    if lookup in _COMPARING or order(text) != text:
        place = order(text)
        tests: dict[str, Callable[[str], bool]] = {
            "gt": lambda key: bool(order(key) > place),
            "gte": lambda key: bool(order(key) >= place),
            "lt": lambda key: bool(order(key) < place),
            "lte": lambda key: bool(order(key) <= place),
            "content": lambda key: bool(order(key) == place),
            "exact": lambda key: bool(order(key) == place),
        }
        if lookup in tests:
            return ValuesQuery(name, tests[lookup])
    match lookup:
        case "startswith":
            return ValuesQuery(name, lambda key: key.startswith(text))
        case "endswith":
            return ValuesQuery(name, lambda key: key.endswith(text))
        case "contains":
            return ValuesQuery(name, lambda key: text in key)
        case "fuzzy":
            return ValuesQuery(name, lambda key: _is_near(key, text))
    return KeysQuery(name, (text,))
