"""Cleaning: what goes, what stays, and that every span that goes is on record."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.ingest.clean import boilerplate
from archive.ingest.read.printable import printable

PROSE = "树立和践行正确政绩观，关键在于坚持正确的价值导向、实践导向和效果导向。"
MORE = "我们必须始终坚持人民至上，把人民对美好生活的向往作为奋斗目标。"


def cleaned(raw, title="标题", **more):
    return boilerplate.finish(boilerplate.survey(raw, **more), title)


def taken(raw, title="标题"):
    return [(one.rule, one.text) for one in cleaned(raw, title).removed]


def test_paragraphs_are_parted_by_one_newline_and_stripped():
    raw = f"\ufeff标题\r\n\r\n　　{PROSE} \t\r\n\n \n{MORE}\xa0\x0b附：\u2028"
    assert cleaned(raw).text == f"{PROSE}\n{MORE}\n附："


def test_what_is_above_the_text_goes():
    raw = (
        "欢迎来到某某范文网!\n当前位置：首页 > 研讨发言\n理论学习\n标题\n时间:2024-04-14 来源:网友投稿\n"
        f"【大】【中】【小】\n下面是小编为大家整理的标题,供大家参考。\n标题（全文800字）\n各位同志:\n{PROSE}"
    )
    assert cleaned(raw).text == f"各位同志:\n{PROSE}"
    assert [rule for rule, _text in taken(raw)] == [
        *("greeting", "breadcrumb", "column", "title", "facts", "buttons"),
        *("editor-intro", "repeated-title"),
    ]


def test_what_is_below_the_text_goes():
    raw = (
        f"标题\n{PROSE}\n某市委办公室\n2024年3月5日\n推荐访问:学习 发言\n某某之友编辑整理\n热门文章\n· 一篇\n"
        "Copyright © 某某 版权所有\n某省某市梨坪"
    )
    assert cleaned(raw).text == f"{PROSE}\n某市委办公室\n2024年3月5日"
    assert [rule for rule, _text in taken(raw)][1:] == [
        *("facts", "site-editor", "end-section", "after-end", "copyright", "after-end")
    ]


def test_nothing_of_the_kind_goes_from_the_middle():
    middle = "来源:网友投稿\n热门文章\n理论学习\n微信扫一扫在手机阅读"
    assert cleaned(f"{PROSE}\n{middle}\n{MORE}").text == f"{PROSE}\n{middle}\n{MORE}"


def test_an_advertisement_goes_from_anywhere():
    advertisement = "【某某素材库】——每天更新材料，会员群同步，有意加入请联系客服：1 0000"
    assert cleaned(f"{PROSE}\n{advertisement}\n{MORE}").text == f"{PROSE}\n{MORE}"


def test_a_marker_within_a_word_goes_and_the_word_is_whole():
    raw = "标题\n以极端负责的态度扛##paidbegin##起对党的责任，始终见行动。\n  ##paidend##  \n"
    found = cleaned(raw)
    assert found.text == "以极端负责的态度扛起对党的责任，始终见行动。"
    assert found.paragraphs == (((3, 12), (25, 38)),)
    assert [one.rule for one in found.removed] == ["title", "paid-marker", "paid-marker"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("##paidbegin##  开头，这是一句话。", "开头，这是一句话。"),
        ("这是一句话，结尾。 ##paidend##", "这是一句话，结尾。"),
        ("这是一句话，结尾。##paidend## \t", "这是一句话，结尾。"),
        ("上 ##paidbegin####paidend## 下", "上  下"),
        ("##paidbegin## \n##paidend##", ""),
        ("甲\x00乙\u200b丙\u202e丁", "甲乙丙丁"),
    ],
)
def test_markers_at_the_edges_of_lines(raw, text):
    assert cleaned(raw).text == text


def test_invisible_characters_are_recorded_by_their_number():
    removed = cleaned("甲\x00乙\ud800").removed
    assert [(one.start, one.end, one.text, one.rule) for one in removed] == [
        (1, 2, "<U+0000>", "control-character"),
        (3, 4, "<U+D800>", "control-character"),
    ]
    assert printable("甲\x00\u200b乙") == "甲乙"


def test_a_control_character_in_a_removed_line_is_not_recorded_twice():
    assert taken("欢迎来到某某\u200b范文网!\n" + PROSE) == [
        ("greeting", "欢迎来到某某<U+200B>范文网!")
    ]


@pytest.mark.parametrize(
    ("upper", "lower", "joined"),
    [
        ("要抓住民生领域的实际问题做好协商议政的工作;", "鼓励和支持委员深入基层。", True),
        ("要抓住民生领域的实际问题做好协商议政的工作，", "鼓励和支持委员深入基层。", True),
        ("要抓住民生领域的实际问题做好协商议政的工作、", "“双联”机制的落实。", True),
        ("要抓住民生领域的实际问题做好协商议政的工作。", "鼓励和支持委员深入基层。", False),
        ("（一）违反本条例第三条规定，未按期报送的；", "（二）提供虚假材料的；", False),
        ("副委员长若干人，", "秘书长，委员若干人。", False),
        ("要抓住民生领域的实际问题做好协商议政的工作，", "二是要深入基层。", False),
        ("要抓住民生领域的实际问题做好协商议政的工作，", "2024年3月5日", False),
    ],
)
def test_a_sentence_broken_over_two_lines_is_joined(upper, lower, joined):
    raw = f"{PROSE}\n\n{upper}\n{lower}\n\n{MORE}\n\n{PROSE}"
    assert (f"{upper}{lower}" in cleaned(raw).text) is joined
    assert ("line-break" in [rule for rule, _text in taken(raw)]) is joined


def test_a_semicolon_ends_a_line_where_paragraphs_have_no_blank_lines_between():
    upper = "对涉及面广、比较复杂的问题，要集中力量、专项整治；"
    assert upper + "\n" in cleaned(f"{upper}\n{MORE}\n{PROSE}").text


def test_line_breaks_of_old_systems_are_joined_too():
    upper = "要抓住民生领域的实际问题做好协商议政的工作，"
    assert cleaned(f"{PROSE}\r{upper}\r鼓励委员深入基层。").text.count("\n") == 1


def test_a_title_broken_into_lines_goes():
    raw = "国务院办公厅关于\n有关规定的通知\n国办发〔2024〕1号\n各省人民政府：\n" + PROSE
    found = cleaned(raw, "国务院办公厅关于有关规定的通知")
    assert found.text == f"国办发〔2024〕1号\n各省人民政府：\n{PROSE}"


def test_a_list_of_names_that_holds_the_title_stays():
    raw = f"{PROSE}\n〈标题〉\n{MORE}"
    assert "〈标题〉" in cleaned(raw).text


def test_the_table_of_an_official_page_goes():
    raw = (
        "索 引 号：\n000014349\n发文机关：\n国务院\n成文日期：\n2018年12月21日\n主 题 词：\n"
        f"国发〔2018〕43号\n各省人民政府：\n{PROSE}"
    )
    found = boilerplate.survey(raw)
    assert found.facts == [
        {"other": "000014349"},
        {"source": "国务院"},
        {"date": "2018年12月21日"},
    ]
    assert boilerplate.finish(found, "标题").text.startswith("国发〔2018〕43号")


def test_two_labels_alone_are_no_table():
    assert cleaned(f"来源:\n某日报\n作者:\n{PROSE}").text.startswith("来源:\n某日报")


def test_a_trail_broken_into_lines_goes():
    raw = f"首页\n>\n政务信息\n>\n要闻\n标题\n各位代表：\n{PROSE}"
    assert cleaned(raw).text == f"各位代表：\n{PROSE}"


def test_the_time_of_a_meeting_stays_in_its_minutes():
    raw = f"标题\n时间：2024年3月5日\n地点：三楼会议室\n{PROSE}"
    assert "时间：2024年3月5日\n地点" in cleaned(raw).text


def test_a_time_below_the_text_stays():
    assert cleaned(f"标题\n{PROSE}\n时间：2024年3月10日\n地点：会议室").text.endswith(
        "地点：会议室"
    )


def test_what_looks_like_a_column_is_the_title_when_there_is_no_other():
    found = boilerplate.survey(f"心得体会\n同志们：\n{PROSE}")
    assert [line.text for line in found.head] == ["心得体会"]
    assert [line.text for line in boilerplate.survey(f"心得体会\n{PROSE}", titled=True).head] == []
    assert boilerplate.survey(PROSE).head == []


def test_only_so_many_lines_stand_above_a_text():
    raw = "\n".join(f"第{n}个短行" for n in range(30)) + f"\n{PROSE}"
    assert len(boilerplate.survey(raw).head) == 10


@pytest.mark.parametrize(
    ("line", "starts"),
    [
        ("同志们：", True),
        ("各位领导、各位同志:", True),
        ("一、提高认识", True),
        ("长" * 80, True),
        (PROSE, True),
        ("在座谈会上的讲话", False),
        ("2024年3月5日", False),
    ],
)
def test_starts_text(line, starts):
    assert boilerplate.starts_text(line) is starts


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("在座谈会上的讲话", "在座谈会上的讲话（全文3623字）", True),
        ("关于“三农”工作", "关于三农工作(完整)", True),
        ("在座谈会上的讲话", "在座谈会上的发言", False),
        ("", "", False),
        ("《读后感》", "读后感", False),
    ],
)
def test_same_title(one, other, same):
    assert boilerplate.same_title(one, other) is same


LINES = st.sampled_from(
    [
        *(PROSE, MORE, "标题", "", "  ", "一、提高认识", "热门文章", "· 一篇", "来源:网友投稿"),
        *(
            "##paidbegin##",
            "甲##paidend##乙",
            "\x00",
            "微信扫一扫在手机阅读",
            "某市委",
            "2024年3月",
        ),
        *("要抓住民生领域的实际问题做好协商议政的工作，", "首页", ">", "欢迎来到某某范文网!"),
    ]
)


@example(["要抓住民生领域的实际问题做好协商议政的工作，", "##paidbegin##", MORE], "\u2028")
@given(st.lists(LINES, max_size=25), st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\u2028"]))
def test_every_character_is_in_the_text_or_on_record(lines, between):
    raw = between.join(lines)
    found = cleaned(raw)
    kept = [span for spans in found.paragraphs for span in spans]
    gone = [(one.start, one.end) for one in found.removed]
    covered = sorted(kept + gone)
    assert all(a[1] <= b[0] for a, b in pairwise(covered))
    inside = "".join(raw[s:e] for s, e in covered)
    assert "".join(inside.split()) == "".join(raw.split())
    assert found.text == "\n".join(
        "".join(raw[s:e] for s, e in spans) for spans in found.paragraphs
    )
    assert all(line and line == line.strip() for line in found.text.split("\n") if found.text)


@given(st.text(max_size=300))
def test_any_text_is_cleaned(raw):
    text = cleaned(raw).text
    assert printable(text) == text
