"""The facet is everywhere: run by `tests/archive/test_another_facet.py` with settings of its own."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from search.sync.follow import follow
from tests.archive.public.pages import get, titles
from tests.factories import make_source, make_speech

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def speeches(transactional_db: None) -> None:
    source = make_source("jia", name="甲站")
    make_speech("一", "政绩观。", author="王老师", source=source)
    make_speech("二", "政绩观。", author="王老师", source=source)
    make_speech("三", "政绩观。", author="李老师", source=source)
    follow(patient=True)


def answer(client: Client, path: str, **parameters: object) -> Any:
    return json.loads(get(client, path, **parameters))


def test_the_interface_describes_it_in_chinese_whoever_asks_first(client: Client) -> None:
    client.cookies["django_language"] = "en"
    described = answer(client, "/api/v1/openapi.json")
    parameters = described["paths"]["/api/v1/search/"]["get"]["parameters"]
    said = {each["name"]: each.get("description") for each in parameters}
    assert (said["author"], said["source"]) == ("作者，可重复", "来源的短名，可重复")
    offered = described["paths"]["/api/v1/suggest/"]["get"]
    assert offered["summary"] == "边写边给的建议：题目、来源、作者、引文"
    lists = described["components"]["schemas"]["Offers"]["required"]
    assert lists == ["titles", "sources", "authors", "quotations"]


def test_it_can_be_typed_and_the_help_says_so(client: Client) -> None:
    example = f'<a href="/search/?q={quote("作者:王")}">作者:王</a>'
    meaning = "只查这个作者的文章；也可以写 author: by:"
    assert f"<dt>{example}</dt><dd>{meaning}</dd>" in get(client, "/help/")
    for typed in ("作者:王", "BY:王", "author:王老师"):
        assert sorted(titles(get(client, "/search/", q=typed))) == ["一", "二"]
    assert answer(client, "/api/v1/search/", q="by:王")["query"] == "作者:王"


def test_it_is_offered_while_somebody_types(client: Client) -> None:
    assert ' data-authors="作者"' in get(client, "/")
    offered = answer(client, "/api/v1/suggest/", q="老师")
    assert offered["authors"] == [
        {"text": name, "url": f"/search/?author={quote(name)}", "count": count}
        for name, count in (("王老师", 2), ("李老师", 1))
    ]
    for each in offered["authors"]:
        assert len(titles(get(client, each["url"]))) == each["count"]


def test_it_filters_and_is_counted(client: Client) -> None:
    found = answer(client, "/api/v1/search/", q="政绩", author="李老师")
    assert [row["title"] for row in found["results"]] == ["三"]
    assert [(row["label"], row["count"]) for row in found["facets"]["author"]] == [
        ("王老师", 2),
        ("李老师", 1),
    ]
    assert "王老师" in get(client, "/search/", q="政绩")
    unknown = answer(client, "/api/v1/search/", author="无名")
    assert unknown["repairs"] == ["没有这个作者：无名，已忽略。"]
