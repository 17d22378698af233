"""Questions are answered behind the wording, in tiers that the page names; commands are never widened."""

from __future__ import annotations

from dataclasses import astuple

import pytest
from django.test import Client

from archive.models import Speech, State
from search.backend import Tiers
from search.pages import counts, keys, search
from search.results import SearchRequest
from tests.factories import make_source, make_speech

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = {
    "全": "树立政绩观，发展生产力，保护水渠。",
    "多": "树立政绩观，发展生产力，加以保护。",
    "少": "水渠通了。",
    "无": "天气晴好。",
}


@pytest.fixture
def archive() -> dict[str, Speech]:
    """Four published speeches and one that is not."""
    make_speech("藏", "树立政绩观，发展生产力。水渠。", state=State.DRAFT)
    return {title: make_speech(title, text) for title, text in TEXTS.items()}


def asked(line: str, **options: object) -> list[tuple[str, str]]:
    """Return title and tier of each result."""
    page = search(SearchRequest(line, **options))  # type: ignore[arg-type]
    assert page.count == sum(astuple(page.tiers)) == len(page.rows)
    return [(row.object.title, row.tier) for row in page.rows]


@pytest.mark.parametrize(
    "line",
    [
        "如何树立政绩观、发展生产力和保护水渠？",
        "为什么要保护水渠? 怎样树立政绩观、发展生产力",
        "树立政绩观和“发展生产力”是不是为了保护水渠",
    ],
)
def test_a_question_is_answered_by_what_holds_most_of_it(
    archive: dict[str, Speech], line: str
) -> None:
    assert asked(line) == [("全", "all"), ("多", "most"), ("少", "some")]
    page = search(SearchRequest(line))
    assert page.tiers == Tiers(all=1, most=1, some=1)
    assert page.notes == ("含全部词语的 1 篇，排在前面；含大部分的 1 篇，只含部分的 1 篇。",)
    assert [row.count for facet in page.facets if facet.name == "type" for row in facet.rows] == [3]
    assert "<mark>水渠</mark>" in page.rows[2].snippets[0]
    assert page.rows[2].hits == 1
    assert page.rows[2].pk not in keys(SearchRequest(line), 10)  # no list of keys can name tiers


def test_the_last_page_stands_for_one_beyond_it_with_its_tiers_and_marks(
    archive: dict[str, Speech],
) -> None:
    line = "如何树立政绩观、发展生产力和保护水渠？"
    for q, shown in ((line, ("少", "some")), ("水渠", ("全", "all")), ("“水渠”", ("全", "all"))):
        last = search(SearchRequest(q, per_page=1)).pages
        page = search(SearchRequest(q, per_page=1, page=99))
        assert page.page == last
        assert page.rows == search(SearchRequest(q, per_page=1, page=last)).rows
        assert page.rows[0].tier == shown[1]
        assert "<mark>水渠</mark>" in page.rows[0].snippets[0]


def test_words_are_widened_only_where_nothing_holds_all(archive: dict[str, Speech]) -> None:
    assert set(asked("政绩观 生产力")) == {("全", "all"), ("多", "all")}
    assert set(asked("天气 水渠")) == {("少", "some"), ("无", "some"), ("全", "some")}
    assert search(SearchRequest("天气 水渠")).notes[0].startswith("没有一篇含全部词语")
    assert asked("政绩观") == asked("什么是政绩观？") != []


def test_filters_leave_out_and_do_not_widen(archive: dict[str, Speech]) -> None:
    make_speech("乙", "水渠。", source=make_source("yi"))
    assert asked("政绩观 生产力", filters={"source": ("yi",)}) == []
    line = "如何树立政绩观、发展生产力和保护水渠？"
    assert asked(line, filters={"source": ("yi",)}) == [("乙", "some")]


@pytest.mark.parametrize(
    "line",
    [
        "如何树立政绩观、发展生产力和保护水渠？",
        "政绩观 生产力",
        "天气 水渠",
        "水渠",
        "“水渠”",
        "政绩观 NEAR/9 水渠",
    ],
)
def test_what_is_promised_without_a_filter_is_what_is_found(
    archive: dict[str, Speech], line: str
) -> None:
    make_speech("乙", "别的。", source=make_source("yi"), date="2024")
    some = [{"source": ("yi",)}, {"year": ("2024",)}, {"source": ("yi",), "year": ("2024",)}, {}]
    requests = [SearchRequest(line, filters=filters) for filters in some]
    assert counts(requests) == [search(each).count for each in requests]


@pytest.mark.parametrize(
    "line",
    [
        "“天气水渠”",
        "“天气” “水渠”",
        "天气 水渠 -无此",
        "天气水渠 OR 无此字",
        "天气 NEAR/2 水渠",
        "同句(天气 水渠)",
        "标题:天气 水渠",
        "日期:2024 天气 水渠",
        "天?水渠",
        "原样:“天气” 水渠",
        "水渠水利吗 -水",
    ],
)
def test_what_is_wanted_by_signs_is_never_widened(archive: dict[str, Speech], line: str) -> None:
    page = search(SearchRequest(line))
    assert (page.count, page.tiers) == (0, Tiers())


def test_the_page_names_the_tiers(archive: dict[str, Speech], client: Client) -> None:
    line = "如何树立政绩观、发展生产力和保护水渠？"
    page = client.get("/search/", {"q": line}).content.decode()
    headings = ["含全部词语", "含大部分词语", "只含部分词语"]
    places = [page.index(f"{heading}\n", page.index('class="tier"')) for heading in headings]
    assert places == sorted(places)
    assert 'class="tier"' not in client.get("/search/", {"q": "政绩观"}).content.decode()
    found = client.get("/api/v1/search/", {"q": line}).json()
    assert found["tiers"] == {"all": 1, "most": 1, "some": 1}
    assert [row["tier"] for row in found["results"]] == ["all", "most", "some"]


def test_enough_answers_are_enough() -> None:
    for number in range(12):
        make_speech(f"甲{number}", "树立政绩观，发展生产力。")
    make_speech("乙", "发展。")
    assert len(asked("如何树立政绩观发展生产力？", per_page=20)) == 12
