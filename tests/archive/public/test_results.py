"""The page of results."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client

from archive.models import Speech, State
from search.sync.follow import follow
from tests.archive.public.pages import get, titles
from tests.factories import make_speech

pytestmark = pytest.mark.django_db


@pytest.fixture
def three() -> list[Speech]:
    made = [
        make_speech("甲题", "扛起对党的责任。", date="2023-01-02", type="theory", source="yi"),
        make_speech("乙题", "对党忠诚，扛起责任。", date="2024-05", type="speech"),
        make_speech("丙题", "扛起责任，扛起使命。", type="speech"),
    ]
    follow(patient=True)
    return made


def test_results_are_counted_marked_and_filtered(client: Client, three: list[Speech]) -> None:
    page = get(client, "/search/", q="扛起")
    assert "共 3 篇" in page
    assert page.count("<mark>扛起</mark>") == 4
    assert f'href="/speeches/{three[2].pk}/?q=%E6%89%9B%E8%B5%B7#hit-1">本文 2 处' in page
    assert "日期不详" in page
    assert titles(get(client, "/search/", q="扛起", type="theory")) == ["甲题"]
    assert titles(get(client, "/search/", q="扛起", year=["2023", "2024"], sort="oldest")) == [
        "甲题",
        "乙题",
    ]
    assert titles(get(client, "/search/", q="扛起", year="unknown")) == ["丙题"]


def test_without_a_query_everything_newest_first(client: Client, three: list[Speech]) -> None:
    page = get(client, "/search/")
    assert titles(page) == ["乙题", "甲题", "丙题"]
    assert "全部材料，3 篇" in page
    assert "相关</a>" not in page


def test_chosen_values_are_chips_and_marked_in_their_facet(
    client: Client, three: list[Speech]
) -> None:
    page = get(client, "/search/", q="扛起", type=["speech", "junk"], year="1999", sort="newest")
    chips = re.findall(r"去掉</span>(.*?)<span", page)
    assert chips == ["讲话稿", "1999"]
    assert 'href="/search/?q=%E6%89%9B%E8%B5%B7&amp;sort=newest">清除' in page.replace(
        '" rel="nofollow">清除', '">清除'
    )
    assert page.count('aria-current="true"><span>讲话稿') == 1
    assert 'type="hidden" name="type" value="speech"' in page
    assert 'type="hidden" name="sort" value="newest"' in page


def test_months_stand_beneath_the_chosen_year(client: Client, three: list[Speech]) -> None:
    assert "5月" not in re.sub(r"<time.*?</time>", "", get(client, "/search/"))
    page = get(client, "/search/", year=["2024", "2023"])
    listed = re.findall(r'href="([^"]*)"[^>]*><span>(\d+月?)</span><span class="count">(\d)', page)
    assert listed == [
        ("/search/?year=2023", "2024", "1"),
        ("/search/?year=2024&amp;year=2023&amp;month=2024-05", "5月", "1"),
        ("/search/?year=2024", "2023", "1"),
        ("/search/?year=2024&amp;year=2023&amp;month=2023-01", "1月", "1"),
    ]
    page = get(client, "/search/", year=["2024", "2023"], month=["2024-01", "2024-13", "2024-1"])
    assert titles(page) == ["甲题"]
    assert re.findall(r"去掉</span>(.*?)<span", page) == ["2024", "2023", "2024年1月"]
    assert 'href="/search/?year=2023" rel="nofollow"><span class="unseen">去掉' in page


def test_columns_and_tags_are_folded_facets_where_there_are_any(client: Client) -> None:
    make_speech("甲题", site_column="理论学习", site_tags=["调研", "作风"])
    make_speech("乙题", site_tags=["调研"])
    make_speech("丙题", state=State.DRAFT, site_column="密栏", site_tags=["密签"])
    follow(patient=True)
    page = get(client, "/search/")
    for heading in ["栏目", "标签"]:
        assert re.search(rf'<details class="folded"><summary><h2 id="[^"]*">{heading}</h2>', page)
    assert "密" not in page
    assert page.count("<span>理论学习</span>") == 1
    assert titles(get(client, "/search/", tag="调研")) == ["乙题", "甲题"]
    page = get(client, "/search/", tag="作风", column="理论学习")
    assert titles(page) == ["甲题"]
    assert "folded" not in page
    page = get(client, "/search/", tag="密签", column=["密栏", "理论学习"])
    assert titles(page) == ["甲题"]
    assert page.count("密") == 2
    for said in ["没有这个标签：密签，已忽略。", "没有这个栏目：密栏，已忽略。"]:
        assert said in page


def test_nothing_found_says_what_would_help(client: Client, three: list[Speech]) -> None:
    page = get(client, "/search/", q="忠诚", type="theory", year="2023")
    assert "没有找到" in page
    ways = re.findall(r"<li><a href=\"([^\"]*)\">([^<]*)</a>，有 (\d+) 篇", page)
    assert ways == [("/search/?q=%E5%BF%A0%E8%AF%9A", "去掉全部条件", "1")]
    assert 'href="/help/"' in page
    page = get(client, "/search/", q="忠诚", type="theory")
    assert "去掉“类型”条件</a>，有 1 篇" in page


def test_the_longest_part_of_a_wording_that_exists_is_offered(
    client: Client, three: list[Speech]
) -> None:
    page = get(client, "/search/", q="“扛起责任和使命”", type="theory")
    assert titles(page) == []
    link, part = re.findall(r'一段：<a href="([^"]*)"[^>]*>“([^”]*)”</a>（2 篇）', page)[0]
    assert (part, link) == ("扛起责任", f"/search/?q={quote('“扛起责任”')}")
    assert len(titles(get(client, link))) == 2
    assert "一段：" not in get(client, "/search/", q="“扛起责任”", year="1999")
    assert "一段：" not in get(client, "/search/", q="“未曾”")


def test_many_results_have_pages(client: Client) -> None:
    for number in range(25):
        make_speech(f"第{number}题", date="2024")
    follow(patient=True)
    seen = [title for page in (1, 2, 3) for title in titles(get(client, "/search/", page=page))]
    assert len(seen) == len(set(seen)) == 25
    page = get(client, "/search/", page=2, year=2024)
    assert 'href="/search/?year=2024&amp;page=3"' in page
    assert 'aria-current="page"' in page
    assert 'href="/search/?page=' not in page
    assert re.findall(r"([上下]一页)", page) == ["上一页", "下一页"]
    assert re.findall(r"([上下]一页)", get(client, "/search/", page=3)) == ["上一页"]


def test_restoring_can_be_turned_off(client: Client) -> None:
    make_speech(text="对D忠诚。")
    follow(patient=True)
    page = get(client, "/search/", q="对党忠诚")
    assert len(titles(page)) == 1
    assert "restore=0" in page
    assert titles(get(client, "/search/", q="对党忠诚", restore="0")) == []


def test_a_result_page_is_small(client: Client) -> None:
    for number in range(120):
        make_speech("题" * 40, "讲政治，" * 200, source=f"s{number}", date=str(1900 + number))
    follow(patient=True)
    page = get(client, "/search/", q="讲政治", year=["2001", "2002"])
    static = sum(
        Path(f"static/{name}").stat().st_size
        for name in ("yinde.css", "yinde.js", "suggest.js", "favicon.svg")
    )
    assert len(page.encode()) + static < 100_000


def test_filters_are_offered_only_where_there_are_any(client: Client, three: list[Speech]) -> None:
    assert "筛选" in get(client, "/search/", q="扛起")
    assert "筛选" not in get(client, "/search/", q="无此")


def test_who_may_change_materials_is_shown_what_a_score_is_made_of(
    client: Client, admin_client: Client, three: list[Speech]
) -> None:
    asked = {"q": "扛起", "explain": "1"}
    assert "explanation" not in get(client, "/search/", **asked)
    assert "explanation" not in get(admin_client, "/search/", q="扛起")
    page = get(admin_client, "/search/", **asked)
    assert page.count('<details class="explanation">') == len(titles(page)) > 0
    assert "tier" in page
    assert "idf" in page
