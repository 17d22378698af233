"""From a request to a page: counts like the database's, every row once, marks that are what was asked."""

from __future__ import annotations

import random
import re

import pytest
from django.db.models import Count
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.dates import PartialDate
from archive.models import Speech, State
from search.engine import search
from search.indexing import backend
from search.results import SearchRequest
from search.text.fold import fold
from tests.factories import make_source, make_speech

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
    for row in rows:
        row.derive()
    Speech.objects.bulk_create(rows)
    site = backend()
    site.update(site.unified_index().get_index(Speech), Speech.objects.all())
    return list(Speech.objects.published())


def ask(q: str = "", **options: object) -> SearchRequest:
    """A request with room for all results."""
    return SearchRequest(q=q, **{"per_page": 100, **options})


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    for size in (1, 7, 10, 50):
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
