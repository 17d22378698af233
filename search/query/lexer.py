"""Cut a visitor's line into tokens, leaving out what can mean nothing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from search.query import quotes
from search.query.fields import STRICT, Fields, plain
from search.query.repairs import Code, Repair
from search.query.words import (
    AMPERSANDS,
    BARS,
    CLOSING,
    COLONS,
    DEFAULT_DISTANCE,
    MAX_BRACKETS,
    MAX_TERMS,
    MINUS,
    OPENING,
    OPERATORS,
    PLUS,
    UNITS,
)
from search.text.fold import fold

_BREAK = re.compile(rf"[\s{re.escape(OPENING + CLOSING + BARS + quotes.MARKS)}]|$")
_FIELD = re.compile(rf"([^\s{COLONS}]{{1,10}})[{COLONS}]\s*")
_NEAR = re.compile(r"(NEAR|THEN)(?:/([0-9]*))?|(?i:(NEAR|THEN)/([0-9]+))")
_AMPERSAND = re.compile(rf"(?<![a-zA-Z0-9])[{AMPERSANDS}]|[{AMPERSANDS}](?![a-zA-Z0-9])")

MAX_ALIKE = 3  # repairs of one kind that are told
TERMS = ("word", "quote")
BINARY = ("or", "and", "near")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the line; `kind` is word, quote, open, close, or, and, near, not or field.

    `text` is the piece as typed, `name` the field of a `field` or the unit of a 同句( or 同段(.
    """

    kind: str
    text: str = ""
    name: str = ""
    distance: int = 0
    ordered: bool = False


@dataclass
class Lexer:
    """One line on its way to tokens; `repairs` collects what had to be changed."""

    line: str
    fields: Fields
    repairs: list[Repair] = field(default_factory=list)
    _tokens: list[Token] = field(default_factory=list)
    _attached: bool = False  # a prefix stands directly before: what follows is no operator

    def repair(self, code: Code, detail: object = "") -> None:
        """Note a change; the same change of the same piece once, the same kind a few times."""
        repair = Repair(code, str(detail))
        alike = [other for other in self.repairs if other.code is code]
        if repair not in alike and len(alike) < MAX_ALIKE:
            self.repairs.append(repair)

    def tokens(self) -> list[Token]:
        """The tokens, at most MAX_TERMS terms among them, brackets in pairs."""
        at = 0
        while at < len(self.line):
            at = self._next(at)
        return self._paired(self._bounded(_lone_operators_as_words(self._tokens)))

    def _next(self, at: int) -> int:
        """Read what begins at `at`; where the next piece begins."""
        character = self.line[at]
        if character.isspace():
            return at + 1
        if character in quotes.MARKS:
            return self._quote(at)
        if character in OPENING:
            return self._add(Token("open", character), at + 1)
        if character in CLOSING:
            return self._add(Token("close", character), at + 1)
        if character in BARS:
            return self._add(Token("or", character), at + 1)
        return self._single_quote(at) or self._prefix(at) or self._word(at)

    def _add(self, token: Token, end: int, attached: bool = False) -> int:
        self._tokens.append(token)
        self._attached = attached
        return end

    def _prefix(self, at: int) -> int:
        """Read a sign, a field or the = of a strict quotation; 0 when none of them is here."""
        character, following = self.line[at], self.line[at + 1 : at + 2]
        if character in MINUS + PLUS and self._is_sign(at):
            self._attached = True
            return (
                self._add(Token("not", character), at + 1, True) if character in MINUS else at + 1
            )
        if character in "=＝" and following and following in quotes.MARKS:
            return self._add(Token("field", character, STRICT), at + 1, True)
        if (found := _FIELD.match(self.line, at)) and (name := self.fields.name(found[1])):
            return self._add(Token("field", found[0].strip(), name), found.end(), True)
        return 0

    def _is_sign(self, at: int) -> bool:
        """Say whether this - or + is a sign: not after a quotation, and before something of another kind."""
        if at and self.line[at - 1] in quotes.MARKS:
            return False
        following = self.line[at + 1 : at + 2]
        same = MINUS if self.line[at] in MINUS else PLUS
        return bool(following.strip()) and following not in same + CLOSING + BARS

    def _word(self, at: int) -> int:
        end = _BREAK.search(self.line, at).start()  # type: ignore[union-attr]  # $ always matches
        if ampersand := _AMPERSAND.search(self.line[at:end]):
            if ampersand.start() == 0:
                return self._add(Token("and", self.line[at]), at + 1)
            end = at + ampersand.start()
        text = self.line[at:end]
        if self.line[end : end + 1] in tuple(OPENING) and (unit := UNITS.get(plain(text))):
            return self._add(Token("open", text, unit), end + 1)
        if not self._attached and (found := operator(text)):
            return self._add(found, end)
        return self._term(Token("word", text), text, end)

    def _quote(self, at: int) -> int:
        mark, before, after = self.line[at], self.line[at - 1 : at], self.line[at + 1 : at + 2]
        glued = bool(before.strip()) and before not in OPENING + CLOSING + BARS
        end = quotes.closing(self.line, at)
        if end < 0 and after.strip():
            end = len(self.line)
            self.repair(Code.QUOTE_CLOSED, mark)
        if end < 0 or (mark in quotes.CLOSING_ONLY and glued and not self._attached):
            self.repair(Code.QUOTE_IGNORED, mark)
            return at + 1
        text = quotes.content(self.line, at, end)
        return self._term(Token("quote", text), self.line[at : end + 1], end + 1)

    def _single_quote(self, at: int) -> int:
        """Read ‘甲’ or '甲' standing by itself; 0 where that is an apostrophe or a mark in a word."""
        before = self.line[at - 1 : at]
        if before.strip() and before not in OPENING + BARS and not self._attached:
            return 0
        found = quotes.SINGLE.match(self.line, at)
        if found is None:
            return 0
        return self._term(Token("quote", found[0][1:-1].strip()), found[0], found.end())

    def _term(self, token: Token, typed: str, end: int) -> int:
        """Keep a term, unless nothing is left of it to search for."""
        if fold(token.text):
            return self._add(token, end)
        self.repair(Code.EMPTY_TERM, typed)
        return end

    def _bounded(self, tokens: list[Token]) -> list[Token]:
        terms = [i for i, token in enumerate(tokens) if token.kind in TERMS]
        if len(terms) <= MAX_TERMS:
            return tokens
        self.repair(Code.TOO_MANY_TERMS, MAX_TERMS)
        return tokens[: terms[MAX_TERMS - 1] + 1]

    def _paired(self, tokens: list[Token]) -> list[Token]:
        """Drop brackets that close nothing or stand too deep, close those left open."""
        paired: list[Token] = []
        kept: list[bool] = []  # for each bracket that is open now
        for token in tokens:
            if token.kind == "open":
                kept.append(len(kept) < MAX_BRACKETS)
                if not kept[-1]:
                    self.repair(Code.TOO_DEEP, MAX_BRACKETS)
                    continue
            elif token.kind == "close":
                if not kept:
                    self.repair(Code.BRACKET_IGNORED, token.text)
                if not kept or not kept.pop():
                    continue
            paired.append(token)
        if kept:
            self.repair(Code.BRACKET_CLOSED)
        return paired + [Token("close", ")")] * sum(kept)


def _lone_operators_as_words(tokens: list[Token]) -> list[Token]:
    """A word such as 或 is an operator beside something, but a word alone in line or brackets."""
    kinds = ["open", *(token.kind for token in tokens), "close"]
    return [
        Token("word", token.text)
        if token.kind in (*BINARY, "not")
        and token.text[0].isalpha()
        and (kinds[i], kinds[i + 2]) == ("open", "close")
        else token
        for i, token in enumerate(tokens)
    ]


def operator(text: str) -> Token | None:
    """The operator a word is when it stands beside something; None for an ordinary word."""
    word = unicodedata.normalize("NFKC", text)
    if kind := OPERATORS.get(word):
        return Token(kind, text)
    if not (found := _NEAR.fullmatch(word)):
        return None
    name, digits = (found[1] or found[3]).upper(), found[2] or found[4]
    distance = int(digits) if digits else DEFAULT_DISTANCE
    return Token("near", text, distance=distance, ordered=name == "THEN")


def field_end(text: str, fields: Fields) -> int:
    """Where the field name that the text begins with ends, colon not included; 0 without one."""
    found = _FIELD.match(text)
    return found.end(1) if found and fields.name(found[1]) else 0
