"""Read a visitor's line as a tree.

line        = alternatives {[AND] alternatives}        blank: each is required
alternatives = proximity {OR proximity}                OR joins its two neighbours only
proximity   = term {NEAR/n term}
term        = {- | field:} (word | “…” | [同句] "(" line ")")
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache, partial

from search.caches import watched
from search.query.dates import read_dates
from search.query.fields import DATES, STRICT, Fields
from search.query.lexer import BINARY, TERMS, Lexer, Token, field_end
from search.query.nodes import (
    And,
    Dates,
    Everything,
    Exact,
    InField,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Run,
    Same,
    all_of,
    any_of,
    in_field,
    negate,
    unparse,
)
from search.query.repairs import Code, Repair
from search.query.words import MAX_DISTANCE, MAX_LENGTH, MAX_LEVELS, MAX_WILDCARDS, PLUS
from search.text.fold import fold
from search.text.segmenter import is_question
from search.text.stopwords import QUESTION_WORDS

_END = Token("close")
_TERM_STARTS = (*TERMS, "open")
_STARS = re.compile(r"\*{2,}")
_WIDE = str.maketrans("？＊", "?*")
_SIGNS = "#$"  # begin and end a site marker
_MARKS = re.compile("[，。；：！、,.;:!]")  # of a sentence


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a line means and what was changed for it to mean that."""

    tree: Node
    repairs: tuple[Repair, ...] = ()


def parse(line: str, fields: Fields) -> Parsed:
    """Read a line, which may name `fields`.

    Any str will do: cut to its bounds, repaired where needed, never refused.

    The tree has at most MAX_TERMS terms and MAX_LEVELS levels, its print MAX_LENGTH characters.
    """
    line = line.strip()
    text = _cleaned(line[:MAX_LENGTH])
    cut = len(line) > MAX_LENGTH
    while True:
        lexer = Lexer(text, fields)
        tree = _Parser(lexer).tree()
        excess = len(unparse(tree, fields)) - MAX_LENGTH
        if excess <= 0:
            break
        text, cut = text[:-excess], True
    too_long = (Repair(Code.TOO_LONG, str(MAX_LENGTH)),) if cut else ()
    return Parsed(tree, too_long + tuple(lexer.repairs))


def _cleaned(line: str) -> str:
    """The line without what cannot be seen: controls, format characters, lone surrogates."""
    return "".join(
        " " if character.isspace() and unicodedata.category(character) != "Zs" else character
        for character in line
        if character.isspace() or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )


class _Parser:
    """Recursive descent over the tokens; Everything stands for a part that says nothing."""

    def __init__(self, lexer: Lexer) -> None:
        self._tokens = lexer.tokens()
        self._fields = lexer.fields
        self._repair = lexer.repair
        self._at = 0
        self._in_dates = False

    def tree(self) -> Node:
        return self._pruned(self._line(), MAX_LEVELS)

    def _peek(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _accept(self, kind: str) -> Token | None:
        token = self._peek()
        if token.kind != kind:
            return None
        self._at += 1
        return token

    def _line(self) -> Node:
        parts = [self._alternatives(None)]
        while self._peek().kind != "close":
            parts.append(self._alternatives(self._accept("and")))
        return all_of([part for part in parts if not _only_asks(part)] or parts)

    def _alternatives(self, operator: Token | None) -> Node:
        parts = [self._proximity(operator)]
        while operator := self._accept("or"):
            parts.append(self._proximity(operator))
        return any_of(parts)

    def _proximity(self, operator: Token | None) -> Node:
        parts, operators = [self._term(operator)], []
        while operator := self._accept("near"):
            operators.append(operator)
            parts.append(self._term(operator))
        parts = [part for part in parts if part != Everything()]
        if not operators or len(parts) < 2:
            return all_of(parts)
        return self._near(parts, operators)

    def _near(self, parts: list[Node], operators: list[Token]) -> Node:
        if unfit := [part for part in parts if not _has_places(part)]:
            self._repair(Code.NEAR_OPERAND, unparse(unfit[0], self._fields))
            return all_of(parts)
        distance, ordered = operators[0].distance, operators[0].ordered
        if any((other.distance, other.ordered) != (distance, ordered) for other in operators):
            self._repair(Code.NEAR_MIXED, operators[0].text)
        if distance > MAX_DISTANCE:
            self._repair(Code.NEAR_DISTANCE, MAX_DISTANCE)
        return Near(tuple(parts), min(distance, MAX_DISTANCE), ordered)

    def _term(self, operator: Token | None) -> Node:
        """A term with its prefixes; `operator` is what stands before it, perhaps before nothing."""
        while self._peek().kind in BINARY:
            self._repair(Code.OPERATOR_IGNORED, self._peek().text)
            self._at += 1
        if operator and self._peek().kind == "close":
            self._repair(Code.OPERATOR_IGNORED, operator.text)
        prefixes = []
        while self._peek().kind in ("not", "field"):
            prefixes.append(self._peek())
            self._at += 1
        if prefixes and self._peek().kind not in _TERM_STARTS:
            self._repair(Code.EMPTY_PREFIX, prefixes[-1].text)
            return Everything()
        fields = [prefix.name for prefix in prefixes if prefix.kind == "field"]
        node = self._prefixed(fields)
        return negate(node) if (len(prefixes) - len(fields)) % 2 else node

    def _prefixed(self, fields: list[str]) -> Node:
        """The word, quotation or group that comes next, in the innermost of its fields."""
        outside = self._in_dates
        self._in_dates = outside or DATES in fields
        if group := self._accept("open"):
            if STRICT in fields:
                self._repair(Code.STRICT_GROUP)
            node = self._group(group.name)
        else:
            node = self._leaf(STRICT in fields)
        self._in_dates = outside
        for name in reversed([name for name in fields if name not in (DATES, STRICT)]):
            node = in_field(name, node)
        return node

    def _group(self, unit: str) -> Node:
        if self._accept("close"):
            self._repair(Code.EMPTY_BRACKETS)
            return Everything()
        node = self._line()
        self._at += 1
        if not unit or node == Everything():
            return node
        match self._within(node if isinstance(node, And) else And((node,))):
            case Everything() as nothing:
                return nothing
            case And(children):
                return Same(unit, children)
            case child:
                return Same(unit, (child,))

    def _leaf(self, strict: bool) -> Node:
        token = self._peek()
        if token.kind not in TERMS:
            return Everything()
        self._at += 1
        if self._in_dates:
            return self._dates(token.text)
        if strict or token.kind == "quote":
            return Exact(token.text, strict)
        node, cut = _word(token.text, self._fields)
        if cut:
            self._repair(Code.WILDCARDS, token.text)
        return node

    def _dates(self, text: str) -> Node:
        ends = read_dates(text)
        if ends is None:
            self._repair(Code.DATE_UNREADABLE, text)
            return Everything()
        first, last = ends
        if first.earliest > last.latest:
            self._repair(Code.DATES_SWAPPED, text)
            first, last = last, first
        return Dates(first, last)

    def _within(self, node: Node) -> Node:
        """What of the node can be asked of one sentence or paragraph."""
        match node:
            case Run() | Exact() | Pattern() | Near():
                return node
            case Or(children):
                return any_of([self._within(child) for child in children])
            case And(children):
                kept = [self._within_not(child) for child in children]
                if any(not isinstance(child, Not | Everything) for child in kept):
                    return all_of(kept)
        self._repair(Code.SAME_OPERAND, unparse(node, self._fields))
        return Everything()

    def _within_not(self, node: Node) -> Node:
        return negate(self._within(node.child)) if isinstance(node, Not) else self._within(node)

    def _pruned(self, node: Node, levels: int) -> Node:
        """The node without what stands deeper than `levels`."""
        if _height(node) <= levels:
            return node
        match node:
            case And(children) if levels:
                return all_of([self._pruned(child, levels - 1) for child in children])
            case Or(children) if levels:
                return any_of([self._pruned(child, levels - 1) for child in children])
            case Not(child) if levels:
                return negate(self._pruned(child, levels - 1))
            case InField(name, child) if levels:
                return in_field(name, self._pruned(child, levels - 1))
        self._repair(Code.TOO_DEEP, MAX_LEVELS)
        return Everything()


def _only_asks(node: Node) -> bool:
    """Say whether a term is nothing but a question word: beside others it asks for nothing."""
    return isinstance(node, Run) and fold(node.text) in QUESTION_WORDS


def _has_places(node: Node) -> bool:
    """Say whether the node can tell where it stands: then it can be near another."""
    alternatives = node.children if isinstance(node, Or) else (node,)
    return all(isinstance(child, Run | Exact | Pattern) for child in alternatives)


def _height(node: Node) -> int:
    """How many levels the node is made of; a term is none."""
    match node:
        case Not(child) | InField(_, child):
            return 1 + _height(child)
        case And(children) | Or(children) | Near(children) | Same(_, children):
            return 1 + max(map(_height, children))
    return 0


def _word(word: str, fields: Fields) -> tuple[Node, bool]:
    """The Run or Pattern a word stands for, Everything for nothing; and whether wildcards were cut off.

    A wildcard has characters on both sides. In a sentence, which a question word or a mark in it shows,
    ? and ？ are question marks.
    """
    text = _STARS.sub("*", _trimmed(word.translate(_WIDE)))
    if "?" in text and (_MARKS.search(text) or is_question(fold(text))):
        text = text.replace("?", "？")
    wildcards = [i for i, character in enumerate(text) if character in "?*"]
    cut = len(wildcards) > MAX_WILDCARDS
    if cut:
        text = _trimmed(text[: wildcards[MAX_WILDCARDS]])
    while end := field_end(text, fields):
        text = text[:end] + text[end + 1 :]
    if not fold(text):
        return Everything(), cut
    return (Pattern(text) if "?" in text or "*" in text else Run(text)), cut


def _trimmed(word: str) -> str:
    """Return a word without punctuation and wildcards at its ends."""
    start, end = 0, len(word)
    while end and _is_loose(word[end - 1]):
        end -= 1
    while start < end and (_is_loose(word[start]) or word[start] in PLUS):
        start += 1
    return word[start:end]


@partial(watched, "signs")
@lru_cache(4096)
def _is_loose(character: str) -> bool:
    return character in "?*" or (character not in _SIGNS and not fold(character))
