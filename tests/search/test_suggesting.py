"""What is offered while typing, when nothing is found, and beside what is read."""

from __future__ import annotations

import pytest

from archive.models import State
from search.site import corpus
from search.suggesting import Suggestion, longest_part, similar, suggest
from search.text.fold import fold
from tests.factories import make_source, make_speech

pytestmark = pytest.mark.django_db(transaction=True)


def test_suggestions_come_in_groups_and_count_what_is_published() -> None:
    source = make_source("gong", name="功成文稿网")
    one = make_speech("论功成", "指出“功成不必在我，功成必定有我”。", source=source, date="2024")
    make_speech("别的", "“功成不必在我、功成必定有我”，“功成名就不是目的”", source=source)
    make_speech("功成草稿", "“功成草稿里的引文”", source=source, state=State.DRAFT)
    offered = suggest("功成")
    assert offered["title"] == [Suggestion("论功成", 1, one.pk)]
    assert offered["source"] == [Suggestion("功成文稿网", 2, "gong")]
    assert [(each.text, each.count) for each in offered["quotation"]] == [
        ("功成不必在我、功成必定有我", 2),
        ("功成名就不是目的", 1),
    ]


def test_nothing_typed_or_no_index_offers_nothing() -> None:
    empty = {"title": [], "source": [], "quotation": []}
    assert suggest("，。") == empty
    speech = make_speech("题目", "正文")
    corpus().delete_index()
    assert suggest("题") == empty
    assert longest_part("题目") is None
    assert similar(speech) == ([], [])


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("功成必须有我", "功成必"),
        ("“坚持完整准确全面贯彻新发展理念”", "完整准确全面贯彻新"),
        ("必定有我 时代", None),
        ("“必定有我” 从未", None),
        ("“必定有我” 新代要求", "代要求"),
        ("完整准确全面贯彻" + "新时代要求" * 20, "完整准确全面贯彻新时代要求"),
        ("从未出现", None),
        ("-讲话", None),
        ("", None),
        ("草稿独有", None),
        ("类型:新时代讲话稿 来源:功成站", None),
        ("标题:功成必须", "功成必"),
        ("来源:功成站 功成必须", "功成必"),
    ],
)
def test_the_longest_part_that_exists(line: str, part: str | None) -> None:
    make_speech(text="功成必定有我。完整、准确、全面贯彻新时代要求。")
    make_speech(text="草稿独有的话", state=State.DRAFT)
    found = longest_part(line)
    assert (found and found.text) == part
    assert found is None or found.count == 1


def test_the_longest_part_reads_masked_spellings_as_the_search_does() -> None:
    make_speech(text="各位D员同志")
    assert longest_part("“党员同志从未”") == Suggestion("党员同志", 1)
    assert longest_part("“党员同志从未”", restore=False) == Suggestion("员同志", 1)


def test_a_long_wording_that_stands_is_not_taken_apart() -> None:
    text = fold("".join(chr(0x4E00 + n) for n in range(200)))
    make_speech(text=text)
    assert longest_part(f"“{text}”") is None
    assert longest_part(f"“从未{text}”") == Suggestion(text, 1)


def test_similar_leaves_out_itself_and_what_is_not_published() -> None:
    text = "政绩观教育要见实效，群众满意是标准，调查研究是基础。"
    one = make_speech(text=text)
    two = make_speech(text=text + "再加一句。")
    make_speech(text=text + "草稿。", state=State.DRAFT)
    make_speech(text="天气晴朗")
    assert similar(one) == ([], [two])


def test_similar_to_a_long_text_reads_its_beginning_and_its_commonest_words() -> None:
    rare = "".join(f"{chr(0x4E00 + n)}{chr(0x4E01 + n)}。" for n in range(3000))
    one = make_speech(text="营商环境建设。" * 9 + rare + "群众工作。" * 3000)
    two = make_speech(text="营商环境建设。" * 9)
    assert similar(one).others == [two]


def test_what_shares_nearly_all_wording_is_told_apart_from_what_is_about_the_same() -> None:
    sentences = [
        "水渠修到了村口",
        "堤坝加固了三里",
        "灌溉有了保证",
        "稻田绿成一片",
        "村里的账本公开了",
        "路灯亮到半夜",
        "",
    ]
    text = "，".join(sentences)
    one = make_speech("原文", text)
    repost = make_speech("转载", "【转载】" + text.replace("，", "。\n") + "编者按略")
    corrected = make_speech("改正", text.replace("半夜", "天明"))
    half = make_speech(
        "一半", "，".join(sentences[:4]) + "，灌溉的钱从哪里来，水渠由谁来管，各村说法不一"
    )
    make_speech("别的", "天气晴朗")
    found = similar(one)
    assert set(found.near_duplicates) == {repost, corrected}
    assert found.others == [half]
    assert similar(half).near_duplicates == []
