from __future__ import annotations

import re
import unicodedata
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.highlight.highlighter import _Passage, _Passages, mark, snippets
from search.text.spans import Span
from tests.search.language import parse
from tests.search.marking import hits, merged

SPEECH = (
    "政绩观正不正，群众看得清。"
    "衡量干部的尺子有很多，最要紧的一把握在老百姓手里，办没办成事、办没办好事，账本都在那里。"
    "为民造福是最大的政绩；做事不能只图眼前热闹，要一茬接着一茬干。\n"
    "一要把调查研究做在前头。数字可以做得漂亮，路上的坑却不会自己填平，桥头的灯也不会自己亮起来。"
    "二要把工作落到实处，把责任扛在肩上，把群众的小事当作自己的大事，一件一件地办，一年一年地守，"
    "不因人事变动而改弦更张，不因考核临近而突击装点，把经得起看的事留给后来人去看。"
)


def shown(text: str, query: str, **options: int) -> list[str]:
    return [
        re.sub("</?mark>", "|", piece)
        for piece in snippets(text, hits(text, parse(query).tree), **options)
    ]


def test_whole_sentences_around_the_hit() -> None:
    assert shown(SPEECH, "“为民造福”") == [
        "|为民造福|是最大的政绩；做事不能只图眼前热闹，要一茬接着一茬干。\n"
        "一要把调查研究做在前头。数字可以做得漂亮，路上的坑却不会自己填平，桥头的灯也不会自己亮起来。"
    ]


@pytest.mark.parametrize(
    ("query", "passages"),
    [
        (
            "群众",
            [
                "政绩观正不正，|群众|看得清。衡量干部的尺子有很多，最要紧的一把握在老百姓手里，"
                "办没办成事、办没办好事，账本都在那里。为民造福是最大的政绩；",
                "二要把工作落到实处，把责任扛在肩上，把|群众|的小事当作自己的大事，一件一件地办，"
                "一年一年地守，不因人事变动而改弦更张，不因考核临近而突击装点，"
                "把经得起看的事留给后来人去看。",
            ],
        ),
        (  # nothing to show: the opening
            "长江",
            [
                "政绩观正不正，群众看得清。衡量干部的尺子有很多，最要紧的一把握在老百姓手里，"
                "办没办成事、办没办好事，账本都在那里。为民造福是最大的政绩；"
            ],
        ),
    ],
)
def test_densest_sentences_in_the_order_of_the_text(query: str, passages: list[str]) -> None:
    assert shown(SPEECH, query) == passages


def test_different_hits_before_many_of_one() -> None:
    text = "实干，实干，实干。" + "隔" * 100 + "。担当与实干。" + "隔" * 100
    assert shown(text, "实干 担当", limit=1) == ["|担当|与|实干|。"]


def test_limit() -> None:
    assert len(shown(SPEECH, "把 看 要", limit=1)) == 1
    assert len(shown(SPEECH * 3, "把 看 要", limit=5)) == 5
    assert snippets(SPEECH, [(0, 2)], limit=0) == []


@pytest.mark.parametrize("text", ["", " \n　"])
def test_blank_text_has_no_snippet(text: str) -> None:
    assert snippets(text, []) == []


def test_long_sentence_is_cut_at_pauses() -> None:
    text = "前面的话，" * 30 + "这里要紧，" + "后面的话，" * 30
    (piece,) = shown(text, "要紧")
    assert piece == "…" + "前面的话，" * 8 + "这里|要紧|，" + "后面的话，" * 9 + "…"


@pytest.mark.parametrize(
    ("before", "behind", "expected"),
    [
        (0, 200, "|要紧|" + "后" * 88 + "…"),
        (200, 0, "…" + "前" * 88 + "|要紧|"),
        (10, 200, "前" * 10 + "|要紧|" + "后" * 78 + "…"),
        (200, 200, "…" + "前" * 44 + "|要紧|" + "后" * 44 + "…"),
    ],
)
@pytest.mark.thread(
    "https://github.com/forTEXT/catma/issues/332",
)
def test_sentence_without_pauses_is_cut_anywhere(before: int, behind: int, expected: str) -> None:
    assert shown("前" * before + "要紧" + "后" * behind, "要紧") == [expected]


def test_short_sentence_takes_a_part_of_a_long_neighbour() -> None:
    long = "很长的一句，" * 30
    assert shown(f"要紧。{long}", "要紧") == ["|要紧|。" + "很长的一句，" * 14 + "…"]
    assert shown(f"{long}完。要紧。", "要紧") == ["…" + "很长的一句，" * 14 + "完。|要紧|。"]
    assert shown("短。" + "长" * 200 + "。要紧", "要紧") == ["|要紧|"]
    assert shown("要紧。" + "长" * 200, "要紧") == ["|要紧|。"]


def test_hit_longer_than_a_snippet_is_cut() -> None:
    text = "甲" + "乙" * 120 + "丙"
    assert snippets(text, [(1, 121)]) == ["…<mark>" + "乙" * 90 + "</mark>…"]


def test_edge_that_would_cut_another_hit_moves() -> None:
    text = "要紧" + "中" * 80 + "后面一处要紧的长话" + "末" * 100
    assert shown(text, "要紧中 OR “后面一处要紧的长话”")[0] == "|要紧中|" + "中" * 79 + "…"
    text = "前" * 60 + "前面一处" * 20 + "中" * 10 + "要紧和担当" + "后" * 100
    spans = [(60, 140), (150, 152), (153, 155)]
    (piece,) = snippets(text, spans, limit=1)
    assert piece.startswith("…" + "中" * 10 + "<mark>要紧</mark>和<mark>担当</mark>")


def test_passages_do_not_overlap() -> None:
    text = "".join(f"第{i}句话说到要紧处，" for i in range(40))
    first, second = snippets(text, hits(text, parse("要紧").tree))
    assert unescape(re.sub("<.*?>|…", "", first)) != unescape(re.sub("<.*?>|…", "", second))
    numbers = [set(re.findall("第([0-9]+)句", piece)) for piece in (first, second)]
    assert not numbers[0] & numbers[1]


def test_combining_marks_stay_with_their_letter() -> None:
    text = "前" * 43 + "e\u0301" + "要紧" + "后" * 43 + "e\u0301" + "尾" * 50
    (piece,) = shown("前" * 50 + text, "要紧")
    assert not unicodedata.category(piece.strip("…")[0]).startswith("M")
    assert piece.endswith("e\u0301…")
    (piece,) = shown("要紧" + "\u0301" * 100 + "后" * 90, "要紧")
    assert piece.count("\u0301") <= 90 + 16


samples = st.text(st.sampled_from("要紧话前后，、。；！\n <&\u0301😀"), min_size=1, max_size=400)


@given(samples, st.integers(1, 4), st.sampled_from(["要", "要紧", "话 前", "前后 OR 紧"]))
def test_snippets_are_pieces_of_the_text_with_whole_hits(text: str, limit: int, query: str) -> None:
    spans = hits(text, parse(query).tree)
    pieces = snippets(text, spans, limit=limit)
    at = 0
    wordings = {text[start:end] for start, end in spans}
    for piece in pieces:
        plain = unescape(re.sub("</?mark>", "", piece)).removeprefix("…").removesuffix("…")
        at = text.index(plain, at)
        assert 0 < len(plain) <= 90 + 16
        assert all(
            unescape(found) in wordings for found in re.findall("<mark>(.*?)</mark>", piece, re.S)
        )
        assert bool(spans) is ("<mark>" in piece)
        following = text[at + len(plain) : at + len(plain) + 1]
        at += len(plain)
        assert plain.count("\u0301") > 15 or not following.startswith("\u0301")
    assert len(pieces) <= limit
    assert bool(pieces) is bool(text.strip())


@given(samples, st.lists(st.tuples(st.integers(0, 400), st.integers(1, 120)), max_size=6))
def test_any_spans_will_do(text: str, places: list[Span]) -> None:
    spans = merged((at, min(at + size, len(text))) for at, size in places if at < len(text))
    for piece in snippets(text, spans):
        assert unescape(re.sub("</?mark>", "", piece)).removeprefix("…").removesuffix("…") in text


def test_every_hit_in_a_long_text_is_marked() -> None:
    text = "学而时习之，不亦说乎；" * 9_000
    tree = parse("学 习 不亦说乎").tree
    spans = hits(text, tree)
    pieces = snippets(text, spans)
    html = mark(text, spans)
    assert len(spans) == 27_000
    assert html.count("<mark") == 27_000
    assert len(pieces) == 2


@given(
    text=st.text("甲乙丙，", min_size=40, max_size=200),
    gaps=st.lists(st.tuples(st.integers(0, 12), st.integers(1, 4)), max_size=40),
    zone=st.tuples(st.integers(0, 200), st.integers(0, 200)),
    longest=st.integers(1, 60),
    back=st.integers(0, 30),
    shown=st.integers(0, 3),
)
def test_the_best_passage_is_the_best_of_all(
    text: str,
    gaps: list[tuple[int, int]],
    zone: tuple[int, int],
    longest: int,
    back: int,
    shown: int,
) -> None:
    spans: list[Span] = []
    at = 0
    for gap, size in gaps:
        if (end := at + gap + size) <= len(text):
            spans.append((at + gap, end))
            at = end
    begins = [start - back for start, _ in spans]
    passages = _Passages(text, spans, begins, longest)
    for first in range(0, min(shown, len(spans))):
        passages.show(_Passage(0, 0, 1, -first))
    known = {text[slice(*span)] for span in spans[:shown]}
    best = max(
        (
            _Passage(len(wordings - known), len(wordings), last - first, -first)
            for first in range(len(spans))
            for last in range(first + 1, len(spans) + 1)
            if zone[0] <= spans[first][0]
            and spans[last - 1][1] <= zone[1]
            and (last == first + 1 or spans[last - 1][1] <= begins[first] + longest)
            for wordings in [{text[slice(*span)] for span in spans[first:last]}]
        ),
        default=None,
    )
    assert passages.best(zone) == best
