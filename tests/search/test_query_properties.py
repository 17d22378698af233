"""No line is refused, none costs much, and what was understood can be typed again."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.query import (
    And,
    Everything,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Run,
    Same,
    Scope,
    parse,
    unparse,
)
from search.text.fold import fold

WORDS = "甲 乙 党员 D员 R&D 2024 2023..2024 ..2020 2021-2025 甲?乙 甲*乙 *:* 比如： 😀"
OPERATORS = "AND OR NOT NEAR/3 NEAR THEN/999 与 或 & ＆ | ｜ - － + ＋ -( -“ or（ ( ) （ ）"
PREFIXES = '同句 同段( SENTENCE( 标题: 来源： 类型:- 日期: date: 原样: =" ='
SIGNS = "： ， 。 \" “ ” „ 「 」 『 』 ' ’ ? ？ * ＊ ?? ** ## $$ \u200b \ud800 \x00 \u0301"
PIECES = " ".join((WORDS, OPERATORS, PREFIXES, SIGNS)).split()
soups = st.lists(
    st.one_of(st.sampled_from([*PIECES, " ", "　"]), st.text(max_size=3)), max_size=40
).map("".join)
spaced = st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join)
lines = st.one_of(soups, spaced, st.text(max_size=600))


@settings(max_examples=500)
@given(lines)
def test_what_was_understood_reads_back_the_same(line: str) -> None:
    tree = parse(line).tree
    again = parse(unparse(tree))
    assert again.tree == tree
    assert again.repairs == ()


@settings(max_examples=300)
@given(lines)
def test_tree_is_normal_and_bounded(line: str) -> None:
    tree = parse(line).tree
    assert len(unparse(tree)) <= 500
    assert _terms(tree) <= 32
    _check(tree, 8)


def _terms(node: Node) -> int:
    match node:
        case Everything():
            return 0
        case And(children) | Or(children) | Near(children) | Same(_, children):
            return sum(map(_terms, children))
        case Not(child) | Scope(_, child):
            return _terms(child)
    return 1


def _check(node: Node, levels: int) -> None:
    match node:
        case And(children) | Or(children):
            assert len(set(children)) == len(children) > 1
            assert not any(isinstance(child, type(node) | Everything) for child in children)
        case Not(child):
            assert not isinstance(child, Not | Everything)
            children = (child,)
        case Scope(_, child):
            assert not isinstance(child, Not | Scope | Everything)
            children = (child,)
        case Near(children, distance):
            assert len(children) > 1
            assert 0 <= distance <= 200
        case Same(_, children):
            assert any(not isinstance(child, Not) for child in children)
        case Run(text):
            assert fold(text)
            assert not set("?*") & set(text)
            children = ()
        case Pattern(text):
            assert fold(text)
            assert 1 <= text.count("?") + text.count("*") <= 4
            children = ()
        case _:
            children = ()
    assert levels or not children
    for child in children:
        _check(child, levels - 1)


@pytest.mark.parametrize(
    "line",
    [
        "甲 OR " * 2_000,
        "(" * 5_000,
        ")" * 5_000,
        "(-" * 5_000 + "甲",
        "“" * 10_000,
        "“「『" * 3_000,
        "*?" * 5_000,
        "-" * 10_000,
        "+-" * 5_000 + "甲",
        "标题:" * 3_000 + "甲",
        "NOT " * 3_000 + "甲",
        "甲 NEAR " * 2_000,
        "同句(" * 3_000 + "甲",
        "日期:2023..2024 " * 1_000,
        "或 " * 5_000,
        "&" * 10_000,
        "\u0301" * 10_000,
        "\ud800" * 10_000,
        "9" * 10_000,
        "NEAR/" + "9" * 10_000,
        "甲 NEAR/" + "9" * 400 + " 乙",
        " " * 1_000_000,
    ],
)
def test_hostile_line_is_read_at_once(line: str) -> None:
    start = time.perf_counter()
    tree = parse(line).tree
    assert time.perf_counter() - start < 0.5
    assert parse(unparse(tree)).tree == tree
