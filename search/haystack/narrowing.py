"""Lines of filters, as `narrow` and `query_facet` take them: source:yi AND price:[10 TO 20].

A line is made of field:value, field:"a value", field:[low TO high] (with braces a bound is left
out, * is open), field:jo* and field:*, joined by AND, OR, NOT and brackets; AND may be left out. A
lookup may be named: price__gte:10. What cannot be read is an error, never a part that is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from haystack import inputs
from haystack.constants import FILTER_SEPARATOR
from whoosh import query as wq

from search.haystack.conditions import CONTENT, Conditions, any_of
from search.haystack.kinds import Decimals, Numbers
from search.index.read.queries.filters import RangeQuery, ValuesQuery

_QUOTE = r'"(?:[^"\\]|\\.)*"'
_END = rf'{_QUOTE}|[^\s"\[\]{{}}]+'
_RANGE = (
    rf"(?P<low>[\[{{])\s*(?P<first>{_END})?\s*\b(?i:TO)\b\s*(?P<last>{_END})?\s*(?P<high>[\]}}])"
)
_TOKEN = re.compile(
    rf"\s*(?:(?P<range>{_RANGE})|(?P<quote>{_QUOTE})|(?P<bracket>[()])"
    r"|(?P<operator>(?:AND|OR|NOT)(?=[\s(]|$))|(?P<field>\w+):|(?P<word>[^\s()\"\[\]{}]+))"
)
_DEEPEST = 50
_ANY_NUMBER = (-(2**64), 2**64)


def in_quotes(value: object) -> str:
    """Return a value as it stands in a line, between quotation marks."""
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def line_of(name: str, lookup: str, value: Any) -> str:
    """Return a condition of a SearchQuerySet as a line that reads alike."""
    if isinstance(value, inputs.Not):
        return f"NOT {line_of(name, lookup, value.query_string)}"
    if isinstance(value, inputs.Exact):
        lookup, value = "exact", value.query_string
    if isinstance(value, inputs.Clean | inputs.AltParser) or value is None:
        raise NotImplementedError(f"narrow by {value!r}: use filter")
    if isinstance(value, inputs.BaseInput):
        value = value.query_string
    start = f"{name}{FILTER_SEPARATOR}{lookup}:"
    if lookup == "range":
        low, high = value
        return f"{name}:[{in_quotes(low)} TO {in_quotes(high)}]"
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        return "(" + " OR ".join(line_of(name, "exact", each) for each in value) + ")"
    return start + in_quotes(value)


def read(line: str, conditions: Conditions) -> tuple[wq.Query, set[str]]:
    """Return the query for a line and the fields it names.

    Raises ValueError for what cannot be read, FieldError for a field that there is not.
    """
    reader = _Reader(line, conditions)
    return reader.whole(), reader.names


@dataclass
class _Reader:
    """A line on its way to a query."""

    line: str
    conditions: Conditions
    names: set[str] = field(default_factory=set)
    _at: int = 0
    _depth: int = 0

    def whole(self) -> wq.Query:
        query = self._any(CONTENT)
        if self._next() is not None:
            raise self._error()
        return query

    def _error(self) -> ValueError:
        return ValueError(f"cannot read the filter {self.line!r} from character {self._at + 1}")

    def _next(self) -> re.Match[str] | None:
        """Return the next token without taking it, None at the end."""
        found = _TOKEN.match(self.line, self._at)
        if found is None and self.line[self._at :].strip():
            raise self._error()
        return found

    def _takes(self, text: str) -> bool:
        found = self._next()
        if found is None or (found["operator"] or found["bracket"]) != text:
            return False
        self._at = found.end()
        return True

    def _any(self, name: str) -> wq.Query:
        parts = [self._all(name)]
        while self._takes("OR"):
            parts.append(self._all(name))
        return any_of(parts)

    def _all(self, name: str) -> wq.Query:
        parts = [self._one(name)]
        while (found := self._next()) and found["operator"] != "OR" and found["bracket"] != ")":
            self._takes("AND")
            parts.append(self._one(name))
        return wq.And(parts) if len(parts) > 1 else parts[0]

    def _one(self, name: str) -> wq.Query:
        if self._takes("NOT"):
            return wq.Not(self._one(name))
        if self._takes("("):
            self._depth += 1
            if self._depth > _DEEPEST:
                raise self._error()
            inner = self._any(name)
            if not self._takes(")"):
                raise self._error()
            self._depth -= 1
            return inner
        found = self._next()
        if found is None or found["operator"] or found["bracket"]:
            raise self._error()
        self._at = found.end()
        if found["field"]:
            return self._of_field(found["field"])
        return self._value(name, "", found)

    def _of_field(self, named: str) -> wq.Query:
        name, _, lookup = named.partition(FILTER_SEPARATOR)
        # Haystack's name for the facet of a field, where the field is its own facet.
        if name not in self.conditions.schema and name.endswith("_exact"):
            name = name.removesuffix("_exact")
        if (found := self._next()) and found["bracket"] == "(" and not lookup:
            return self._one(name)
        # A value may hold a colon, as times do.
        found = re.compile(rf"(?P<range>{_RANGE})|(?P<quote>{_QUOTE})|(?P<word>[^\s()\"]+)").match(
            self.line, self._at
        )
        if found is None:
            raise self._error()
        self._at = found.end()
        return self._value(name, lookup, found)

    def _value(self, name: str, lookup: str, found: re.Match[str]) -> wq.Query:
        self.names.add(name)
        if found["range"]:
            return self._within(name, found)
        ask = self.conditions.query
        if found["quote"]:
            return ask(name, lookup or "exact", _unquoted(found["quote"]))
        word = found["word"]
        if lookup:
            return ask(name, lookup, word)
        if word == "*":
            return wq.Every() if name == CONTENT else self._something(name)
        if "*" in word or "?" in word:
            return self._pattern(name, word)
        return ask(name, "content", inputs.Clean(word))

    def _within(self, name: str, found: re.Match[str]) -> wq.Query:
        first, last = _unquoted(found["first"]), _unquoted(found["last"])
        ask, parts = self.conditions.query, []
        if first is not None:
            parts.append(ask(name, "gte" if found["low"] == "[" else "gt", first))
        if last is not None:
            parts.append(ask(name, "lte" if found["high"] == "]" else "lt", last))
        if not parts:
            return self._something(name)
        return wq.And(parts) if len(parts) > 1 else parts[0]

    def _something(self, name: str) -> wq.Query:
        """Return the query for any value in a field."""
        if isinstance(self.conditions.kinds.get(name), Numbers):
            return RangeQuery(name, *_ANY_NUMBER)
        return ValuesQuery(self.conditions.column(name), lambda _key: True)

    def _pattern(self, name: str, word: str) -> wq.Query:
        if isinstance(self.conditions.kinds.get(name), Numbers | Decimals):
            raise NotImplementedError(f"{name}:{word}: it holds numbers or dates; give a range")
        pattern = word.replace("[", "[[]")
        accepts: Callable[[str], bool] = lambda key: fnmatchcase(key, pattern)  # noqa: E731
        if name != CONTENT and self.conditions.column(name) == name:
            return ValuesQuery(name, accepts)
        inner = word.strip("*")
        if not inner or "*" in inner or "?" in inner:
            raise NotImplementedError(f"{word}: in a text only a * at its begin or end is read")
        ends = (word[0] == "*", word[-1] == "*")
        lookup = {(False, True): "startswith", (True, False): "endswith"}.get(ends, "contains")
        return self.conditions.query(name, lookup, inner)


def _unquoted(text: str | None) -> str | None:
    """Return what a value stands for, None for an open end."""
    if text is None or text == "*":
        return None
    if text.startswith('"'):
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text
