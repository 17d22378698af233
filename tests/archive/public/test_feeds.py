"""The feed of a search."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from search.sync.follow import follow
from tests.factories import make_speech

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def read(client: Client, **parameters: object) -> ET.Element:
    response = client.get("/feeds/search/", parameters)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    return ET.fromstring(response.content)  # noqa: S314 (our own feed)


def test_a_search_as_a_feed_newest_first(client: Client) -> None:
    make_speech("早", "政绩观<b>。", date="2023", source="yi")
    late = make_speech("晚<b>", "政绩观。", date="2024", source="yi")
    make_speech("别处", "政绩观。", date="2025")
    follow(patient=True)
    assert len(read(client, month="2025-01", column="").findall(f"{ATOM}entry")) == 0
    feed = read(client, q="政绩观", source="yi", page="7", sort="oldest")
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["晚&lt;b&gt;", "早"]
    assert entries[0].find(f"{ATOM}link").get("href") == f"http://testserver/speeches/{late.pk}/"
    assert entries[1].findtext(f"{ATOM}summary") == "<p><mark>政绩观</mark>&lt;b&gt;。</p>"
    assert entries[0].findtext(f"{ATOM}author/{ATOM}name") == "yi站"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    query = "?q=%E6%94%BF%E7%BB%A9%E8%A7%82&source=yi&sort=newest"
    assert links == {
        "alternate": f"http://testserver/search/{query}",
        "self": f"http://testserver/feeds/search/{query}",
    }
    assert feed.findtext(f"{ATOM}title") == "引得：政绩观"
    assert feed.find(f"{ATOM}subtitle") is None


def test_a_feed_says_what_was_ignored_of_its_address(client: Client) -> None:
    make_speech()
    follow(patient=True)
    feed = read(client, source="nosuch", year="abcd")
    assert len(feed.findall(f"{ATOM}entry")) == 1
    said = "没有这个来源：nosuch，已忽略。 没有这个年份：abcd，已忽略。"
    assert feed.findtext(f"{ATOM}subtitle") == said


def test_what_xml_cannot_hold_is_left_out(client: Client) -> None:
    make_speech("题\x0b目", "政绩\x01观。")
    follow(patient=True)
    assert len(read(client, q="\0政绩").findall(f"{ATOM}entry")) == 1
    assert read(client).findtext(f"{ATOM}title") == "引得：全部材料"
