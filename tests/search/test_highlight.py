"""Where a query stands in a text, and which documents answer it."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.highlight import hits, matches, merged
from search.highlight.places import Reading
from search.query import Exact, Near, Node, Not, Pattern, Run, Same, parse
from search.text.fold import fold, fold_map

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
        ("??造福", ["为民造福"]),
        ("?要扛起", []),
        ("政绩观?", ["政績觀就"]),
        ("人民?", ["人民的"]),
    ],
)
def test_hits(query: str, found: list[str]) -> None:
    tree = parse(query).tree
    assert [TEXT[start:end] for start, end in hits(TEXT, tree)] == found


def test_hits_without_reading_masked_spellings_back() -> None:
    text, tree = "D员干部，党员", parse("党员").tree
    assert hits(text, tree, restore=False) == [(5, 7)]
    assert hits(text, tree) == [(0, 2), (5, 7)]


def test_hits_of_other_fields() -> None:
    tree = parse("标题:政绩 来源:人民 (标题:-观) 责任").tree
    assert hits("政绩人民责任", tree, field="title") == [(0, 2), (4, 6)]
    assert hits("政绩人民责任", tree, field="source") == [(2, 4)]


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


# Oracles: the same questions asked in the plainest way, of small texts where much coincides.

small_texts = st.text("甲乙丙丁，。\n", max_size=30)
terms = st.text("甲乙丙", min_size=1, max_size=3)


@given(small_texts, terms)
def test_exact_hits_are_all_places_of_the_folded_string(text: str, term: str) -> None:
    found = hits(text, Exact(term))
    covered = {i for start, end in found for i in range(start, end) if fold(text[i])}
    kept = [i for i in range(len(text)) if fold(text[i])]
    folded = fold(text)
    assert covered == {
        kept[i + k]
        for i in range(len(folded))
        if folded.startswith(term, i)
        for k in range(len(term))
    }


@given(small_texts, st.lists(terms, min_size=2, max_size=3), st.integers(0, 4), st.booleans())
def test_near_by_trying_all_places(
    text: str, strings: list[str], distance: int, ordered: bool
) -> None:
    node = Near(tuple(map(Run, strings)), distance, ordered)
    places = [
        [(found.start(), found.start() + len(string)) for found in _everywhere(string, fold(text))]
        for string in strings
    ]
    chains = [
        chain
        for chain in itertools.product(*places)
        if all(_is_near(*pair, distance, ordered) for pair in itertools.pairwise(chain))
    ]
    assert matches({"text": text}, node) is bool(chains)
    kept = [i for i in range(len(text)) if fold(text[i])]
    spans = {(kept[i], kept[j - 1] + 1) for chain in chains for i, j in chain}
    assert hits(text, node) == merged(spans)


def _everywhere(string: str, text: str) -> list[re.Match[str]]:
    return list(re.finditer(f"(?={re.escape(string)})", text))


def _is_near(one: tuple[int, int], two: tuple[int, int], distance: int, ordered: bool) -> bool:
    return 0 <= two[0] - one[1] <= distance or (not ordered and 0 <= one[0] - two[1] <= distance)


@given(small_texts, terms, terms, st.sampled_from(["sentence", "paragraph"]))
def test_same_by_taking_the_units_one_by_one(text: str, one: str, two: str, unit: str) -> None:
    parts = re.split("[。\n]" if unit == "sentence" else "\n", text)
    both = Same(unit, (Run(one), Run(two)))
    assert matches({"text": text}, both) is any(
        one in fold(part) and two in fold(part) for part in parts
    )
    first_only = Same(unit, (Run(one), Not(Run(two))))
    assert matches({"text": text}, first_only) is any(
        one in fold(part) and two not in fold(part) for part in parts
    )


@given(small_texts, st.text("甲乙?*", min_size=1, max_size=6))
def test_pattern_by_trying_every_way(text: str, pattern: str) -> None:
    tree = parse(pattern).tree
    parts = re.findall(r"[?*]+|[^?*]+", tree.text) if isinstance(tree, Pattern) else []
    sentences = re.split(r"(?<=[。\n])", text)
    folded = [(c, number) for number, part in enumerate(sentences) for c in fold(part)]
    if parts:
        expected = any(_fits(parts, folded, i, first=True) for i in range(len(folded) + 1))
        assert matches({"text": text}, tree) is expected


def _fits(parts: list[str], folded: list[tuple[str, int]], at: int, *, first: bool) -> bool:
    """Do the parts stand one after the other from `at`?"""
    if not parts:
        return at <= len(folded)
    if parts[0][0] not in "?*":
        end = at + len(parts[0])
        here = "".join(c for c, _ in folded[at:end]) == parts[0]
        return here and _fits(parts[1:], folded, end, first=False)
    singles = parts[0].count("?")
    if first or len(parts) == 1 or "*" not in parts[0]:
        return _fits(parts[1:], folded, at + singles, first=False)
    return any(
        _fits(parts[1:], folded, end, first=False)
        for end in range(at + singles, min(at + singles + 30, len(folded) - 1) + 1)
        if folded[at - 1][1] == folded[end][1]
    )


def test_star_reaches_thirty_characters() -> None:
    tree = parse("甲*乙").tree
    assert matches({"text": "甲" + "丙" * 30 + "乙"}, tree)
    assert not matches({"text": "甲" + "丙" * 31 + "乙"}, tree)


@given(
    small_texts,
    st.lists(
        st.sampled_from(["甲", "乙", "-甲", "丙", "OR", "“甲乙”", "(", ")", "甲?丙", "NEAR/1"]),
        max_size=8,
    ),
)
def test_hits_fold_to_what_was_asked_for(text: str, pieces: list[str]) -> None:
    tree = parse(" ".join(pieces)).tree
    found = hits(text, tree)
    assert found == merged(found)
    assert all(fold(text[start]) and fold(text[end - 1]) for start, end in found)
