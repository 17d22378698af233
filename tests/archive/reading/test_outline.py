"""Headings of a text."""

import pytest

from archive.reading.outline import Heading, is_heading, outline


def levels(text):
    return [(one.level, one.title) for one in outline(text)]


def test_headings_on_lines_of_their_own_and_below_them():
    text = (
        "同志们：\n一、提高认识\n（一）背景。要深入学习。\n（二）意义。要联系实际。\n1.不是一条\n"
        "二、抓好落实\n一是加强领导,压实责任。各级要重视。\n二是分类指导,务求实效。各地要细化。\n结束。"
    )
    assert levels(text) == [
        (1, "一、提高认识"),
        (2, "（一）背景"),
        (2, "（二）意义"),
        (1, "二、抓好落实"),
        (2, "一是加强领导,压实责任"),
        (2, "二是分类指导,务求实效"),
    ]


def test_offsets_point_into_the_text():
    text = "开头。\n一、弘扬作风，扬起帆。政绩不是数字。\n二、走好路线\n"
    assert outline(text) == (
        Heading(1, "一、弘扬作风，扬起帆", 4, 14),
        Heading(1, "二、走好路线", 23, 29),
    )
    assert all(text[one.start : one.end] == one.title for one in outline(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一要讲政治。甲。\n二要走路线。乙。", ["一要讲政治", "二要走路线"]),
        ("一、干什么?干实事\n二、怎么干！马上干", ["一、干什么", "二、怎么干"]),
        ("1.树牢政绩观\n2.贯彻新理念", ["1.树牢政绩观", "2.贯彻新理念"]),
        ("1．严格控制。甲。\n2．改进文风。乙。", ["1．严格控制", "2．改进文风"]),
        ("（1）甲项\n（2）乙项", ["（1）甲项", "（2）乙项"]),
        ("第一章　总则\n第一条 甲。\n第二章　附则", ["第一章　总则", "第二章　附则"]),
        ("第一部分 形势\n第二部分 任务", ["第一部分 形势", "第二部分 任务"]),
        ("第一节 甲\n第二节 乙", ["第一节 甲", "第二节 乙"]),
        (
            "第一，让审批再快一点。凡是没有依据的，取消。\n第二，让政策再暖一点。要建平台。",
            ["第一，让审批再快一点", "第二，让政策再暖一点"],
        ),
        ("十、甲\n十一、乙", []),
        ("一、只有一条", []),
        ("一、甲\n三、丙", []),
        ("正文里说一是好，二是坏。", []),
        ("（一）未按期报送的；\n（二）提供虚假材料的；\n（三）其他。", []),
        ("一是" + "长" * 80 + "。\n二是" + "长" * 80 + "。", []),
        (
            "一是思想上有收获，" + "长" * 80 + "。\n二是作风上有转变，" + "短。",
            ["一是思想上有收获", "二是作风上有转变，短"],
        ),
        ("第一" + "，" + "长" * 80 + "。\n第二，" + "长" * 80 + "。", []),
        ("3.14是圆周率\n2.5倍", []),
        ("", []),
    ],
)
def test_kinds_of_headings(text, found):
    assert [one.title for one in outline(text)] == found


def test_large_numbers_count_on():
    numerals = [
        *"一二三四五六七八九",
        "十",
        *(f"十{n}" for n in "一二三四五六七八九"),
        "二十",
        "二十一",
    ]
    text = "\n".join(f"（{numeral}）标题" for numeral in numerals)
    assert len(outline(text)) == 21
    chapters = "\n".join(f"第{n}章 甲" for n in (*range(1, 100), "一百", "一百零一", "一百一十"))
    assert len(outline(chapters)) == 101  # a hundred and ten does not follow


def test_no_more_than_four_levels():
    kinds = ("第{}章 甲", "{}、甲", "（{}）甲", "{}是甲，好。", "第{}，甲。")
    text = "\n".join(kind.format(n) for n in "一" for kind in kinds)
    text += "\n" + "\n".join(kind.format("二") for kind in reversed(kinds))
    assert [one.level for one in outline(text)] == [1, 2, 3, 4, 4, 4, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("line", "found"), [("一、甲", True), ("（二）乙", True), ("同志们：", False)]
)
def test_is_heading(line, found):
    assert is_heading(line) is found
