"""The home page, and what the archive says about itself."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.archive.public.pages import get, titles
from tests.factories import make_speech

pytestmark = pytest.mark.django_db


def test_home_leads_everywhere(client: Client) -> None:
    make_speech("较早", date="2023-05", source="yi", type="theory")
    make_speech("较晚", date="2024-05-06", source="yi")
    page = get(client, "/")
    assert titles(page) == ["较晚", "较早"]
    for link in ["/search/?source=yi", "/search/?type=theory", "/search/?year=2023", "/search/?q="]:
        assert f'href="{link}' in page
    assert 'href="/speeches/' in page
    assert page.index('type="search"') < page.index("<h2")


def test_home_asks_the_database_little(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        make_speech(source=f"s{number}")
    with django_assert_max_num_queries(5):
        get(client, "/")


def test_statistics_are_true(client: Client) -> None:
    make_speech(text="一二三", date="2020")
    make_speech(text="一" * 12_345, date="2024", source="yi")
    make_speech(text="一")
    page = get(client, "/about/")
    for figure in ["<dd>3</dd>", "<dd>12,349</dd>", "<dd>2020—2024</dd>", "<dd>1</dd>", "33.3 %"]:
        assert figure in page
