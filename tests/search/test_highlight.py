"""Where a query stands in a text, and which documents answer it."""

from __future__ import annotations

import pytest

from search import highlight
from search.highlight.occurrences import Reading
from search.query import Exact, Node, Not, Pattern, Run
from search.text.fold import fold_map
from tests.search.language import parse
from tests.search.marking import hits
from tests.search.reference import matches

TEXT = """要扛##paidbegin##起、对党的责任。“功成不必在我”的精神境界和功成必定有我的历史担当；
D员干部要学思想，见行动！
为民造福是最大政绩。打基础，利长远。正确政績觀就是人民的政绩观。"""


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", []),
        ("效", []),
        ("政绩", ["政绩", "政績", "政绩"]),
        ("“扛起对党的责任”", ["扛##paidbegin##起、对党的责任"]),
        ("“学思想见行动”", ["学思想，见行动"]),
        ("打基础利长远", ["打基础，利长远"]),
        ("利长远打基础", ["打基础", "利长远"]),
        ("党员干部", ["D员干部"]),
        ("D员", ["D员"]),
        ("“党员，要学思想”", []),
        ("原样:“政绩观”", ["政绩观"]),
        ("原样:“学思想，见”", ["学思想，见"]),
        ("原样:“学思想见”", []),
        ("政绩 -责任", ["政绩", "政績", "政绩"]),
        ("“历史担当” OR 行动", ["历史担当", "行动"]),
        ("标题:政绩 人民", ["人民"]),
        ("来源:(标题:政绩 人民)", []),
        ("日期:2024", []),
        ("功成不必在我 NEAR/12 功成必定有我", ["功成不必在我", "功成必定有我"]),
        ("功成不必在我 NEAR/5 功成必定有我", []),
        ("功成必定有我 NEAR 功成不必在我", ["功成不必在我", "功成必定有我"]),
        ("功成必定有我 THEN 功成不必在我", []),
        ("(人民 OR 造福) NEAR/3 政绩", ["造福", "政绩", "政績", "人民", "政绩"]),
        ("功成 NEAR/0 功成", []),
        ("政绩 NEAR/0 绩观", []),
        ("原样:“人民” THEN 原样:“绩观”", ["人民", "绩观"]),
        ("党员 THEN 行动", ["D员", "行动"]),
        ("同句(功成 担当)", ["功成", "功成", "担当"]),
        ("同句(功成 党员)", []),
        ("同句(D员 行动)", ["D员", "行动"]),
        ("同句(党员 行动)", ["D员", "行动"]),
        ("同句(政绩 -最大)", ["政績", "政绩"]),
        ("同句(政绩 -(最大 OR 人民))", []),
        ("同句(长远 OR 造福)", ["造福", "长远"]),
        ("同句((最大 民) OR 利远)", ["民", "最大"]),
        ("同段(党员 政绩)", []),
        ("同段(造福 长远)", ["造福", "长远"]),
        ("同段(造福 -同段)", ["造福"]),
        ("同句(民 NEAR/1 福 最大)", ["民", "福", "最大"]),
        ("同句(民 NEAR/0 福)", []),
        ("同句(原样:“，见”)", ["，见"]),
        ("同句(政*观 正确)", ["正确", "政績觀", "政绩观"]),
        ("功?不必", ["功成不必"]),
        ("功*我", ["功成不必在我", "功成必定有我"]),
        ("政绩*长远", []),
        ("政绩????长远", ["政绩。打基础，利长远"]),
        ("为??福", ["为民造福"]),
        ("就?是", []),
        ("政绩观?是", ["政績觀就是"]),
        ("人民?政", ["人民的政"]),
    ],
)
def test_hits(query: str, found: list[str]) -> None:
    tree = parse(query).tree
    assert [TEXT[start:end] for start, end in hits(TEXT, tree)] == found


def test_hits_without_reading_masked_spellings_back() -> None:
    text, tree = "D员干部，党员", parse("党员").tree
    assert hits(text, tree, restore=False) == [(5, 7)]
    assert hits(text, tree) == [(0, 2), (5, 7)]


def test_hits_to_the_end_of_a_long_text() -> None:
    text = "学思想，强党性；" * 13_000 + "重实践、建新功"
    tree = parse("“重实践建新功”").tree
    assert hits(text, tree) == [(len(text) - 7, len(text))]


def test_overlapping_places_are_one_hit() -> None:
    assert hits("民民民，民", Exact("民民")) == [(0, 5)]


@pytest.mark.parametrize("tree", [Run(""), Exact("，"), Exact("", strict=True), Pattern("?*")])
def test_what_folds_to_nothing_is_nowhere(tree: Node) -> None:
    assert hits("一，二", tree) == []
    assert not matches({"text": "一，二"}, tree)


def test_only_what_has_places_can_be_near() -> None:
    with pytest.raises(TypeError, match="Not has no places"):
        Reading("", fold_map("")).places(Not(Run("甲")))


DOCUMENT = {
    "title": "在动员部署会上的讲话",
    "text": TEXT,
    "source": ["renmin", "人民网"],
    "type": "讲话稿",
    "tag": ["主题教育", "D员干部"],
    "date": "2024-04-14T10:24:03",
}


@pytest.mark.parametrize(
    ("query", "answered"),
    [
        ("", True),
        ("效", False),
        ("动员 政绩", True),
        ("利长远打基础", True),
        ("动员部署政绩观", True),
        ("“利长远打基础”", False),
        ("动员部署长江", False),
        ("党员干部", True),
        ("政绩 -讲话", False),
        ("-讲话", False),
        ("-长江", True),
        ("长江 OR 讲话", True),
        ("长江 OR 黄河", False),
        ("标题:动员", True),
        ("标题:动员讲话", True),
        ("标题:政绩", False),
        ("标题:-政绩", True),
        ("来源:人民", True),
        ("来源:“人民网”", True),
        ("来源:网人民", False),
        ("来源:RENMIN", True),
        ("来源:新华网", False),
        ("栏目:理论", False),
        ("类型:讲?稿", True),
        ("标签:(教育 干部)", True),
        ("标签:(教育 -干部)", False),
        ("标签:党员", False),
        ("来源:(标题:动员 人民)", True),
        ("动员 NEAR 责任", False),
        ("动员 NEAR/5 讲话", True),
        ("同句(动员 讲话)", True),
        ("同句(动员 责任)", False),
        ("原样:“学思想，见行动”", True),
        ("原样:“政績”", True),
        ("原样:“政績 ”", True),
        ("原样:“学思想見行动”", False),
        ("日期:2024", True),
        ("日期:2024-04", True),
        ("日期:2024-04-14", True),
        ("日期:2024-04-15", False),
        ("日期:..2024-03", False),
        ("日期:2024-04..", True),
        ("日期:2025..", False),
        ("-日期:2025", True),
    ],
)
def test_matches(query: str, answered: bool) -> None:
    assert matches(DOCUMENT, parse(query).tree) is answered


def test_matches_without_reading_masked_spellings_back() -> None:
    assert not matches(DOCUMENT, parse("“党员干部”").tree, restore=False)
    assert matches(DOCUMENT, parse("“D员干部”").tree, restore=False)


@pytest.mark.parametrize(
    ("date", "query", "answered"),
    [
        ("2024", "日期:2024-04", True),
        ("2024-04", "日期:2023..2024-03", False),
        ("2024-04", "日期:2024-04-30..", True),
        ("", "日期:2024", False),
        ("", "-日期:2024", True),
    ],
)
def test_dates_of_any_precision_match_what_they_may_mean(
    date: str, query: str, answered: bool
) -> None:
    assert matches({"date": date}, parse(query).tree) is answered


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("群众##paidbegin##，工作", False),
        ("群众d##paidbegin##，工作", True),
        ("群众##paidbegin##\n工作d", False),
        ("群众$$paidbegin$$$$paidend$$", False),
    ],
)
def test_a_site_marker_is_no_text_however_strictly_asked(text: str, holds: bool) -> None:
    same = parse("同段(原样:“d” “群众”)").tree
    assert highlight.holds(text, same) == holds
    assert (len(hits(text, same)) == 2) == holds
