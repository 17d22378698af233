from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text.fold import Folded, fold, fold_map

# Every character there is, surrogates too, with the awkward ones made likely.
awkward = st.sampled_from(
    "，、。 \n\t中國国D d　Ｄé㎡½①ﬁ𠮷😀\u200d\ufe0f\u0301\ud800\x00#$ß○㍿ﷺ%|→★"
)
texts = st.text(st.one_of(st.characters(), awkward))
unmarked = texts.filter(lambda text: "##" not in text and "$$" not in text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("", ""),
        ("完整、准确、全面", "完整准确全面"),
        ("要担当， 要作为；\r\n　　要实干", "要担当要作为要实干"),
        ("國際論壇", "国际论坛"),
        ("王后王後", "王后王后"),
        ("ＰＰＴ设计", "ppt设计"),
        ("9,000万字", "9000万字"),
        ("12.5％", "125"),
        ("Café ǅ Ёлка άλφα Straße", "cafedzелкаαλφαstrasse"),
        ("㎡ ½ ﬁ ① ㊗ ℃", "m212fi1祝°c"),
        ("二○○八年二〇〇八年", "二〇〇八年二〇〇八年"),
        ("一\u200b二\u200d三\ufeff四\u202e五\x00六\ud800七", "一二三四五六七"),
        ("1️⃣❤️👍🏽", "1❤👍"),
        ("𠮷野家", "𠮷野家"),
        ("●★▲■◆→│━※·•■∶−∼", ""),
        ("a+b=c<d>e×f÷g ¥5 €5 $5", "a+b=c<d>e×f÷g¥5€55"),
        ("“总开关”‘三种身份’《意见》", "总开关三种身份意见"),
        ("扛##paidbegin##起", "扛起"),
        ("扛$$paidend$$起##pagebreak##来", "扛起来"),
        ("##Title## $$", "title"),
        ("が가", "が가"),
        ("\ue000\u0378", "\ue000\u0378"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold_map(text).text == folded


def test_each_character_folds_to_what_folds_to_itself() -> None:
    every = "".join(map(chr, range(0x110000)))
    assert fold(fold(every)) == fold(every)


@given(unmarked, unmarked)
def test_fold_of_a_sum_is_the_sum_of_folds(one: str, other: str) -> None:
    assert fold(one + "\n" + other) == fold(one) + fold(other)


@given(texts)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(texts)
def test_map_and_fold_agree(text: str) -> None:
    folded = fold_map(text)
    assert folded.text == fold(text)
    assert len(folded.starts) == len(folded.ends) == len(folded.text)


@given(unmarked, st.data())
def test_each_span_stands_in_the_folded_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    folded, part = fold_map(text), fold(text[start:end])
    at = len(fold(text[:start]))
    assert folded.text[at : at + len(part)] == part
    if part:
        first, last = folded.span(at, at + len(part))
        assert start <= first < last <= end
        assert fold(text[first:last]) == part


def test_span_leads_around_what_was_dropped() -> None:
    text = "要扛##paidbegin##起、对党的㎡责任"
    folded = fold_map(text)
    at = folded.text.index("扛起对党")
    start, end = folded.span(at, at + 4)
    assert text[start:end] == "扛##paidbegin##起、对党"
    at = folded.text.index("2")
    assert text[slice(*folded.span(at, at + 1))] == "㎡"


@pytest.mark.parametrize(("i", "j"), [(0, 0), (1, 1), (-1, 1), (0, 3), (2, 1)])
def test_span_refuses_what_is_no_span(i: int, j: int) -> None:
    folded: Folded = fold_map("一，二")
    with pytest.raises(IndexError):
        folded.span(i, j)
