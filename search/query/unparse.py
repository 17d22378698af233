"""Print a tree as a line that reads back as the same tree."""

from __future__ import annotations

from collections.abc import Iterable

from search.query.fields import DATES, STRICT, Fields
from search.query.lexer import operator
from search.query.nodes import (
    And,
    Dates,
    Everything,
    Exact,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Run,
    Same,
)
from search.query.quotes import quoted
from search.query.words import UNIT_NAMES


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
