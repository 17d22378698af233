"""The values a query is made of, the few ways of putting them together, and how a tree is printed.

A tree is built by `search.query.parse`, printed by `unparse` as a line that reads back as the same tree,
and carried out by the engine.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from search.query.fields import DATES, STRICT, Fields
from search.query.lexer import operator
from search.query.quotes import quoted
from search.query.words import UNIT_NAMES
from search.text.dates import PartialDate


@dataclass(frozen=True, slots=True)
class Run:
    """A term typed without blanks: the run itself first, its words scattered after it."""

    text: str


@dataclass(frozen=True, slots=True)
class Exact:
    """A quoted string, compared folded; `strict` compares original characters, punctuation too."""

    text: str
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A run holding `?` (any one character) or `*` (up to 30 characters of the same sentence)."""

    text: str


@dataclass(frozen=True, slots=True)
class Dates:
    """Documents dated within [first, last], as far as their dates are known; an unknown end is open."""

    first: PartialDate
    last: PartialDate


@dataclass(frozen=True, slots=True)
class Everything:
    """The empty query."""


@dataclass(frozen=True, slots=True)
class Not:
    """Documents without the child; alone it means everything but those."""

    child: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of at least two different children, none of them an And."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of at least two different children, none of them an Or."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """Each child at most `distance` folded characters from the next one, in any order or `ordered`.

    Two or more children; each is a Run (read as one piece), an Exact, a Pattern or an Or of these.
    One place of each child serves both its neighbours; places of neighbours do not overlap.
    """

    children: tuple[Node, ...]
    distance: int
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Same:
    """All children within one `unit` ("sentence" or "paragraph"); a Run is read as one piece.

    Below it stand only Run, Exact, Pattern, And, Or, Near, and Not beside something positive.
    """

    unit: str
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class InField:
    """The child is looked for in one field only: by its name.

    One further inside wins for its own part.
    """

    field: str
    child: Node


Leaf: TypeAlias = Run | Exact | Pattern
Node: TypeAlias = Leaf | Dates | Everything | Not | And | Or | Near | Same | InField


def all_of(nodes: Iterable[Node]) -> Node:
    """The conjunction in normal form: flat, without repetition, unwrapped when it is of one."""
    children = dict.fromkeys(
        child for node in nodes for child in (node.children if isinstance(node, And) else (node,))
    )
    children.pop(Everything(), None)
    if not children:
        return Everything()
    return And(tuple(children)) if len(children) > 1 else next(iter(children))


def any_of(nodes: Iterable[Node]) -> Node:
    """The disjunction in normal form; Everything in it is a part that says nothing."""
    children = dict.fromkeys(
        child for node in nodes for child in (node.children if isinstance(node, Or) else (node,))
    )
    children.pop(Everything(), None)
    if not children:
        return Everything()
    return Or(tuple(children)) if len(children) > 1 else next(iter(children))


def negate(node: Node) -> Node:
    """The complement without a double Not; that of Everything, which nobody asks for, is itself."""
    if isinstance(node, Everything):
        return node
    return node.child if isinstance(node, Not) else Not(node)


def in_field(field: str, node: Node) -> Node:
    """The node limited to a field; a Not goes outside and what has its own field keeps it."""
    match node:
        case Everything() | InField() | Dates():
            return node
        case Not(child):
            return negate(in_field(field, child))
    return InField(field, node)


def leaves(tree: Node, *, but_of: Container[str] = ()) -> Iterator[Leaf]:
    """The strings a tree looks for, from left to right, without what it excludes and some fields."""
    match tree:
        case Run() | Exact() | Pattern():
            yield tree
        case And(children) | Or(children) | Near(children) | Same(_, children):
            for child in children:
                yield from leaves(child, but_of=but_of)
        case InField(field, child) if field not in but_of:
            yield from leaves(child, but_of=but_of)


def unparse(tree: Node, fields: Fields) -> str:
    """The tree as a visitor would type it. Brackets stand wherever And and Or meet."""
    match tree:
        case Everything():
            return ""
        case Run(text) | Pattern(text):
            return text
        case Exact(text, strict):
            return (f"{fields.words[STRICT]}:" if strict else "") + quoted(text)
        case Dates(first, last):
            return f"{fields.words[DATES]}:{first if first == last else f'{first}..{last}'}"
        case Not(child):
            return "-" + _bracketed(child, fields, And, Or, Near)
        case And(children):
            return _joined(" ", children, fields, Or)
        case Or(children):
            return _joined(" OR ", children, fields, And)
        case Near(children, distance, ordered):
            return _joined(f" {'THEN' if ordered else 'NEAR'}/{distance} ", children, fields, Or)
        case Same(unit, children):
            content = children[0] if len(children) == 1 else And(children)
            return f"{UNIT_NAMES[unit]}({unparse(content, fields)})"
    return f"{fields.words[tree.field]}:" + _bracketed(tree.child, fields, And, Or, Near)


def _joined(between: str, children: Iterable[Node], fields: Fields, *loose: type[Node]) -> str:
    return between.join(_bracketed(child, fields, *loose) for child in children)


def _bracketed(node: Node, fields: Fields, *loose: type[Node]) -> str:
    """The node printed, in brackets if it is of a kind that would fall apart here."""
    line = unparse(node, fields)
    if isinstance(node, loose) or (isinstance(node, Run) and operator(node.text)):
        return f"({line})"
    return line
