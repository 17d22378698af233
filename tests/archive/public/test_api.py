"""The JSON interface."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from archive.models import Speech
from search.index.read import find as finding
from search.site import corpus
from search.sync.follow import follow
from tests.factories import make_source, make_speech

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def speech(db: None) -> Speech:
    source = make_source("xuexi", name="学习网")
    made = make_speech(
        "谈<政绩>",
        "功成不必在我。\n功成必定有我。",
        source=source,
        date="2024-04",
        type="theory",
        site_column="理论学习",
    )
    make_speech("别的", "无关。", source=source)
    follow(patient=True)
    return made


def get(client: Client, path: str, **parameters: object) -> Any:
    response = client.get(path, parameters)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/json")
    return response.json()


def test_a_search(client: Client, speech: Speech) -> None:
    assert get(client, "/api/v1/search/", q="功成不必在我") == {
        "count": 1,
        "tiers": {"all": 1, "most": 0, "some": 0},
        "query": "功成不必在我",
        "results": [
            {
                "id": speech.pk,
                "title": "谈<政绩>",
                "url": f"/speeches/{speech.pk}/",
                "source": "xuexi",
                "source_name": "学习网",
                "type": "theory",
                "type_label": "理论文章",
                "date": "2024-04",
                "hits": 1,
                "hits_more": False,
                "snippets": ["<mark>功成不必在我</mark>。\n功成必定有我。"],
                "tier": "all",
            }
        ],
        "facets": {
            "source": [{"value": "xuexi", "label": "学习网", "count": 1, "selected": False}],
            "type": [{"value": "theory", "label": "理论文章", "count": 1, "selected": False}],
            "year": [{"value": "2024", "label": "2024", "count": 1, "selected": False}],
            "month": [],
            "column": [{"value": "理论学习", "label": "理论学习", "count": 1, "selected": False}],
            "tag": [],
        },
        "facets_left": {},
        "page": 1,
        "pages": 1,
        "repairs": [],
        "notes": [],
    }


def test_without_a_query_everything_is_listed(client: Client) -> None:
    everything = get(client, "/api/v1/search/")
    assert [result["title"] for result in everything["results"]] == ["谈<政绩>", "别的"]
    assert [result["date"] for result in everything["results"]] == ["2024-04", ""]
    chosen = get(client, "/api/v1/search/", type="theory", year=["2024", "junk"], page="99")
    assert (chosen["count"], chosen["page"]) == (1, 1)
    assert chosen["facets"]["type"] == [
        {"value": "theory", "label": "理论文章", "count": 1, "selected": True}
    ]
    assert chosen["facets"]["month"] == [
        {"value": "2024-04", "label": "2024年4月", "count": 1, "selected": False}
    ]
    assert get(client, "/api/v1/search/", month="2024-05")["count"] == 0
    assert get(client, "/api/v1/search/", column="理论学习")["count"] == 1
    assert get(client, "/api/v1/search/", tag="无此")["count"] == 2


def test_a_repaired_query_says_so(client: Client) -> None:
    assert get(client, "/api/v1/search/", q="“功成不必在我")["repairs"] != []


def test_what_is_not_understood_is_ignored_and_said(client: Client) -> None:
    odd = {"source": "nosuch", "type": ["theory", "诗"], "year": "abcd", "month": "2024-13"}
    found = get(client, "/api/v1/search/", **odd, column="无", tag="无", sort="up", page="x")
    assert found["count"] == 1
    assert found["repairs"] == [
        "没有这个来源：nosuch，已忽略。",
        "没有这个类型：诗，已忽略。",
        "没有这个年份：abcd，已忽略。",
        "没有这个月份：2024-13，已忽略。",
        "没有这个栏目：无，已忽略。",
        "没有这个标签：无，已忽略。",
        "没有这种排序：up，已忽略。",
        "没有这一页：x，已忽略。",
    ]
    found = get(client, "/api/v1/search/", type="lecture", year="1900", page="1")
    assert (found["count"], found["repairs"], found["notes"]) == (0, [], [])
    assert get(client, "/api/v1/search/", page="7")["notes"] == [
        "没有那一页，这是最后一页（第 1 页）。"
    ]


def test_what_is_offered_while_typing(client: Client, speech: Speech) -> None:
    source = make_source("gong", name="功成文稿网")
    title = make_speech("论功成", "他说“功成不必在我，功成必定有我”。", source=source)
    follow(patient=True)
    words = "功成不必在我，功成必定有我"
    assert get(client, "/api/v1/suggest/", q="功成") == {
        "titles": [{"text": "论功成", "url": f"/speeches/{title.pk}/"}],
        "sources": [{"text": "功成文稿网", "url": "/sources/gong/", "count": 1}],
        "quotations": [{"text": words, "url": f"/search/?q={quote(f'“{words}”')}", "count": 1}],
    }
    found = get(client, "/api/v1/search/", q=f"“{words}”")["results"]
    assert {result["id"] for result in found} == {speech.pk, title.pk}


@pytest.mark.parametrize(
    "q", ["", "\0", "，。", "字" * 10_000, "(" * 5000, '“"', "*:*", "😀", "标题:"]
)
def test_any_beginning_is_answered(client: Client, q: str) -> None:
    offered = get(client, "/api/v1/suggest/", q=q)
    assert offered == {"titles": [], "sources": [], "quotations": []}
    assert get(client, "/api/v1/suggest/") == offered


def test_a_speech(client: Client, speech: Speech) -> None:
    found = get(client, f"/api/v1/speeches/{speech.pk}/")
    assert found["text"] == speech.text
    assert (found["source"], found["date"], found["char_count"]) == ("xuexi", "2024-04", 14)
    assert not {"html", "removed", "provenance", "state"} & set(found)


def test_what_is_not_there_is_json_too(client: Client) -> None:
    response = client.get("/api/v1/speeches/999/")
    assert (response.status_code, response.json()) == (404, {"detail": "Not Found"})


def test_chinese_is_sent_as_it_is(client: Client, speech: Speech) -> None:
    assert "功成不必在我" in client.get(f"/api/v1/speeches/{speech.pk}/").content.decode()


def test_the_description_names_every_parameter(client: Client) -> None:
    described = get(client, "/api/v1/openapi.json")
    operation = described["paths"]["/api/v1/search/"]["get"]
    names = [parameter["name"] for parameter in operation["parameters"]]
    filters = ["source", "type", "year", "month", "column", "tag"]
    assert names == ["q", *filters, "sort", "page", "restore"]
    assert client.get("/api/v1/docs").status_code == 404


def test_too_broad_a_query_is_400_and_says_what_to_do(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PLACES", 0)
    response = client.get("/api/v1/search/", {"q": "功 NEAR/5 我"})
    assert response.status_code == 400
    assert "太多" in response.json()["notes"][0]
    page = client.get("/search/", {"q": "功 NEAR/5 我"}).content.decode()
    assert "太多" in page
    assert "没有找到" not in page


def test_without_an_index_the_answer_is_503_and_says_why(client: Client) -> None:
    make_speech(text="政绩观")
    corpus().delete_index()
    response = client.get("/api/v1/search/", {"q": "政绩观"})
    assert response.status_code == 503
    answer = response.json()
    assert answer["count"] == 0
    assert answer["notes"]
    assert {"source", "type", "year"} <= answer["facets"].keys()
