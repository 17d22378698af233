"""The values a query is made of, and the few ways of putting them together.

A tree is built by `search.query.parse`, printed by `search.query.unparse` and carried out by the
engine; `search.highlight.matches` says, slowly and plainly, what each value means for one document.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

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
class Scope:
    """The child is looked for in one field only: by its name.

    A Scope further inside wins for its own part.
    """

    field: str
    child: Node


Leaf: TypeAlias = Run | Exact | Pattern
Node: TypeAlias = Leaf | Dates | Everything | Not | And | Or | Near | Same | Scope


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


def scoped(field: str, node: Node) -> Node:
    """The node limited to a field; a Not goes outside and what has its own field keeps it."""
    match node:
        case Everything() | Scope() | Dates():
            return node
        case Not(child):
            return negate(scoped(field, child))
    return Scope(field, node)


def leaves(tree: Node, *, but_of: Container[str] = ()) -> Iterator[Leaf]:
    """The strings a tree looks for, from left to right, without what it excludes and some fields."""
    match tree:
        case Run() | Exact() | Pattern():
            yield tree
        case And(children) | Or(children) | Near(children) | Same(_, children):
            for child in children:
                yield from leaves(child, but_of=but_of)
        case Scope(field, child) if field not in but_of:
            yield from leaves(child, but_of=but_of)
