from __future__ import annotations

import re
import time

import jieba
import pytest
import rjieba
from hypothesis import given
from hypothesis import strategies as st

from archive.genre import GENRE
from search.text import segmenter as module
from search.text.segmenter import Segmenter, cut, segmenter, words

PROSE = [
    "大会指出过去五年各级党组织坚持以人民为中心把实现好维护好发展好最广大人民根本利益作为工作的出发点",
    "和落脚点推动高质量发展取得新成效要树立和践行正确政绩观坚持功成不必在我的精神境界和功成必定有我的",
    "历史担当既做让老百姓看得见摸得着得实惠的实事也做为后人作铺垫打基础利长远的好事严守政治纪律和政治",
    "规矩建立相应的管理制度南京市长江大桥边的乒乓球拍卖完了研究生命起源他来到了网易杭研大厦小明硕士毕业",
    "于中国科学院计算所结婚的和尚未结婚的工信处女干事每月经过下属科室都要亲口交代二十四口交换机等技术性",
    "器件的安装工作学习教育引导广大党员干部学思想强党性重实践建新功",
]
han = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FD5)
# Common characters make words, and words make choices; rare ones make none.
common = st.sampled_from("".join(PROSE))
runs = st.text(st.one_of(common, common, common, han), max_size=300)


@pytest.fixture(scope="module")
def slow() -> Segmenter:
    return segmenter(None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("ppt设计", ["ppt", "设计"]),
        ("9000万字", ["9000", "万字"]),
        ("24字", ["24", "字"]),
        ("c919大飞机", ["c", "919", "大", "飞机"]),
        ("москва和αθήνα", ["москва", "和", "αθήνα"]),
        ("二〇二四年", ["二", "〇", "二", "四年"]),
        ("𠮷野家😀", ["𠮷", "野家", "😀"]),
        ("かな가", ["か", "な", "가"]),
        ("贯彻新发展理念", ["贯彻", "新发", "发展", "理念", "新发展理念"]),
        ("树立正确政绩观", ["树立", "正确", "政绩", "政绩观"]),
        ("全过程人民民主", ["过程", "人民", "民主", "全过程", "全过程人民民主"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("query", ["社会主义", "核心", "价值观", "核心价值", "中国特色社会主义"])
def test_a_word_is_found_in_longer_ones(query: str) -> None:
    assert set(words(query)) <= set(words("社会主义核心价值观和中国特色社会主义"))


@pytest.mark.parametrize("term", GENRE.terms)
def test_terms_are_words(term: str, slow: Segmenter) -> None:
    assert cut(term) == slow.cut(term) == [term]


@given(st.text(st.one_of(st.characters(), han)))
def test_cut_loses_nothing(text: str) -> None:
    assert "".join(cut(text)) == text


@given(st.text(st.one_of(common, st.sampled_from("ab12〇𠮷")), max_size=600))
def test_words_are_the_cut_and_what_is_inside(text: str) -> None:
    whole, all_words = cut(text), words(text)
    assert [word for word in all_words if word in whole][-1:] == whole[-1:]
    rest = iter(all_words)
    assert all(word in rest for word in whole)
    assert all(word in text for word in all_words)


def test_jieba_search_mode_gives_no_other_words() -> None:
    for sentence in PROSE:
        assert set(rjieba.cut_for_search(sentence)) - set(rjieba.cut(sentence)) <= set(
            words(sentence)
        )


@pytest.mark.parametrize("sentence", PROSE)
def test_jieba_and_rjieba_agree_on_prose(sentence: str, slow: Segmenter) -> None:
    assert slow.cut(sentence) == segmenter(rjieba).cut(sentence)


@given(runs)
def test_jieba_and_rjieba_agree_on_any_han(slow: Segmenter, text: str) -> None:
    fast = module._segmenter()
    assert slow.cut(text) == fast.cut(text)
    assert all(slow.has_word(word) == fast.has_word(word) for word in re.findall("..", text))


@given(st.lists(st.sampled_from(PROSE), min_size=3, max_size=12))
def test_windows_leave_no_trace_in_prose(sentences: list[str]) -> None:
    run = "".join(sentences)
    assert cut(run) == module._segmenter().cut(run)


@pytest.mark.parametrize("length", [199, 200, 201, 399, 5000])
@pytest.mark.parametrize("character", "的哈龘")
def test_long_runs_of_one_character(character: str, length: int) -> None:
    assert "".join(cut(character * length)) == character * length


@pytest.mark.parametrize("text", ["a" * 100_000, "7" * 100_000, "thequickbrownfox" * 6000])
def test_letters_or_digits_in_a_row_are_one_word_however_many(text: str) -> None:
    begun = time.process_time()
    assert words(text) == [text]
    assert time.process_time() - begun < 1  # looking for words in them took hours


def test_without_rjieba_jieba_serves() -> None:
    assert module._module("no_such_module") is None
    assert module._module("jieba") is jieba
    assert segmenter(module._module("no_such_module")).cut("树立正确政绩观") == [
        "树立",
        "正确",
        "政绩观",
    ]
