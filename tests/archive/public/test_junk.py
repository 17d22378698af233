"""What pages make of junk in addresses and in what is stored."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from search.site import schema
from search.sync.follow import follow
from tests.archive.public.pages import FIXED, get, titles
from tests.factories import make_source, make_speech

pytestmark = pytest.mark.django_db

JUNK = [
    "\0",
    "字" * 10_000,
    "(" * 5_000,
    "😀👨‍👩‍👧",
    "*:*",
    "x) OR state:draft OR (x",
    '"没有收尾',
    "“",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "\ufeff\u202e\u200b",
    "%",
    "日期:2024-99..",
    "NEAR/0 OR AND -",
]


@pytest.mark.parametrize("value", JUNK)
def test_junk_is_answered_with_a_page(client: Client, value: str) -> None:
    speech = make_speech()
    follow(patient=True)
    junk = {name: [value, value[:9]] for name in (*schema().facets, "q", "sort", "page")}
    paths = ["/", "/search/", "/sources/jia/", speech.get_absolute_url(), "/about/"]
    for path in [*paths, "/feeds/search/", "/api/v1/search/", speech.get_absolute_url() + "text/"]:
        page = get(client, path, **junk, restore=value)
        assert "<script>alert" not in page or path.startswith("/api/")  # JSON is plain text


@pytest.mark.parametrize("path", ["/search/", "/sources/jia/"])
@pytest.mark.parametrize("page", ["abc", "-1", "0", "99999", "1e9", "9" * 5000, ""])
def test_any_page_number_gives_a_page(client: Client, path: str, page: str) -> None:
    make_speech("唯一之题")
    follow(patient=True)
    assert titles(get(client, path, page=page)) == ["唯一之题"]


def test_a_page_beyond_the_end_is_the_last_and_says_so(client: Client) -> None:
    make_speech()
    follow(patient=True)
    assert "没有那一页" in get(client, "/search/", page=5)
    assert "没有那一页" not in get(client, "/search/", page=1)


@pytest.mark.parametrize("path", ["/search/", "/sources/jia/"])
def test_values_that_do_not_exist_are_ignored_and_named(client: Client, path: str) -> None:
    make_speech("唯一之题")
    follow(patient=True)
    odd = {"type": "<b>", "year": "abcd", "sort": "nosuch"}
    page = get(client, path, **odd, page=3)
    assert titles(page) == ["唯一之题"]
    assert re.findall(r'<p class="note">(.*?)</p>', page) == [
        "没有这个类型：&lt;b&gt;，已忽略。",
        "没有这个年份：abcd，已忽略。",
        "没有这种排序：nosuch，已忽略。",
        "没有那一页，这是最后一页（第 1 页）。",
    ]
    assert "去掉</span>" not in page
    assert 'class="note"' not in get(client, path, type="speech", year="", page="1")
    assert 'class="note"' not in get(client, path, type="theory", year="1900")


def test_too_many_parameters_are_refused_in_the_site_s_dress(client: Client) -> None:
    assert "看不懂的请求" in get(client, "/search/", 400, year=range(2000))


@pytest.mark.parametrize("markup", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_markup_in_what_is_stored_is_shown_as_text(client: Client, markup: str) -> None:
    source = make_source(name=f"站{markup}", note=markup, licence=markup, domains=[markup])
    speech = make_speech(
        f"题{markup}",
        f"一、{markup}\n正文{markup}",
        source=source,
        original_url=f"javascript:alert(1)//{markup}",
        source_line=markup,
        site_column=markup,
        site_tags=[markup],
        author=markup,
    )
    follow(patient=True)
    own = speech.get_absolute_url()
    for path in [*FIXED, "/sources/jia/", own, f"{own}?q=alert", "/search/?q=alert"]:
        page = get(client, path)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert 'href="javascript' not in page.lower()
