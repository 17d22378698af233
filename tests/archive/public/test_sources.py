"""The list of sources, and the page of one."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.test import Client

from search.sync.follow import follow
from tests.archive.public.pages import get, titles
from tests.factories import make_source, make_speech

pytestmark = pytest.mark.django_db


def test_a_source_that_is_not_there(client: Client) -> None:
    get(client, "/sources/none/", 404)
    get(client, "/sources/a%00b/", 404)


def test_sources_are_listed_by_size(client: Client) -> None:
    make_source("kong", name="空站")
    make_speech(source="shao")
    make_speech(source="duo")
    make_speech(source="duo")
    page = get(client, "/sources/")
    assert "空站" not in page
    assert page.index("duo站") < page.index("shao站")


def test_a_source_has_facets_orders_and_pages(client: Client) -> None:
    for number in range(25):
        make_speech(f"题{number}", date=f"2024-01-{number + 1:02d}", type="theory")
    make_speech("无日期")
    make_speech("别处", source="yi")
    page = get(client, "/sources/jia/")
    assert titles(page)[:2] == ["题24", "题23"]
    assert len(titles(page)) == 20
    assert len(titles(get(client, "/sources/jia/", page=2))) == 6
    assert titles(get(client, "/sources/jia/", sort="oldest"))[0] == "题0"
    assert titles(get(client, "/sources/jia/", sort="oldest", page=2))[-1] == "无日期"
    assert titles(get(client, "/sources/jia/", year="unknown")) == ["无日期"]
    assert titles(get(client, "/sources/jia/", type="speech")) == ["无日期"]
    assert titles(get(client, "/sources/jia/", type="speech", year=2024)) == []
    assert len(titles(get(client, "/sources/jia/", year=["2024", "unknown"]))) == 20
    assert 'name="source" value="jia"' in page
    assert 'href="/sources/jia/?type=theory"' in page


def test_months_of_a_source_stand_beneath_the_chosen_year(client: Client) -> None:
    for date in ["2024-05-06", "2024-05", "2024-12-31", "2024", "2025", "2023-05-01", ""]:
        make_speech(date or "无日期", date=date)
    make_speech("2024-05-07", date="2024-05-07", type="theory")
    make_speech("别处", date="2024-05", source="yi")
    assert "5月</span>" not in get(client, "/sources/jia/")
    page = get(client, "/sources/jia/", year="2024")
    rows = r'href="([^"]*)"[^>]*><span>(\d+月?)</span><span class="count">(\d)'
    assert re.findall(rows, page) == [
        ("/sources/jia/?year=2024&amp;year=2025", "2025", "1"),
        ("/sources/jia/", "2024", "5"),
        ("/sources/jia/?year=2024&amp;month=2024-12", "12月", "1"),
        ("/sources/jia/?year=2024&amp;month=2024-05", "5月", "3"),
        ("/sources/jia/?year=2024&amp;year=2023", "2023", "1"),
    ]
    page = get(client, "/sources/jia/", year="2024", month="2024-05")
    assert titles(page) == ["2024-05-07", "2024-05-06", "2024-05"]
    assert re.findall(r"去掉</span>(.*?)<span", page) == ["2024", "2024年5月"]
    assert titles(get(client, "/sources/jia/", month="2024-12")) == ["2024-12-31"]
    several = get(client, "/sources/jia/", year=["2024", "unknown"], month="2024-12")
    assert titles(several) == ["2024-12-31", "无日期"]
    chosen = get(client, "/sources/jia/", year="2024", month="2024-05", type="speech")
    assert titles(chosen) == ["2024-05-06", "2024-05"]
    assert "没有这个月份：2024-13，已忽略。" in get(client, "/sources/jia/", month="2024-13")


@pytest.mark.parametrize("year", [[], ["2024"], ["2023", "unknown"]])
@pytest.mark.parametrize("month", [[], ["2024-05"], ["2024-05", "2023-01"]])
@pytest.mark.parametrize("type", [[], ["theory"]])
def test_a_source_s_page_counts_as_the_page_of_results(
    client: Client, year: list[str], month: list[str], type: list[str]
) -> None:
    for date in ["2024-05-06", "2024-05", "2024-12-31", "2024", "2023-01-02", "2023", ""]:
        make_speech(date=date)
        make_speech(date=date[:7], type="theory")
    follow(patient=True)
    chosen = {"year": year, "month": month, "type": type}
    row = r'<span>([^<]*)</span><span class="count">(\d+)'
    own = re.findall(row, get(client, "/sources/jia/", **chosen))
    everywhere = re.findall(row, get(client, "/search/", **chosen))
    assert own == [each for each in everywhere if each[0] != "jia站"]
    own_titles = titles(get(client, "/sources/jia/", **chosen))
    assert len(own_titles) == int(
        re.search(r"全部材料，(\d+) 篇|没有找到", get(client, "/search/", **chosen)).group(1) or 0
    )


def test_a_source_named_in_chinese(client: Client) -> None:
    make_speech(source="学习网")
    assert "学习网站" in get(client, f"/sources/{quote('学习网')}/")
