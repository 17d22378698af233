"""What stands around every page: headers, language, errors, robots and sitemaps."""

from __future__ import annotations

import re

import pytest
from django.test import Client, RequestFactory
from django.views.defaults import server_error
from pytest_django import DjangoAssertNumQueries

from tests.archive.public.pages import FIXED, get
from tests.factories import make_speech

pytestmark = pytest.mark.django_db


def test_headers_and_frame(client: Client) -> None:
    response = client.get("/")
    assert "unsafe" not in response["Content-Security-Policy"]
    assert not response.cookies
    assert response["Vary"] == "Cookie, Accept-Encoding"
    assert response["Content-Language"] == "zh-hans"
    page = response.content.decode()
    assert '<html lang="zh-hans">' in page
    assert "<style" not in page
    assert " style=" not in page
    assert not re.search(r"<script(?! src=)", page)
    assert not re.search(r'(src|href)="(https?:)?//', page)


def test_the_language_is_the_chosen_one_not_the_browser_s(client: Client) -> None:
    assert '<html lang="zh-hans">' in client.get("/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    answer = client.post("/language/", {"language": "en", "next": "/about/"})
    assert (answer.status_code, answer["Location"]) == (302, "/about/")
    assert '<html lang="en">' in get(client, "/about/")
    client.cookies["django_language"] = "<xx>"
    assert '<html lang="zh-hans">' in get(client, "/")
    away = client.post("/language/", {"language": "en", "next": "https://evil.example/"})
    assert "evil" not in away["Location"]


def test_lost_addresses_have_a_page(client: Client) -> None:
    page = get(client, "/nowhere/", 404)
    assert "没有这一页" in page
    assert 'role="search"' in page


def test_an_error_has_a_page_that_needs_nothing(
    rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert "出错了" in response.content.decode()


@pytest.mark.parametrize("path", FIXED)
def test_only_reading_is_allowed(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200


def test_robots_and_sitemaps(client: Client) -> None:
    speech = make_speech()
    assert "Sitemap: http://testserver/sitemap.xml" in get(client, "/robots.txt")
    index = get(client, "/sitemap.xml")
    for section in ("pages", "sources", "speeches"):
        assert f"http://testserver/sitemap-{section}.xml" in index
    assert f"http://testserver/speeches/{speech.pk}/" in get(client, "/sitemap-speeches.xml")
    assert "http://testserver/sources/jia/" in get(client, "/sitemap-sources.xml")
    assert "http://testserver/about/" in get(client, "/sitemap-pages.xml")
