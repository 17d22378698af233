from __future__ import annotations

import itertools
import re
from html import unescape

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.highlight.highlighter import mark
from search.highlight.occurrences import united
from search.text.spans import Span
from tests.search.marking import merged

hostile = st.text(st.sampled_from("甲乙<>&\"'/ \n=mark\u202e\x00\ufffe😀\u0301"), max_size=40)
ends = st.integers(0, 40)
many_spans = st.lists(st.tuples(ends, ends).filter(lambda span: span[0] < span[1]), max_size=8)


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[Span]]:
    text = draw(st.one_of(hostile, st.text(max_size=40)))
    spans = [(start, min(end, len(text))) for start, end in draw(many_spans) if start < len(text)]
    return text, merged(spans)


@given(st.lists(many_spans.map(sorted), max_size=3))
def test_spans_of_several_strings_are_united(several: list[list[Span]]) -> None:
    arrays = [np.array(spans, np.int32).reshape(-1, 2) for spans in several]
    found = [tuple(span) for span in united(arrays).tolist()]
    assert found == merged(itertools.chain(*several))


@pytest.mark.parametrize(
    ("text", "spans", "html"),
    [
        ("", [], ""),
        ("甲乙丙", [], "甲乙丙"),
        ("甲乙丙", [(1, 2)], "甲<mark>乙</mark>丙"),
        ("甲乙丙", [(0, 3)], "<mark>甲乙丙</mark>"),
        ("甲乙丙", [(0, 1), (1, 3)], "<mark>甲</mark><mark>乙丙</mark>"),
        ("<b>&'\"", [(0, 3)], "<mark>&lt;b&gt;</mark>&amp;&#x27;&quot;"),
        ("</mark>", [(2, 4)], "&lt;/<mark>ma</mark>rk&gt;"),
    ],
)
def test_mark(text: str, spans: list[Span], html: str) -> None:
    assert mark(text, spans) == html


def test_spans_are_those_of_the_whole_text() -> None:
    text, spans = "甲乙丙丁戊己", [(0, 1), (2, 4), (5, 6)]
    assert mark(text, spans, end=3) == "<mark>甲</mark>乙<mark>丙</mark>"
    assert mark(text, spans, start=3, end=99) == "<mark>丁</mark>戊<mark>己</mark>"
    assert mark(text, spans, start=1, end=2) == "乙"


@given(marked_texts())
def test_marked_text_is_the_text(marked: tuple[str, list[Span]]) -> None:
    text, spans = marked
    html = mark(text, spans)
    assert unescape(re.sub("</?mark>", "", html)) == text
    pieces = re.findall(r"<mark>(.*?)</mark>", html, re.DOTALL)
    assert [unescape(piece) for piece in pieces] == [text[start:end] for start, end in spans]


@given(marked_texts(), st.lists(st.integers(0, 40), max_size=4))
def test_pieces_make_the_whole(marked: tuple[str, list[Span]], cuts: list[int]) -> None:
    text, spans = marked
    bounds = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    html = "".join(
        mark(text, spans, start=start, end=end) for start, end in itertools.pairwise(bounds)
    )
    plain = [re.sub("</mark><mark>", "", each) for each in (html, mark(text, spans))]
    assert plain[0] == plain[1]
