"""The text as HTML: lasting anchors, numbered hits, readings of masked spellings."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.reading.anchors import anchored
from archive.reading.outline import Heading
from archive.reading.paragraphs import Marks, paragraphs
from search.text.restore import Restoration

HIT_LINKS = re.compile(r'<span class="hit-links" [^>]*>(?:<a [^>]*></a>)*</span>')


def bare(markup: str) -> str:
    """Return the HTML without the ways from hit to hit, which are no part of the text."""
    return HIT_LINKS.sub("", markup)


def plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", bare(markup)))


def masked(start: int, end: int, reading: str = "党") -> Restoration:
    return Restoration(start, end, reading, "rule")


@pytest.mark.parametrize(
    ("hits", "restorations", "expected"),
    [
        ([], [], "对D忠&lt;诚"),
        ([(0, 1)], [], '<mark id="hit-1">对</mark>D忠&lt;诚'),
        ([(0, 1), (3, 5)], [], '<mark id="hit-1">对</mark>D忠<mark id="hit-2">&lt;诚</mark>'),
        ([], [masked(1, 2)], '对<abbr class="masked" title="读作：党">D</abbr>忠&lt;诚'),
        (
            [(0, 3)],
            [masked(1, 2)],
            '<mark id="hit-1">对<abbr class="masked" title="读作：党">D</abbr>忠</mark>&lt;诚',
        ),
        (
            [(2, 3)],
            [masked(1, 4, "")],
            '对<abbr class="masked" title="原文插入，检索时略去">D</abbr><mark id="hit-1">'
            '<abbr class="masked" title="原文插入，检索时略去">忠</abbr></mark>'
            '<abbr class="masked" title="原文插入，检索时略去">&lt;</abbr>诚',
        ),
    ],
)
def test_hits_and_readings(hits: object, restorations: object, expected: str) -> None:
    text = "对D忠<诚"
    marks = Marks(hits, restorations, total=len(hits))
    assert bare(marks.render(text, 0, len(text))) == expected


def test_each_hit_leads_to_its_neighbours() -> None:
    marks = Marks([(0, 1), (1, 2), (2, 3)], first=2, total=4)
    markup = marks.render("甲乙丙", 0, 3)
    steps = [re.findall(r'href="#(.*?)"', links) for links in re.findall(HIT_LINKS, markup)]
    assert re.findall(r'mark id="(.*?)"', markup) == ["hit-2", "hit-3", "hit-4"]
    assert steps == [["hit-1", "hit-3"], ["hit-2", "hit-4"], ["hit-3"]]
    assert "第 3/4 处" in markup


def test_a_hit_over_two_paragraphs_has_one_number() -> None:
    text = "甲乙\n丙丁"
    first, second = (bare(p.html) for p in paragraphs(text, Marks([(1, 4)], total=1)))
    assert first == '甲<mark id="hit-1">乙</mark>'
    assert second == "<mark>丙</mark>丁"


def test_paragraphs_have_levels_and_skip_blank_lines() -> None:
    text = "一、题。\n\n正文\n 　\n（一）目。正文<"
    outline = [Heading(1, "一、题", 0, 3), Heading(2, "（一）目", 12, 16)]
    found = list(paragraphs(text, Marks([(14, 18)], total=1), outline))
    assert [(bare(p.html), p.level) for p in found] == [
        ("一、题。", 1),
        ("正文", 0),
        ('<b>（一<mark id="hit-1">）目</mark></b><mark>。正</mark>文&lt;', 0),
    ]


def test_an_anchor_outlives_cleaning() -> None:
    before = [anchor for *_span, anchor in anchored("广告\n扛##paidbegin##起，责任。\n同句\n同句")]
    after = [anchor for *_span, anchor in anchored("扛起责任\n同句\n同句")]
    assert before[1:] == after
    assert after[2] == f"{after[1]}-2"
    assert all(re.fullmatch(r"p-[0-9a-f]{8}(-2)?", anchor) for anchor in before)


def test_paragraphs_of_punctuation_alone_are_told_apart() -> None:
    one, two = (anchor for *_span, anchor in anchored("……\n——"))
    assert one != two


@st.composite
def drawn_text(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]], list[Restoration]]:
    text = draw(st.text(st.sampled_from("甲D<&\n\"'"), max_size=40))
    spans = []
    for _ in range(2):
        cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
        spans.append(list(zip(cuts[::2], cuts[1::2], strict=False)))
    return text, spans[0], [masked(start, end) for start, end in spans[1]]


@given(drawn_text())
def test_nothing_of_the_text_is_lost_or_becomes_markup(
    drawn: tuple[str, list[tuple[int, int]], list[Restoration]],
) -> None:
    text, hits, restorations = drawn
    marks = Marks(hits, restorations, total=len(hits))
    lines = [plain(paragraph.html) for paragraph in paragraphs(text, marks)]
    assert lines == [line for line in text.split("\n") if line.strip()]
    whole = bare(marks.render(text, 0, len(text)))
    assert plain(whole) == text
    marked = [
        html.unescape(re.sub(r"<[^>]*>", "", piece))
        for piece in re.findall(r"<mark[^>]*>(.*?)</mark>", whole, re.DOTALL)
    ]
    assert marked == [text[start:end] for start, end in hits]
