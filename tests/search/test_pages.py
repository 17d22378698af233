"""From a request to a page: counts like the database's, every row once, marks that are what was asked."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest
from django.db import connection
from django.db.models import Count
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.models import Speech, State
from search.index.read import find as finding
from search.pages import search
from search.results import SearchRequest
from search.text.dates import PartialDate
from search.text.fold import fold
from tests.effort import examples
from tests.factories import make_source, make_speech, publish

pytestmark = pytest.mark.django_db(transaction=True)

TYPES = ["speech", "discussion", "theory"]
DATES = ["", "2023", "2024-04", "2024-04-14", "2025-01-02T03:04:05"]
PIECES = ["功成不必在我", "政绩观", "群众", "工作", "，", "。", "\n"]


@pytest.fixture
def archive() -> list[Speech]:
    """Sixty speeches of three sources in all states."""
    rng = random.Random(2)
    sources = [make_source(slug) for slug in ("jia", "yi", "bing")]
    rows = [
        Speech(
            title=f"第{n}篇" + rng.choice(["", "政绩观"]),
            text="".join(rng.choices(PIECES, k=rng.randint(1, 20))) + "。完",
            source=rng.choice(sources),
            type=rng.choice(TYPES),
            date=PartialDate(rng.choice(DATES)),
            state=rng.choice([State.PUBLISHED] * 5 + list(State)),
        )
        for n in range(60)
    ]
    publish(rows)
    return list(Speech.objects.published())


def ask(q: str = "", **options: object) -> SearchRequest:
    """A request with room for all results."""
    return SearchRequest(q=q, **{"per_page": 100, **options})


@settings(max_examples=examples(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_counts_are_the_databases(archive: list[Speech], data: st.DataObject) -> None:
    filters = {
        "source": tuple(data.draw(st.sets(st.sampled_from(["jia", "yi", "bing"]), max_size=2))),
        "type": tuple(data.draw(st.sets(st.sampled_from(TYPES), max_size=2))),
        "year": tuple(data.draw(st.sets(st.sampled_from(["2023", "2024", "2025"]), max_size=2))),
    }
    wanted = data.draw(st.sampled_from(["", "政绩观", "群众", "功成不必在我"]))
    page = search(ask(wanted and f"“{wanted}”", filters=filters))
    base = [s for s in archive if not wanted or wanted in fold(s.text) or wanted in fold(s.title)]

    def values(speech: Speech) -> dict[str, str]:
        return {"source": speech.source.slug, "type": speech.type, "year": str(speech.year or "")}

    def kept(speech: Speech, but: str = "") -> bool:
        return all(
            not chosen or values(speech)[name] in chosen
            for name, chosen in filters.items()
            if name != but
        )

    assert page.count == sum(map(kept, base))
    assert {row.pk for row in page.rows} == {s.pk for s in base if kept(s)}
    for facet in page.facets:
        if facet.name not in filters:
            continue
        for row in facet.rows:
            expected = (
                sum(kept(s, facet.name) and values(s)[facet.name] == row.value for s in base)
                if row.value.isdecimal() or facet.name != "year"
                else None
            )
            assert expected is None or row.count == expected
            assert row.selected == (row.value in filters[facet.name])


def test_everything_is_the_databases_count_by_source(archive: list[Speech]) -> None:
    counts = dict(
        Speech.objects.published().values_list("source__slug").annotate(Count("pk")).order_by()
    )
    (facet,) = [f for f in search(ask()).facets if f.name == "source"]
    assert {row.value: row.count for row in facet.rows} == counts
    assert {row.label for row in facet.rows} == {"jia站", "yi站", "bing站"}


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize("query", ["", "政绩观", "群众工作"])
def test_every_row_stands_on_one_page_once(archive: list[Speech], query: str, sort: str) -> None:
    whole = [row.pk for row in search(ask(query, sort=sort)).rows]
    for size in (7, 10, 50):  # of one on a page: complaints/test_index.py
        first = search(SearchRequest(q=query, sort=sort, per_page=size))
        rows = [
            row.pk
            for number in range(1, first.pages + 1)
            for row in search(SearchRequest(q=query, sort=sort, per_page=size, page=number)).rows
        ]
        assert rows == whole
        assert first.count == len(whole)


def test_a_page_beyond_the_end_is_the_last(archive: list[Speech]) -> None:
    page = search(SearchRequest(q="", page=999))
    assert page.page == page.pages
    assert page.rows


def test_dates_order_newest_first_and_unknown_last(archive: list[Speech]) -> None:
    for sort, step in (("newest", -1), ("oldest", 1)):
        dates = [str(row.object.date) for row in search(ask(sort=sort)).rows]
        known = [date for date in dates if date]
        assert known == sorted(known)[::step]
        assert dates[len(known) :] == [""] * (len(dates) - len(known))


def test_marks_are_what_was_asked(archive: list[Speech]) -> None:
    for row in search(ask("“功成不必在我”")).rows:
        marked = re.findall("<mark>(.*?)</mark>", " ".join(row.snippets) + row.title, re.DOTALL)
        assert marked
        assert all("功成不必在我" in fold(each) for each in marked)
        assert row.hits >= 1


def test_an_editors_scope_sees_drafts(archive: list[Speech]) -> None:
    assert (
        search(ask(scope={"state": ("draft",)})).count
        == Speech.objects.filter(state="draft").count()
    )


def test_strict_strings_mind_punctuation() -> None:
    one = make_speech(text="完整、准确、全面贯彻新发展理念")
    two = make_speech(text="完整准确全面贯彻新发展理念")
    assert {r.pk for r in search(ask("“完整准确全面贯彻”")).rows} == {one.pk, two.pk}
    assert {r.pk for r in search(ask("原样:“完整、准确、全面”")).rows} == {one.pk}
    assert {r.pk for r in search(ask("原样:“完整准确”")).rows} == {two.pk}


def test_masked_spellings_are_read_back_unless_switched_off() -> None:
    speech = make_speech(text="广大D员干部要带头。")
    assert search(ask("党员干部")).count == 1
    assert search(ask("党员干部", restore=False)).count == 0
    assert search(ask("D员干部", restore=False)).rows[0].pk == speech.pk
    assert "<mark>D员干部</mark>" in search(ask("党员干部")).rows[0].snippets[0]


def test_a_hit_at_the_end_of_a_long_text_is_marked() -> None:
    make_speech(text="群众工作要做实。" * 13_000 + "最后一句：行百里者半九十。")
    (row,) = search(ask("行百里者半九十")).rows
    assert row.snippets[0].endswith("最后一句：<mark>行百里者半九十</mark>。")


def test_what_is_unlike_a_query_gives_a_page(archive: list[Speech]) -> None:
    for line in [
        "*:*",
        "(" * 5000,
        '"' * 99,
        "OR OR",
        "\0",
        "😀",
        "a" * 10_000,
        "-",
        "标题:",
        "*",
        "<script>",
    ]:
        page = search(ask(line))
        assert page.count >= 0
        assert page.pages >= 1


def test_unpublished_never_comes_through_a_query(archive: list[Speech]) -> None:
    public = {speech.pk for speech in archive}
    for line in [
        "*:*",
        "x) OR state:draft OR (x",
        "state:draft",
        "-政绩观",
        "政绩观 OR 群众",
        "来源:jia OR 来源:yi",
    ]:
        assert {row.pk for row in search(ask(line)).rows} <= public


@pytest.fixture
def dated(archive: list[Speech]) -> list[Speech]:
    """The same archive with columns and tags."""
    end = "\x00" if connection.vendor == "sqlite" else " "  # PostgreSQL takes no NUL
    for n, speech in enumerate(archive):
        speech.site_column = ["", "理论学习", f" 学习 园地{end}"][n % 3]
        speech.site_tags = [["调研"], ["调研", "作风", ""], [], [" \n"]][n % 4]
        speech.save()
    return archive


@settings(max_examples=examples(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_month_narrows_its_year_and_site_words_are_counted(
    dated: list[Speech], data: st.DataObject
) -> None:
    names = {
        "year": ["2023", "2024", "2025", "unknown"],
        "month": ["2024-04", "2025-01", "2023-09"],
        "column": ["理论学习", "学习 园地", "无此"],
        "tag": ["调研", "作风"],
    }
    filters = {
        name: tuple(sorted(data.draw(st.sets(st.sampled_from(values), max_size=2))))
        for name, values in names.items()
    }

    def timely(speech: Speech) -> bool:
        year, month = str(speech.year or "unknown"), str(speech.date)[:7]
        narrowed = [each for each in filters["month"] if each.startswith(year)]
        return month in narrowed or (year in filters["year"] and not narrowed)

    def kept(speech: Speech, but: str) -> bool:
        column = speech.site_column.strip(" \x00")
        return (
            (
                not (filters["year"] or filters["month"])
                or but in {"year", "month"}
                or timely(speech)
            )
            and (not filters["column"] or but == "column" or column in filters["column"])
            and (
                not filters["tag"] or but == "tag" or bool({*filters["tag"]} & {*speech.site_tags})
            )
        )

    def values(speech: Speech, name: str) -> list[str]:
        return {
            "year": [str(speech.year or "unknown")],
            "month": [str(speech.date)[:7]] if speech.date.month else [],
            "column": [speech.site_column.strip(" \x00")],
            "tag": [tag for tag in speech.site_tags if tag.strip()],
        }[name]

    page = search(ask(filters=filters))
    assert {row.pk for row in page.rows} == {s.pk for s in dated if kept(s, "")}
    for facet in page.facets:
        if facet.name not in names:
            continue
        counts = Counter(v for s in dated if kept(s, facet.name) for v in values(s, facet.name))
        chosen = filters[facet.name]
        del counts[""]
        if facet.name == "month":
            listed = [v for v in counts if v[:4] in filters["year"] or v in chosen]
            counts = Counter({value: counts[value] for value in listed})
        assert {row.value: row.count for row in facet.rows} == dict.fromkeys(chosen, 0) | counts
        assert {row.value for row in facet.rows if row.selected} == {*chosen}


def test_months_are_listed_newest_first_beneath_chosen_years_only(dated: list[Speech]) -> None:
    def months(**filters: tuple[str, ...]) -> list[tuple[str, str]]:
        (facet,) = [f for f in search(ask(filters=filters)).facets if f.name == "month"]
        return [(row.label, row.short) for row in facet.rows]

    assert months() == []
    assert months(year=("2024",)) == [("2024年4月", "4月")]
    assert [label for label, _ in months(year=("2024", "2025", "unknown"))] == [
        "2025年1月",
        "2024年4月",
    ]


def test_a_facet_of_very_many_values_lists_the_most_frequent_and_the_chosen() -> None:
    make_speech(site_tags=["常见", *(f"第{n:04}号" for n in range(600))])
    make_speech(site_tags=["常见"])
    (facet,) = [f for f in search(ask(filters={"tag": ("第0599号",)})).facets if f.name == "tag"]
    assert (len(facet.rows), facet.left) == (501, 100)
    assert facet.rows[0].value == "常见"
    assert facet.rows[-1].selected


def test_a_remembered_sentence_says_that_most_of_it_is_enough() -> None:
    right = make_speech(text="我们要把调查研究的功夫下在平时，把群众的难题解决在现场。")
    make_speech(text="调查研究很要紧。")
    page = search(ask("把调查研究的功夫下在平常把群众的难题解决在现场"))
    assert [row.pk for row in page.rows] == [right.pk]
    assert "没有一篇含原词句" in page.notes[0]
    make_speech(text="把调查研究的功夫下在平常，把群众的难题解决在现场。")
    assert "大部分" in search(ask("把调查研究的功夫下在平常把群众的难题解决在现场")).notes[-1]
    assert search(ask("调查研究")).notes == ()


def test_the_wording_itself_is_told_from_its_scattered_parts() -> None:
    whole = make_speech("论规则", text="以本规则为准。规则另有规定。")
    make_speech("规则", text="以本为准，另有规则。")
    page = search(ask("以本规则为准"))
    assert page.count == 2
    assert "原词句见于 1 篇" in page.notes[0]
    assert page.rows[0].pk == whole.pk
    # Where the wording stands, nothing else is marked, not even in the title.
    assert (page.rows[0].title, page.rows[0].hits) == ("论规则", 1)
    assert page.rows[1].title == "<mark>规则</mark>"
    assert "前面" in page.notes[0]
    assert "前面" not in "".join(search(ask("以本规则为准", sort="newest")).notes)
    whole.delete()
    assert "没有一篇含原词句" in search(ask("以本规则为准")).notes[0]


def test_too_broad_a_query_is_refused_with_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    make_speech(text="群众的工作，是群众的事。")
    monkeypatch.setattr(finding, "PLACES", 3)
    page = search(ask("的 NEAR/5 群众"))
    assert (page.available, page.refused, page.count) == (False, True, 0)
    assert "太多" in page.notes[0]
    for line in ["群众的", "“的”", "工?是", "工作 NEAR/5 是"]:
        assert search(ask(line)).count == 1, line
    for line in ["同句(的 群众)", "的*群", "(的 OR 是) NEAR/3 (群 OR 众)", "事 -(的 NEAR/3 众)"]:
        assert search(ask(line)).refused, line
