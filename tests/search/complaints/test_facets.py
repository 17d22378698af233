"""Counts beside the results that were not those of the results."""

from __future__ import annotations

import random
import re
from collections import Counter
from html import unescape
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive.models import Speech, State
from search.pages import search
from search.results import SearchRequest
from search.site import backend
from search.text.dates import PartialDate
from tests.effort import examples
from tests.factories import make_source, publish
from tests.search.asking import by_api, by_page

pytestmark = pytest.mark.django_db(transaction=True)

SINGLE = ("source", "type", "year")
VALUES = {
    "source": ["jia", "yi", "bing"],
    "type": ["speech", "discussion", "theory"],
    "year": ["2023", "2024", "unknown"],
    "column": ["理论学习", "学习园地"],
    "tag": ["调研", "作风"],
}
QUERIES = ["", "政绩观", "“群众”", "群众 -政绩观", "No. 23-1732", "23-1732", "标题:讲话 OR 群众"]


@pytest.fixture
def archive() -> list[Speech]:
    """Sixty speeches in all states, whose texts and properties recur."""
    rng = random.Random(4634)
    sources = [make_source(slug) for slug in VALUES["source"]]
    pieces = ["政绩观", "群众", "No. 23-1732", "第23-1732号", "修渠。"]
    rows = [
        Speech(
            title=rng.choice(["讲话", "发言"]),
            text="".join(rng.choices(pieces, k=4)),
            source=rng.choice(sources),
            type=rng.choice(VALUES["type"]),
            date=PartialDate(rng.choice(["", "2023", "2024-04", "2024-04-14"])),
            site_column=rng.choice(["", *VALUES["column"]]),
            site_tags=rng.sample(VALUES["tag"], rng.randint(0, 2)),
            state=rng.choice([State.PUBLISHED] * 6 + list(State)),
        )
        for _ in range(60)
    ]
    publish(rows)
    return rows


def ask(q: str, **filters: tuple[str, ...] | list[str]) -> dict[str, Any]:
    answer: dict[str, Any] = Client().get("/api/v1/search/", {"q": q, **filters}).json()
    return answer


def counts(answer: dict[str, Any]) -> dict[tuple[str, str], int]:
    """Return every count by facet and value."""
    facets = answer["facets"].items()
    return {(name, row["value"]): row["count"] for name, rows in facets for row in rows}


def recounted(keys: set[int]) -> Counter[tuple[str, str]]:
    """Count the values of some speeches in the database."""
    counted: Counter[tuple[str, str]] = Counter()
    for speech in Speech.objects.select_related("source").in_bulk(keys).values():
        counted["source", speech.source.slug] += 1
        counted["type", speech.type] += 1
        counted["year", str(speech.year or "unknown")] += 1
        counted["column", speech.site_column] += 1
        for tag in speech.site_tags:
            counted["tag", tag] += 1
    del counted["column", ""]
    return counted


@pytest.mark.thread("https://github.com/meilisearch/meilisearch/issues/4634")
@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    q=st.sampled_from(QUERIES),
    chosen=st.lists(
        st.sampled_from([(name, value) for name, values in VALUES.items() for value in values]),
        max_size=5,
        unique_by=lambda pair: pair[0],
    ),
)
@example(q="政绩观", chosen=[("tag", "调研"), ("year", "2024")])
def test_no_count_grows_when_a_filter_is_added(
    archive: list[Speech], q: str, chosen: list[tuple[str, str]]
) -> None:
    before, filters = ask(q), {}
    assert counts(before) == recounted(set(by_api(q)))
    for name, value in chosen:
        filters[name] = value
        after = ask(q, **{name: [value] for name, value in filters.items()})
        assert after["count"] <= before["count"]
        assert after["count"] == counts(before).get((name, value), 0)
        for row, number in counts(after).items():
            if row[0] != "month":  # listed beneath a chosen year only
                assert number <= counts(before).get(row, 0), row
        others = {
            facet: recounted(
                set(by_api(q, **{other: each for other, each in filters.items() if other != facet}))
            )
            for facet in VALUES
        }
        for (facet, each), number in counts(after).items():
            if facet != "month":
                assert number == others[facet][facet, each], (facet, each)
        before = after


def assert_sums(q: str, **filters: str) -> None:
    """Assert that results, their number and the sums of the facets are the same, in page and interface."""
    answer = ask(q, **{name: [value] for name, value in filters.items()})
    listed = by_api(q, **filters)
    assert by_page(q, **filters) == listed
    assert answer["count"] == len(listed) == len(set(listed))
    for name in SINGLE:
        rows = [row for row in answer["facets"][name] if row["selected"] or name not in filters]
        assert sum(row["count"] for row in rows) == len(listed), name


@pytest.mark.thread("https://github.com/freelawproject/courtlistener/issues/6519")
@pytest.mark.parametrize("q", QUERIES)
def test_the_list_is_as_long_as_its_facets_say(archive: list[Speech], q: str) -> None:
    assert_sums(q)
    for name in SINGLE:
        for value in VALUES[name][: examples(3)]:
            assert_sums(q, **{name: value})
    assert_sums(q, source="jia", type="speech", year="2024")


@pytest.mark.thread("https://github.com/freelawproject/courtlistener/issues/6519")
def test_the_list_is_as_long_as_its_facets_say_while_the_index_lags(archive: list[Speech]) -> None:
    with backend().exclusive("write"):
        first, second, third, *_ = Speech.objects.published().filter(source__slug="jia")
        first.state = State.TAKEN_DOWN
        first.save()
        second.delete()
        third.state = State.TRASH
        third.save()
        for q in QUERIES:
            assert_sums(q)
            assert_sums(q, source="jia")


# Filters and pages


def links_in(page: str) -> list[str]:
    """Return every address of the side that changes the results: values of facets, chips, orders."""
    found = re.findall(r'<a href="(/search/[^"]*|/sources/[^"]*)" ?[^>]*rel="nofollow"', page)
    return [unescape(url) for url in found]


@pytest.mark.thread("https://github.com/django-haystack/django-haystack/issues/1132")
@pytest.mark.parametrize("path", ["/search/?q=政绩观", "/search/?year=2024", "/sources/jia/"])
def test_every_change_on_the_second_page_leads_to_results(path: str) -> None:
    values = {"source": make_source(), "date": PartialDate("2024"), "state": State.PUBLISHED}
    kinds = ["news"] * 5 + ["theory"] * 40
    publish([Speech(title="题目", text="政绩观。", type=kind, **values) for kind in kinds])
    client = Client()
    glue = "&" if "?" in path else "?"
    page = client.get(f"{path}{glue}page=2").content.decode()
    assert 'aria-current="page">2<' in page
    followed = links_in(page)
    assert len(followed) >= 5
    for url in followed:
        assert "page" not in parse_qs(url.partition("?")[2]), url
        landed = client.get(url).content.decode()
        assert re.search(r'<h[23]><a href="/speeches/', landed), url
        assert "没有那一页" not in landed
        assert 'aria-current="page">2<' not in landed
    # An old address, whose page is beyond what a filter has left, shows the last page and says so.
    narrowed = client.get(f"{path}{glue}type=news&page=2").content.decode()
    assert re.search(r'<h[23]><a href="/speeches/', narrowed)


# Many values


@pytest.mark.thread(
    "https://github.com/4teamwork/opengever.core/pull/6711",
    "https://github.com/osulp/Scholars-Archive/pull/1458",
    "https://github.com/simonw/datasette/issues/1255",
    "https://github.com/simonw/datasette/issues/1990",
    "https://github.com/simonw/datasette/issues/269",
    "https://github.com/cldellow/datasette-ui-extras/issues/32",
)
def test_a_facet_that_does_not_list_all_its_values_says_so() -> None:
    sources = [make_source(f"s{n:03}") for n in range(151)]
    tags = [[f"标签{group}-{n:03}" for n in range(200)] for group in range(3)] + [[]] * 148
    values = {"title": "题目", "text": "正文", "type": "other", "state": State.PUBLISHED}
    publish([Speech(source=s, site_tags=t, **values) for s, t in zip(sources, tags, strict=True)])
    answer = ask("")
    assert len(answer["facets"]["source"]) == 151
    assert (len(answer["facets"]["tag"]), answer["facets_left"]) == (500, {"tag": 100})
    assert ask("", source=["s007"])["facets_left"] == {}
    page = Client().get("/search/").content.decode()
    told = [int(number) for number in re.findall(r"另有 (\d+) 项较少见", page)]
    for name, number, left in zip(("source", "tag"), (151, 600), told, strict=True):
        region = page.partition(f'id="facet-{name}"')[2].partition("</section>")[0]
        assert region.count("<li") + left == number
    # What is not listed is asked for all the same.
    (facet,) = [
        f for f in search(SearchRequest(filters={"tag": ("标签2-199",)})).facets if f.name == "tag"
    ]
    assert [row.count for row in facet.rows if row.selected] == [1]
