"""No page asks the database more the more there is to show, to filter by or to find."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from archive.models import Speech, State
from search.sync.follow import follow
from search.sync.outbox import deferred
from tests.factories import make_source, make_speech

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "扛起对党的责任，功成不必在我，功成必定有我；以钉钉子精神抓落实。" * 3
FILTERS = {
    "source": [f"zhan{n}" for n in range(40)],
    "type": ["speech", "news"],
    "year": ["1901", "1902"],
    "month": ["1901-02"],
    "column": ["栏目", "别的栏目"],
    "tag": ["标签", "别的标签"],
}
NOTHING: dict[str, dict[str, Any]] = {
    "a word": {"q": "魑魅魍魉"},
    "a long quotation": {"q": f"“{TEXT[:70]}魑{TEXT[70:90]}”"},
    "a long run": {"q": "魑魅魍魉饕餮" * 15},
    "three wordings": {"q": f"“{TEXT[:20]}魑” “{TEXT[5:30]}魅” “{TEXT[9:25]}魍”"},
    "500 characters": {"q": "“" + "扛起功成责任落实" * 62 + "”"},
    "500 strange characters": {"q": "“" + "魑魅魍魉" * 124 + "”"},
    "filters": {"q": TEXT[:8], **FILTERS},
    "filters and nothing": {"q": "魑魅魍魉", **FILTERS},
    "filters alone": FILTERS,
    "a pattern": {"q": "魑?魅 责任*魍"},
    "nearness": {"q": "“扛起” NEAR/1 “有我”"},
    "one sentence": {"q": "同句(责任 魑魅)"},
    "as it stands": {"q": "原样:“扛起对党、的责任”"},
    "as it stands, filtered": {"q": "原样:“扛起对党、的责任”", **FILTERS},
    "in fields": {"q": "标题:魑魅 来源:魑魅 类型:魑魅"},
    "an exclusion": {"q": "扛起 -责任"},
    "not published": {"q": "“草稿独有的话”"},
    "just taken down": {"q": "“刚刚下架的话”"},
    "no words": {"q": "，。"},
}
FOUND = ["/", "/sources/", "/sources/zhan0/", "/about/", "/search/", "/search/?q=责任"]
FOUND += ["/search/?q=责任&page=2", "/search/?q=责任&page=99", "/search/?q=来源:zhan0"]
FOUND += ["/search/?q=责任&source=zhan0&tag=标签&column=栏目&year=2024&month=2024-05"]
FOUND += ["/sources/zhan0/?year=2024&month=2024-05&type=speech", "/feeds/search/?q=责任"]
FOUND += ["/api/v1/search/?q=责任", "/api/v1/suggest/?q=责任", "/api/v1/suggest/?q=站"]
FOUND += ["/speeches/{pk}/", "/speeches/{pk}/?q=责任", "/speeches/{pk}/text/", "/help/"]
MOST = 10


def fill(sources: int, each: int) -> None:
    """Add published texts, among them drafts; the last is taken down with the index behind."""
    with deferred():
        for number in range(sources):
            source = make_source(f"zhan{number}", name=f"第{number}站")
            for n in range(each):
                make_speech(
                    f"责任{n}",
                    TEXT + f"第{number}站第{n}篇“责任重于泰山第{n}遍”。",
                    source=source,
                    date=f"2024-{n % 12 + 1:02}",
                    site_column=f"栏目{n}" if n else "栏目",
                    site_tags=[f"标签{n}", "标签"],
                )
            make_speech(text="草稿独有的话", source=source, state=State.DRAFT)
            make_speech("下架", "刚刚下架的话", source=source)
    follow(patient=True)
    with deferred():
        Speech.objects.filter(title="下架").move_to(State.TAKEN_DOWN)


def statements(client: Client, path: str, parameters: dict[str, Any] | None = None) -> int:
    # The first request of a process reads more: what the index is, which languages there are.
    client.get(path, parameters)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path, parameters).status_code == 200
    return len(captured)


def test_a_page_without_a_result_asks_little_whatever_was_searched(client: Client) -> None:
    fill(2, 4)
    asked = {kind: statements(client, "/search/", wanted) for kind, wanted in NOTHING.items()}
    counts = {kind: client.get("/search/", q).context["page"].count for kind, q in NOTHING.items()}
    assert {kind: count for kind, count in counts.items() if count} == {"no words": 8}
    assert {kind: number for kind, number in asked.items() if number > MOST} == {}
    fill(7, 6)
    grown = {kind: statements(client, "/search/", wanted) for kind, wanted in NOTHING.items()}
    assert {kind: number for kind, number in grown.items() if number > asked[kind]} == {}


def test_pages_ask_no_more_in_a_larger_archive(client: Client) -> None:
    fill(2, 6)
    key = Speech.objects.published().order_by("pk")[0].pk
    asked = {path: statements(client, path.format(pk=key)) for path in FOUND}
    assert {path: number for path, number in asked.items() if number > MOST} == {}
    fill(7, 12)
    grown = {path: statements(client, path.format(pk=key)) for path in FOUND}
    assert {
        path: (asked[path], number) for path, number in grown.items() if number > asked[path]
    } == {}
