"""What a line means: one table for each part of the language."""

from __future__ import annotations

import pytest

from archive.public.help import examples
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
    Pattern,
    Run,
    Same,
    leaves,
)
from search.text.dates import PartialDate
from tests.search.language import parse, unparse


def dates(first: str, last: str) -> Dates:
    return Dates(PartialDate(first), PartialDate(last))


ONE, TWO, THREE, FOUR = Run("甲"), Run("乙"), Run("丙"), Run("丁")

UNDERSTOOD: dict[str, dict[str, Node]] = {
    "words": {
        "": Everything(),
        " \t　\n": Everything(),
        "效": Run("效"),
        "对党忠诚": Run("对党忠诚"),
        "甲 乙": And((ONE, TWO)),
        "甲　乙\u2003丙\n丁": And((ONE, TWO, THREE, FOUR)),
        "甲 乙 甲": And((ONE, TWO)),
        "甲 AND 乙": And((ONE, TWO)),
        "甲 与 乙": And((ONE, TWO)),
        "甲 & 乙＆丙": And((ONE, TWO, THREE)),
        "R&D": Run("R&D"),
        "+甲 ＋乙": And((ONE, TWO)),
        "C++": Run("C++"),
        "++甲": ONE,
        "功成不必在我，功成必定有我。": Run("功成不必在我，功成必定有我"),
        "《党章》": Run("党章"),
        "——在大会上的讲话": Run("在大会上的讲话"),
        "--甲": ONE,
        "比如：标题": Run("比如：标题"),
        "，标题:甲": Run("标题甲"),
        "2021-2025": Run("2021-2025"),
        "A-B": Run("A-B"),
        "don't": Run("don't"),
        "‘三种身份’": Exact("三种身份"),
        "甲\u200b\ud800\x00乙": Run("甲乙"),
        "##paidbegin##甲": Run("##paidbegin##甲"),
        "😀": Run("😀"),
        "什么是新质生产力？": Run("什么是新质生产力"),
        "同句": Run("同句"),
        "同句 (甲)": And((Run("同句"), ONE)),
        "near": Run("near"),
        "or": Run("or"),
    },
    "exact": {
        "“甲，乙”": Exact("甲，乙"),
        '"甲"': Exact("甲"),
        "„甲“": Exact("甲"),
        "「甲」": Exact("甲"),
        "『甲』": Exact("甲"),
        "＂甲＂": Exact("甲"),
        "“甲“": Exact("甲"),
        "”甲“": Exact("甲"),
        '"甲”': Exact("甲"),
        "“甲」": Exact("甲"),
        "「甲”": Exact("甲"),
        "“ 甲 乙 ”": Exact("甲 乙"),
        "“甲“乙”丙”": Exact("甲“乙”丙"),
        "「甲「乙」丙」": Exact("甲「乙」丙"),
        '「甲"乙」': Exact('甲"乙'),
        "“甲‘乙’丙”": Exact("甲‘乙’丙"),
        r"“甲\”乙”": Exact("甲”乙"),
        r"“甲\「乙”": Exact(r"甲\「乙"),
        r"“甲\” 乙": And((Exact("甲\\"), TWO)),
        r"“甲\ ”": Exact("甲\\"),
        "甲“乙”丙": And((ONE, Exact("乙"), THREE)),
        "‘甲，乙’": Exact("甲，乙"),
        "'甲 乙' 丙": And((Exact("甲 乙"), THREE)),
        "«甲»": Exact("甲"),
        "(‘甲’ OR ＇乙＇)": Or((Exact("甲"), Exact("乙"))),
        "-‘甲’": Not(Exact("甲")),
        "标题:‘甲’": InField("title", Exact("甲")),
        "it's 甲": And((Run("it's"), ONE)),
        "甲‘乙’丙": Run("甲‘乙’丙"),
        "‘甲": Run("甲"),
        "“甲 OR 乙”": Exact("甲 OR 乙"),
        "“甲*乙？”": Exact("甲*乙？"),
        "原样:“甲，乙”": Exact("甲，乙", strict=True),
        'strict："甲"': Exact("甲", strict=True),
        '="甲"': Exact("甲", strict=True),
        "＝“甲”": Exact("甲", strict=True),
        "原样：”甲“": Exact("甲", strict=True),
        "原样:甲": Exact("甲", strict=True),
        "= “甲”": And((Run("="), Exact("甲"))),
        "标题:原样:“甲”": InField("title", Exact("甲", strict=True)),
    },
    "not": {
        "-讲话": Not(Run("讲话")),
        "－讲话": Not(Run("讲话")),
        "NOT 讲话": Not(Run("讲话")),
        "甲 -乙": And((ONE, Not(TWO))),
        "-甲 -乙": And((Not(ONE), Not(TWO))),
        '-"甲"': Not(Exact("甲")),
        "-(甲 乙)": Not(And((ONE, TWO))),
        "(-甲)": Not(ONE),
        "甲|-乙": Or((ONE, Not(TWO))),
        "-(-甲)": ONE,
        "NOT NOT 甲": ONE,
        "-标题:甲": Not(InField("title", ONE)),
        "标题:-甲": Not(InField("title", ONE)),
        "标题:(-甲)": Not(InField("title", ONE)),
        "+-甲": Not(ONE),
        "-OR": Not(Run("OR")),
    },
    "or": {
        "甲 OR 乙": Or((ONE, TWO)),
        "甲 ＯＲ 乙": Or((ONE, TWO)),
        "甲 或 乙": Or((ONE, TWO)),
        "甲或乙": Run("甲或乙"),
        "甲|乙｜丙": Or((ONE, TWO, THREE)),
        "甲 乙 OR 丙 丁": And((ONE, Or((TWO, THREE)), FOUR)),
        "(甲 乙) OR 丙": Or((And((ONE, TWO)), THREE)),
        "甲 OR (乙 OR 丙)": Or((ONE, TWO, THREE)),
        "甲 OR 甲": ONE,
        "“甲”或“乙”": Or((Exact("甲"), Exact("乙"))),
        "(甲)或(乙)": Or((ONE, TWO)),
        "或": Run("或"),
        "甲 (或)": And((ONE, Run("或"))),
        "NOT": Run("NOT"),
        "NEAR/999": Run("NEAR/999"),
    },
    "brackets": {
        "((甲 （乙）))": And((ONE, TWO)),
        "甲(乙 OR 丙)丁": And((ONE, Or((TWO, THREE)), FOUR)),
        "(" * 32 + "甲" + ")" * 32: ONE,
    },
    "near": {
        "甲 NEAR/12 乙": Near((ONE, TWO), 12),
        "甲 near/3 乙": Near((ONE, TWO), 3),
        "甲 ＮＥＡＲ／１２ 乙": Near((ONE, TWO), 12),
        "甲 NEAR 乙": Near((ONE, TWO), 10),
        "甲 NEAR/ 乙": Near((ONE, TWO), 10),
        "甲 NEAR/0 “乙” NEAR/0 丙?丁": Near((ONE, Exact("乙"), Pattern("丙?丁")), 0),
        "甲 THEN/5 乙": Near((ONE, TWO), 5, ordered=True),
        "甲 NEAR 乙 丙": And((Near((ONE, TWO), 10), THREE)),
        "甲 OR 乙 NEAR 丙": Or((ONE, Near((TWO, THREE), 10))),
        "(甲 OR 乙) NEAR 丙": Near((Or((ONE, TWO)), THREE), 10),
        "标题:(甲 NEAR 乙)": InField("title", Near((ONE, TWO), 10)),
        "-(甲 NEAR 乙)": Not(Near((ONE, TWO), 10)),
        "NEAR/x": Run("NEAR/x"),
    },
    "same": {
        "同句(甲 乙)": Same("sentence", (ONE, TWO)),
        "同段（甲 乙）": Same("paragraph", (ONE, TWO)),
        "SENTENCE(甲)": Same("sentence", (ONE,)),
        "paragraph(甲 乙)": Same("paragraph", (ONE, TWO)),
        "同句(甲 OR 乙)": Same("sentence", (Or((ONE, TWO)),)),
        "同句(甲 -乙)": Same("sentence", (ONE, Not(TWO))),
        "同句((甲 -乙) OR 丙)": Same("sentence", (Or((And((ONE, Not(TWO))), THREE)),)),
        "同句(甲 NEAR 乙)": Same("sentence", (Near((ONE, TWO), 10),)),
        "甲 -同句(乙 丙)": And((ONE, Not(Same("sentence", (TWO, THREE))))),
    },
    "fields": {
        "标题:甲": InField("title", ONE),
        "标题： 甲": InField("title", ONE),
        "Title:甲 ｓｏｕｒｃｅ：乙": And((InField("title", ONE), InField("source", TWO))),
        "类型:甲 栏目:乙 标签:丙": And(
            (InField("type", ONE), InField("column", TWO), InField("tag", THREE))
        ),
        "标题:(甲 乙)": InField("title", And((ONE, TWO))),
        "标题:来源:甲": InField("source", ONE),
        "标题:(来源:甲 乙)": InField("title", And((InField("source", ONE), TWO))),
        "标题:OR": InField("title", Run("OR")),
    },
    "dates": {
        "日期:2024": dates("2024", "2024"),
        "date：２０２４-04": dates("2024-04", "2024-04"),
        "日期:2023..2024": dates("2023", "2024"),
        "日期:2023-05..2024": dates("2023-05", "2024"),
        "日期:..2020": dates("", "2020"),
        "日期:2021..": dates("2021", ""),
        "日期:2023…2024": dates("2023", "2024"),
        "日期:2023-2024": dates("2023", "2024"),
        "日期:2023年5月至2024年2月9日": dates("2023-05", "2024-02-09"),
        "日期:2024/4/1": dates("2024-04-01", "2024-04-01"),
        '日期:"2024.4"': dates("2024-04", "2024-04"),
        "日期:(2022 OR 2024)": Or((dates("2022", "2022"), dates("2024", "2024"))),
        "-日期:2024": Not(dates("2024", "2024")),
        "标题:(日期:2024 2025)": InField("title", And((dates("2024", "2024"), Run("2025")))),
    },
    "wildcards": {
        "政?观": Pattern("政?观"),
        "政？观": Pattern("政?观"),
        "以＊为**中心": Pattern("以*为*中心"),
        "什么是新质生产力?": Run("什么是新质生产力"),
        "为什么学习？怎样学习": Run("为什么学习？怎样学习"),
        "今天去吗?明天": Run("今天去吗？明天"),
        "甲乙，丙?丁": Run("甲乙，丙？丁"),
        "如何 甲?": ONE,
        "如何": Run("如何"),
        "如何 什么": And((Run("如何"), Run("什么"))),
        "-如何 甲": And((Not(Run("如何")), ONE)),
        "党?": Run("党"),
        "？党": Run("党"),
        "*发展*": Run("发展"),
        "*甲?*": ONE,
        "甲????": ONE,
    },
}


@pytest.mark.parametrize(
    ("line", "tree"), [row for part in UNDERSTOOD.values() for row in part.items()]
)
def test_line_is_understood_without_a_repair(line: str, tree: Node) -> None:
    parsed = parse(line)
    assert parsed.tree == tree
    assert parsed.repairs == ()


@pytest.mark.parametrize(
    ("line", "tree", "repairs"),
    [
        ("?", Everything(), ["empty_term ?"]),
        ("*:*", Everything(), ["empty_term *:*"]),
        ("甲 - 乙", And((ONE, TWO)), ["empty_term -"]),
        ("甲 “，”", ONE, ["empty_term “，”"]),
        ("原样:“；”", Everything(), ["empty_term “；”", "empty_prefix 原样:"]),
        ('""', Everything(), ['empty_term ""']),
        ("。 、 ， ；", Everything(), ["empty_term 。", "empty_term 、", "empty_term ，"]),
        ("甲 ()", ONE, ["empty_brackets"]),
        ("同句()", Everything(), ["empty_brackets"]),
        ("同句(，)", Everything(), ["empty_term ，", "empty_brackets"]),
        ("标题:", Everything(), ["empty_prefix 标题:"]),
        ("NOT OR 甲", ONE, ["empty_prefix NOT"]),
        ("甲 -)", ONE, ["empty_term -", "bracket_ignored )"]),
        ("“甲", Exact("甲"), ["quote_closed “"]),
        ('“甲“乙"丙', And((Exact("甲"), TWO, Exact("丙"))), ['quote_closed "']),
        ("“甲”-“乙”", And((Exact("甲"), Exact("乙"))), ["empty_term -"]),
        ("甲”", ONE, ["quote_ignored ”"]),
        ("甲” 乙 “丙”", And((ONE, TWO, Exact("丙"))), ["quote_ignored ”"]),
        ('19" 甲', And((Run("19"), ONE)), ['quote_ignored "']),
        ("(甲 (乙", And((ONE, TWO)), ["bracket_closed"]),
        ("甲）乙", And((ONE, TWO)), ["bracket_ignored ）"]),
        ("甲 OR", ONE, ["operator_ignored OR"]),
        ("OR 甲", ONE, ["operator_ignored OR"]),
        ("甲 || 乙", Or((ONE, TWO)), ["operator_ignored |"]),
        ("甲 AND", ONE, ["operator_ignored AND"]),
        ("甲 NEAR", ONE, ["operator_ignored NEAR"]),
        ("|", Everything(), ["operator_ignored |"]),
        ("-&甲", ONE, ["empty_prefix -"]),
        ("甲?乙?丙?丁?戊?己", Pattern("甲?乙?丙?丁?戊"), ["wildcards 甲?乙?丙?丁?戊?己"]),
        ("?????甲", ONE, []),
        ("原样:(甲 乙)", And((ONE, TWO)), ["strict_group"]),
        ("甲 NEAR (乙 丙)", And((ONE, TWO, THREE)), ["near_operand 乙 丙"]),
        ("标题:甲 NEAR 乙", And((InField("title", ONE), TWO)), ["near_operand 标题:甲"]),
        ("甲 NEAR ， NEAR", ONE, ["empty_term ，", "operator_ignored NEAR"]),
        ("甲 NEAR/3 乙 THEN/3 丙", Near((ONE, TWO, THREE), 3), ["near_mixed NEAR/3"]),
        ("甲 NEAR/9999 乙", Near((ONE, TWO), 200), ["near_distance 200"]),
        ("同句(甲 标题:乙)", Same("sentence", (ONE,)), ["same_operand 标题:乙"]),
        ("同句(甲 OR 日期:2024)", Same("sentence", (ONE,)), ["same_operand 日期:2024"]),
        ("同句(-甲)", Everything(), ["same_operand -甲"]),
        ("同句(标题:甲)", Everything(), ["same_operand 标题:甲"]),
        ("同句(甲 OR -乙)", Same("sentence", (ONE,)), ["same_operand -乙"]),
        ("日期:昨天", Everything(), ["date_unreadable 昨天"]),
        ("-日期:昨天", Everything(), ["date_unreadable 昨天"]),
        ("同句(日期:昨天)", Everything(), ["date_unreadable 昨天"]),
        ("日期:2024-13", Everything(), ["date_unreadable 2024-13"]),
        ("日期:2023..2024..2025", Everything(), ["date_unreadable 2023..2024..2025"]),
        ("日期:1..2024", Everything(), ["date_unreadable 1..2024"]),
        ("日期:..", Everything(), ["empty_term ..", "empty_prefix 日期:"]),
        ("日期:2024..2023", dates("2023", "2024"), ["dates_swapped 2024..2023"]),
        ("(" * 33 + "甲" + ")" * 33, ONE, ["too_deep 32"]),
    ],
)
def test_line_is_repaired(line: str, tree: Node, repairs: list[str]) -> None:
    parsed = parse(line)
    assert parsed.tree == tree
    assert [f"{each.code} {each.detail}".strip() for each in parsed.repairs] == repairs


def test_long_line_is_cut_before_it_is_read() -> None:
    parsed = parse("甲" * 10_000)
    assert parsed.tree == Run("甲" * 500)
    assert [each.code for each in parsed.repairs] == ["too_long"]


def test_line_that_prints_longer_is_cut_to_print_within_bounds() -> None:
    parsed = parse('="' + "甲" * 497 + '"')
    assert parsed.tree == Exact("甲" * 495, strict=True)
    assert [each.code for each in parsed.repairs] == ["too_long", "quote_closed"]
    assert len(unparse(parsed.tree)) == 500


def test_only_so_many_terms_are_taken() -> None:
    words = [f"词{number}" for number in range(40)]
    parsed = parse(" OR ".join(words))
    assert parsed.tree == Or(tuple(map(Run, words[:32])))
    assert [(each.code, each.detail) for each in parsed.repairs] == [("too_many_terms", "32")]


def test_only_so_many_levels_are_taken() -> None:
    line = "甲"
    for level in range(5):
        line = f"({line} 乙{level}) OR 丙{level}"
    parsed = parse(line)
    assert [(each.code, each.detail) for each in parsed.repairs] == [("too_deep", "8")]
    assert Run("甲") not in list(leaves(parsed.tree))
    assert Run("乙1") in list(leaves(parsed.tree))


@pytest.mark.parametrize(
    ("inner", "kept"),
    [
        ("-(甲 (乙 OR 戊))", "-甲"),
        ("标题:(甲 (乙 OR 戊))", "标题:甲"),
        ("同句(甲 (乙 OR (戊 己)))", ""),
        ("((甲 OR 乙) NEAR 丙) OR (丁 -(甲 (乙 OR 戊)))", "(甲 OR 乙) NEAR/10 丙 OR (丁 -甲)"),
    ],
)
def test_levels_of_every_kind_are_cut(inner: str, kept: str) -> None:
    levels = 2 if "丁" in inner else 3
    for level in range(levels):
        inner, kept = (f"(({line}) 子{level}) OR 丑{level}" for line in (inner, kept))
    parsed = parse(inner)
    assert [each.code for each in parsed.repairs] == ["too_deep"]
    assert parsed.tree == parse(kept).tree
    assert parse(unparse(parsed.tree)) == type(parsed)(parsed.tree)


def test_help_is_what_the_parser_understands() -> None:
    understood = {
        "功成不必在我": Run("功成不必在我"),
        "党员 干部": And((Run("党员"), Run("干部"))),
        "“空谈误国，实干兴邦”": Exact("空谈误国，实干兴邦"),
        "原样:“空谈误国，实干兴邦”": Exact("空谈误国，实干兴邦", strict=True),
        "政绩 -讲话": And((Run("政绩"), Not(Run("讲话")))),
        "党性 OR 党风": Or((Run("党性"), Run("党风"))),
        "(党性 或 党风) 建设": And((Or((Run("党性"), Run("党风"))), Run("建设"))),
        "功成不必在我 NEAR/12 功成必定有我": Near((Run("功成不必在我"), Run("功成必定有我")), 12),
        "党员 THEN/5 干部": Near((Run("党员"), Run("干部")), 5, ordered=True),
        "同句(政绩 群众)": Same("sentence", (Run("政绩"), Run("群众"))),
        "同段(政绩 人民 -讲话)": Same("paragraph", (Run("政绩"), Run("人民"), Not(Run("讲话")))),
        "政?观": Pattern("政?观"),
        "以*为中心": Pattern("以*为中心"),
        "标题:动员部署": InField("title", Run("动员部署")),
        "来源:学习": InField("source", Run("学习")),
        "类型:研讨发言": InField("type", Run("研讨发言")),
        "栏目:理论学习": InField("column", Run("理论学习")),
        "标签:主题教育": InField("tag", Run("主题教育")),
        "日期:2024-04": dates("2024-04", "2024-04"),
        "日期:2023..2024": dates("2023", "2024"),
    }
    rows = examples()
    assert {row.example: parse(row.example).tree for row in rows} == understood
    assert not any(parse(row.example).repairs for row in rows)
    assert all(row.meaning for row in rows)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        ("甲 -乙 (丙 OR “丁”)", [ONE, THREE, Exact("丁")]),
        ("标题:甲?乙 日期:2024", [Pattern("甲?乙")]),
        ("同句(甲 NEAR 乙)", [ONE, TWO]),
    ],
)
def test_leaves_are_what_is_looked_for(line: str, expected: list[Node]) -> None:
    assert list(leaves(parse(line).tree)) == expected


@pytest.mark.parametrize(
    ("tree", "line"),
    [
        (Exact('甲"乙」丙』'), r"“甲\"乙」丙』”"),
        (Exact("甲\\"), "“甲\\ ”"),
        (Exact("甲\\”乙"), r"「甲\”乙」"),
        (Exact('甲"乙'), '「甲"乙」'),
        (Exact('甲"「乙'), '『甲"「乙』'),
        (Same("paragraph", (Or((ONE, TWO)), THREE)), "同段((甲 OR 乙) 丙)"),
        (Not(Run("或")), "-(或)"),
        (Or((Run("OR"), ONE)), "(OR) OR 甲"),
    ],
)
def test_unparse(tree: Node, line: str) -> None:
    assert unparse(tree) == line
