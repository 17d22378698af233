from __future__ import annotations

import itertools
import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.highlight import mark, merged
from search.text.spans import Span

hostile = st.text(st.sampled_from("甲乙<>&\"'/ \n=mark\u202e\x00\ufffe😀\u0301"), max_size=40)


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[Span]]:
    text = draw(st.one_of(hostile, st.text(max_size=40)))
    ends = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=8))
    return text, sorted((start, end) for start, end in pairs if start < end)


@pytest.mark.parametrize(
    ("spans", "result"),
    [
        ([], []),
        ([(3, 5), (0, 2)], [(0, 2), (3, 5)]),
        ([(0, 2), (2, 4)], [(0, 2), (2, 4)]),
        ([(0, 3), (2, 5), (4, 6)], [(0, 6)]),
        ([(0, 9), (1, 2), (3, 4), (9, 10)], [(0, 9), (9, 10)]),
        ([(1, 2), (1, 2)], [(1, 2)]),
    ],
)
def test_merged(spans: list[Span], result: list[Span]) -> None:
    assert merged(spans) == result


@pytest.mark.parametrize(
    ("text", "spans", "html"),
    [
        ("", [], ""),
        ("甲乙丙", [], "甲乙丙"),
        ("甲乙丙", [(1, 2)], "甲<mark>乙</mark>丙"),
        ("甲乙丙", [(0, 3)], "<mark>甲乙丙</mark>"),
        ("甲乙丙", [(0, 1), (1, 3)], "<mark>甲</mark><mark>乙丙</mark>"),
        ("甲乙丙丁", [(0, 2), (1, 3)], "<mark>甲乙丙</mark>丁"),
        ("<b>&'\"", [(0, 3)], "<mark>&lt;b&gt;</mark>&amp;&#x27;&quot;"),
        ("</mark>", [(2, 4)], "&lt;/<mark>ma</mark>rk&gt;"),
    ],
)
def test_mark(text: str, spans: list[Span], html: str) -> None:
    assert mark(text, spans) == html


def test_numbers_count_in_the_whole_text() -> None:
    text, spans = "甲乙丙丁戊己", [(0, 1), (2, 4), (5, 6)]
    assert mark(text, spans, number=True, end=3) == (
        '<mark id="hit-1">甲</mark>乙<mark id="hit-2">丙</mark>'
    )
    assert mark(text, spans, number=True, start=3, end=99) == (
        '<mark>丁</mark>戊<mark id="hit-3">己</mark>'
    )
    assert mark(text, spans, start=1, end=2) == "乙"


@given(marked_texts())
def test_marked_text_is_the_text(marked: tuple[str, list[Span]]) -> None:
    text, spans = marked
    html = mark(text, spans, number=True)
    assert unescape(re.sub(r'<mark id="hit-[0-9]+">|</mark>', "", html)) == text
    pieces = re.findall(r"<mark[^>]*>(.*?)</mark>", html, re.DOTALL)
    assert [unescape(piece) for piece in pieces] == [
        text[start:end] for start, end in merged(spans)
    ]


@given(marked_texts(), st.lists(st.integers(0, 40), max_size=4))
def test_pieces_make_the_whole(marked: tuple[str, list[Span]], cuts: list[int]) -> None:
    text, spans = marked[0], merged(marked[1])
    bounds = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [
        mark(text, spans, number=True, start=start, end=end)
        for start, end in itertools.pairwise(bounds)
    ]
    html = "".join(pieces)
    assert html.count("id=") == len(spans)
    assert html.replace("</mark><mark>", "") == mark(text, spans, number=True)
