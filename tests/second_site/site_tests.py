"""The second site works: run by `tests/test_second_site.py` with settings of its own."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core import checks
from django.core.management import call_command
from django.db import models
from django.test import Client
from haystack import connections, indexes
from haystack.query import SearchQuerySet
from haystack.utils.loading import UnifiedIndex

from search.haystack.fields import BodyField, FacetField
from search.text import genre
from search.text.genre import Genre
from tests.second_site.poems.models import Poem, Poet
from tests.second_site.poems.search_indexes import PoemIndex

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def poems() -> dict[str, Poem]:
    """Three poems of two poets, one of them hidden, and one of nobody knows when."""
    bai, fu = (
        Poet.objects.create(code=code, name=name)
        for code, name in (("bai", "李白"), ("fu", "杜甫"))
    )
    lines = {
        "静夜思": (bai, "床前明月光，疑是地上霜。\n举头望明月，低头思故乡。", "jue", 726, False),
        "春望": (fu, "国破山河在，城春草木深。\n感时花溅泪，恨别鸟惊心。", "lv", 757, False),
        "月夜": (fu, "今夜鄜州月，闺中只独看。", "lv", None, False),
        "藏": (bai, "明月几时有", "lv", 800, True),
    }
    return {
        name: Poem.objects.create(
            name=name, poet=poet, lines=text, form=form, written=year, hidden=hidden
        )
        for name, (poet, text, form, year, hidden) in lines.items()
    }


def found(client: Client, **parameters: object) -> set[str]:
    """The names of the poems that the JSON interface finds."""
    answer = client.get("/api/search/", parameters).json()
    assert answer["count"] == len(answer["results"])
    return {row["name"] for row in answer["results"]}


def test_nothing_of_the_archive_is_there() -> None:
    assert not apps.is_installed("archive")
    assert genre.current == Genre()


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("", {"静夜思", "春望", "月夜"}),
        ("明月", {"静夜思"}),
        ("霜举头", {"静夜思"}),
        ("诗题:月", {"月夜"}),
        ("name:月", {"月夜"}),
        ("诗人:杜 月", {"月夜"}),
        ("POET:bai", {"静夜思"}),
        ("体裁:lv -月", {"春望"}),
        ("年代:0757", {"春望"}),
        ("年代:0700..0730", {"静夜思"}),
        ("同句(国 城)", {"春望"}),
        ("“标题:月”", set()),  # no word of this site
    ],
)
def test_poems_are_found(client: Client, poems: dict[str, Poem], q: str, names: set[str]) -> None:
    assert found(client, q=q) == names


def test_facets_are_what_is_declared(client: Client, poems: dict[str, Poem]) -> None:
    answer = client.get("/api/search/", {"poet": "fu"}).json()
    rows = {n: [(r["label"], r["count"]) for r in rows] for n, rows in answer["facets"].items()}
    assert rows == {"poet": [("杜甫", 2), ("李白", 1)], "form": [("lv", 2)]}
    assert client.get("/api/search/", {"poet": "su"}).json()["repairs"] == [
        "没有这个诗人：su，已忽略。"
    ]


def test_the_pages_show_it(client: Client, poems: dict[str, Poem]) -> None:
    page = client.get("/", {"q": "明月", "form": "jue"}).content.decode()
    assert "<mark>明月</mark>光" in page
    assert "李白" in page
    page = client.get(poems["静夜思"].get_absolute_url(), {"q": "诗题:静夜"}).content.decode()
    assert "<mark>静夜</mark>思" in page
    assert client.get(poems["藏"].get_absolute_url()).status_code == 404
    assert client.get("/", {"q": "绝无此句", "form": "jue"}).status_code == 200


def test_the_newest_come_first(client: Client, poems: dict[str, Poem]) -> None:
    rows = client.get("/api/search/").json()["results"]
    assert [row["name"] for row in rows] == ["春望", "静夜思", "月夜"]


def test_suggestions(client: Client, poems: dict[str, Poem]) -> None:
    assert client.get("/api/suggest/", {"q": "月"}).json() == {"name": ["月夜"], "poet": []}
    assert client.get("/api/suggest/", {"q": "李"}).json() == {"name": [], "poet": ["李白"]}


def test_the_index_follows_and_can_be_proved(client: Client, poems: dict[str, Poem]) -> None:
    poems["月夜"].lines = "香雾云鬟湿"
    poems["月夜"].save()
    assert found(client, q="云鬟") == {"月夜"}
    call_command("rebuild_search", processes=1)
    call_command("check_search")
    assert SearchQuerySet().filter(lines="香雾").count() == 1


class Named(models.Model):
    """A model whose key is a string."""

    name = models.CharField(max_length=10, primary_key=True)

    class Meta:
        app_label = "poems"
        managed = False


class TwoBodies(PoemIndex):
    """An index class with everything wrong that can be."""

    poet = FacetField("诗人", prefixes=("体裁",), narrows="nothing")
    form = FacetField("体裁", prefixes=("体裁",))
    page = FacetField("页")
    scope = {"state": ("published",)}

    def get_model(self) -> type[models.Model]:
        """Return a model that pages cannot search."""
        return Named


def test_what_is_declared_wrongly_is_found() -> None:
    assert checks.run_checks(tags=["search"]) == []
    unified = connections["default"].get_unified_index()
    wrong = UnifiedIndex()
    wrong.build(indexes=[TwoBodies()])
    connections["default"]._index = wrong
    try:
        found = checks.run_checks(tags=["search"])
    finally:
        connections["default"]._index = unified
    assert sorted(each.id for each in found) == [f"search.E{n:03}" for n in (6, 7, 8, 9, 10)]
    assert all(each.hint for each in found)


def test_a_class_that_declares_no_text_is_no_index() -> None:
    assert issubclass(BodyField, indexes.CharField)
