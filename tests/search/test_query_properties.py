"""No line is refused, none costs much, and what was understood can be typed again."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from search.query import (
    And,
    Dates,
    Everything,
    Exact,
    InField,
    Near,
    Node,
    Not,
    Or,
    Parsed,
    Pattern,
    Run,
    Same,
)
from search.query.nodes import all_of, any_of, in_field, negate
from search.text.dates import UNKNOWN, PartialDate
from search.text.fold import fold
from tests.effort import examples
from tests.search.language import parse, unparse

WORDS = "甲 乙 党员 D员 R&D 2024 2023..2024 ..2020 2021-2025 甲?乙 甲*乙 *:* 比如： 😀"
OPERATORS = "AND OR NOT NEAR/3 NEAR THEN/999 与 或 & ＆ | ｜ - － + ＋ -( -“ or（ ( ) （ ）"
PREFIXES = '同句 同段( SENTENCE( 标题: 来源： 类型:- 日期: date: 原样: =" ='
SIGNS = "： ， 。 \" “ ” „ 「 」 『 』 ' ’ ? ？ * ＊ ?? ** ## $$ \u200b \ud800 \x00 \u0301"
PIECES = " ".join((WORDS, OPERATORS, PREFIXES, SIGNS)).split()
soups = st.lists(
    st.one_of(st.sampled_from([*PIECES, " ", "　"]), st.text(max_size=3)), max_size=40
).map("".join)
spaced = st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join)
# Lines in which hardly anything but marks, brackets, signs and prefixes stands between characters.
MARKS = "“”\"„‟〝〞〟＂「」﹁﹂｢｣『』﹃﹄‘’‚‛'＇«»‹›\\"
SYNTAX = [
    *MARKS,
    *"()（）|｜&＆-－+＋:：=?*？＊ 　",
    "原样:",
    "strict：",
    "标题:",
    "来源：",
    "日期:",
]
SYNTAX += [
    *"甲乙aB#$，。",
    " OR ",
    " 或 ",
    " NOT ",
    " NEAR/2 ",
    " THEN ",
    "同句(",
    "同段（",
    "##a##",
]
syntax = st.lists(st.sampled_from([*MARKS, *SYNTAX]), max_size=30).map("".join)
quotations = st.lists(st.sampled_from([*MARKS, "甲", "b", " "]), min_size=1, max_size=16).map(
    "".join
)
quoted = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "原样:", "-", "标题:", "甲", "=", "同句("]),
    st.sampled_from(MARKS),
    quotations,
    st.sampled_from(MARKS),
)
quoting = st.lists(st.one_of(quoted, st.sampled_from(SYNTAX)), max_size=6).map("".join)
lines = st.one_of(soups, spaced, syntax, quoting, st.text(max_size=600))


@settings(max_examples=examples(500))
@given(lines)
@example("甲*乙*:*??甲*:*甲")  # a question mark in what is cut off for too many wildcards
def test_what_was_understood_reads_back_the_same(line: str) -> None:
    tree = parse(line).tree
    again = parse(unparse(tree))
    assert again.tree == tree
    assert again.repairs == ()


words = st.lists(st.sampled_from([*"甲乙aB12#$?*'-+=&,，。:"]), min_size=1, max_size=8)
texts = quotations.map(str.strip).filter(fold)
terms = st.one_of(
    words.map("".join)
    .map(lambda word: parse(word).tree)
    .filter(lambda term: isinstance(term, Run | Pattern)),
    st.builds(Exact, texts, st.booleans()),
    st.sampled_from(
        [Run("OR"), Run("或"), Run("NEAR/3"), Run("NOT"), Dates(PartialDate("2023"), UNKNOWN)]
    ),
)
near_terms = terms.filter(lambda term: isinstance(term, Run | Exact | Pattern))
alternatives = st.lists(near_terms, min_size=1, max_size=3).map(any_of)
nears = st.builds(
    Near,
    st.lists(alternatives, min_size=2, max_size=3).map(tuple),
    st.integers(0, 200),
    st.booleans(),
)
sames = st.builds(
    Same,
    st.sampled_from(["sentence", "paragraph"]),
    st.lists(st.one_of(alternatives, nears), min_size=1, max_size=3).map(
        lambda children: each.children if isinstance(each := all_of(children), And) else (each,)
    ),
)
trees = st.recursive(
    st.one_of(terms, nears, sames),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(all_of),
        st.lists(inner, min_size=1, max_size=3).map(any_of),
        inner.map(negate),
        st.builds(in_field, st.sampled_from(["title", "source", "tag"]), inner),
    ),
    max_leaves=6,
).filter(lambda tree: len(unparse(tree)) <= 500)


@settings(max_examples=examples(500))
@given(trees)
def test_a_tree_is_printed_as_a_line_that_means_it(tree: Node) -> None:
    assert parse(unparse(tree)) == Parsed(tree)


@settings(max_examples=examples(500))
@given(texts, st.booleans())
def test_any_text_can_be_quoted(text: str, strict: bool) -> None:
    """Whatever marks a text holds, and whatever quotation stands behind it."""
    tree = And((Exact(text, strict), Exact("乙乙")))
    assert parse(unparse(tree)) == Parsed(tree)


@settings(max_examples=examples(300))
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
        case Not(child) | InField(_, child):
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
        case InField(_, child):
            assert not isinstance(child, Not | InField | Everything)
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
    start = time.process_time()
    tree = parse(line).tree
    assert time.process_time() - start < 0.5
    assert parse(unparse(tree)).tree == tree
