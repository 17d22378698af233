"""Narrowing, facets, likeness, boosts and suggestions, compared with counting in Python."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.utils import timezone
from haystack.models import SearchResult
from haystack.query import SQ, SearchQuerySet

from tests.search.shop.conftest import ALIAS
from tests.search.shop.models import Thing
from tests.search.shop.test_lookups import expected, found, shop

pytestmark = pytest.mark.django_db


def test_narrowing_is_and_in_any_order_and_however_often(things: list[Thing]) -> None:
    codes, numbers = "code:(a OR b OR B)", "code:(b OR Z9)"
    both = expected(code="b")
    assert both
    assert found(shop().narrow(codes).narrow(numbers)) == both
    assert found(shop().narrow(numbers).narrow(codes)) == both
    assert found(shop().narrow("tags:红").narrow("tags:大")) == {
        thing.pk for thing in things if {"红", "大"} <= set(thing.tags)
    }


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('code:"x \\"y\\""', {"code": 'x "y"'}),
        ("code:a:b", {"code": "a:b"}),
        ("code_exact:b", {"code": "b"}),
        ("code:a AND number:[0 TO 10]", {"code": "a", "number__range": (0, 10)}),
        ("code:a number:{0 TO 10]", {"code": "a", "number__gt": 0, "number__lte": 10}),
        ("price:[* TO 9.5}", {"price__lt": 9.5}),
        ("price:9.50", {"price": 9.5}),
        ("size:[-2.5 TO]", {"size__gte": -2.5}),
        ("number:*", {"number__isnull": False}),
        ("code:?", {"code__regex": "^.$"}),
        ("code:a*", {"code__startswith": "a"}),
        ("day:[2023-12-31 TO 2024-01-01]", {"day__range": ("2023-12-31", "2024-01-01")}),
        ("day:20240101", {"day": "2024-01-01"}),
        ("made:[2023-12-31T21:00:00Z TO *]", {"made__gte": "2023-12-31T21:00:00Z"}),
        ("name:*ayst*", {"name__contains": "ayst"}),
        ("is_open:true", {"is_open": True}),
    ],
)
def test_lines_of_filters(things: list[Thing], line: str, wanted: dict[str, Any]) -> None:
    assert found(shop().narrow(line)) == expected(**wanted)
    assert found(shop().narrow(f"NOT ({line})")) == {t.pk for t in things} - expected(**wanted)
    field, _, query = line.partition(":")
    if "AND" not in line and " number" not in line and "_exact" not in line:
        counts = shop().query_facet(field, query).facet_counts()
        assert counts["queries"] == {line: len(expected(**wanted))}


def test_narrowing_to_texts(things: list[Thing]) -> None:
    hay = {thing.pk for thing in things if "needle" in thing.text}
    assert found(shop().narrow("needle")) == found(shop().narrow("text:needle")) == hay
    assert found(shop().narrow(SQ(content="needle") | SQ(number=9))) == hay | expected(number=9)
    assert found(shop().narrow(~SQ(content="needle"))) == {t.pk for t in things} - hay


@pytest.mark.parametrize(
    "field", ["code", "name", "number", "size", "is_open", "day", "made", "tags"]
)
def test_facets_are_what_counting_gives(things: list[Thing], field: str) -> None:
    chosen = [thing for thing in things if "群众" in thing.text]
    values: list[Any] = []
    for thing in chosen:
        value = getattr(thing, field)
        if isinstance(value, dt.datetime):
            value = timezone.make_naive(value)
        elif isinstance(value, dt.date):
            value = dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001
        values += value if isinstance(value, list) else [value] if value is not None else []
    counts = shop().filter(content="群众").facet(field).facet_counts()
    assert sorted(counts) == ["dates", "fields", "queries"]
    assert dict(counts["fields"][field]) == Counter(values)
    numbers = [number for _, number in counts["fields"][field]]
    assert numbers == sorted(numbers, reverse=True)
    few = shop().filter(content="群众").facet(field, limit=2, mincount=2).facet_counts()
    assert few["fields"][field] == [row for row in counts["fields"][field] if row[1] > 1][:2]


def test_a_faceted_field_is_searched_as_a_text_and_counted_as_it_stands(
    things: list[Thing],
) -> None:
    counts = shop().facet("label").facet_counts()["fields"]["label"]
    assert dict(counts) == Counter(thing.code for thing in things if thing.code is not None)
    assert found(shop().filter(label="x y")) == expected(code='x "y"')
    assert found(shop().narrow('label_exact:"a:b"')) == expected(code="a:b")
    price = dict(shop().facet("price").facet_counts()["fields"]["price"])
    assert {float(value): number for value, number in price.items()} == {
        float(value): number
        for value, number in Counter(t.price for t in things if t.price is not None).items()
    }


@pytest.mark.parametrize(("gap", "amount"), [("hour", 1), ("hour", 3), ("day", 1), ("month", 2)])
def test_date_facets(things: list[Thing], gap: str, amount: int) -> None:
    start, end = dt.datetime(2024, 1, 1, 4), dt.datetime(2024, 1, 1, 11)  # noqa: DTZ001
    query = shop().date_facet("made", start, end, gap_by=gap, gap_amount=amount)
    rows = query.facet_counts()["dates"]["made"]
    counted = {}
    for stretch, number in rows:
        inside = [
            thing
            for thing in things
            if stretch and thing.made and stretch[0] <= timezone.make_naive(thing.made) < stretch[1]
        ]
        assert stretch is None or len(inside) == number
        counted[stretch] = number
    assert sum(counted.values()) == len(things)
    assert len(counted) == len(rows)


def test_more_like_this_page_by_page(things: list[Thing]) -> None:
    thing = things[0]
    query = shop().more_like_this(thing)
    keys = [result.pk for result in query]
    assert len(keys) == len(set(keys)) == query.count() > 20
    assert str(thing.pk) not in keys
    for start, stop in [(0, 5), (5, 10), (3, 17), (20, 99)]:
        assert [r.pk for r in shop().more_like_this(thing)[start:stop]] == keys[start:stop]
    within = shop().filter(number__gte=0).narrow("is_open:true").more_like_this(thing)
    wanted = expected(number__gte=0, is_open=True) & set(map(int, keys))
    assert found(within) == wanted
    assert [r.pk for r in within] == [key for key in keys if int(key) in wanted]


def test_a_boosted_term_raises_those_that_hold_it(things: list[Thing]) -> None:
    plain = shop().filter(content="群众")
    raised = plain.boost("needle", 3)
    assert found(raised) == found(plain)
    holds = ["needle" in Thing.objects.get(pk=result.pk).text for result in raised]
    assert any(holds)
    assert holds == sorted(holds, reverse=True)
    weighed = shop().filter(SQ(label="a") | SQ(name="haystack"))
    best = [result.pk for result in weighed][: len(expected(code__in=["a", "aé", "a:b"]))]
    assert {int(pk) for pk in best} == expected(code__in=["a", "aé", "a:b"])


def test_suggestions_are_made_where_they_are_asked_for(things: list[Thing]) -> None:
    asked = SearchQuerySet(using=ALIAS).filter(content="haystck needle")
    assert asked.spelling_suggestion() is None
    asked.query.backend.include_spelling = True
    try:
        fresh = SearchQuerySet(using=ALIAS)
        assert fresh.filter(content="haystck needle").spelling_suggestion() == "haystack needle"
        assert fresh.filter(content="needle").spelling_suggestion() is None
        assert fresh.spelling_suggestion("neelde") == "needle"
    finally:
        asked.query.backend.include_spelling = False


def test_results_give_values_back_as_they_went_in(things: list[Thing]) -> None:
    class Own(SearchResult):
        """A result of somebody's own."""

    by_key = {thing.pk: thing for thing in things}
    for result in shop().result_class(Own).load_all():
        thing = by_key[int(result.pk)]
        assert isinstance(result, Own)
        assert result.object == thing
        assert (result.name, result.number, result.size) == (thing.name, thing.number, thing.size)
        assert (result.is_open, result.tags) == (thing.is_open, thing.tags)
        assert result.price == (None if thing.price is None else str(thing.price))
        assert result.made == (thing.made and timezone.make_naive(thing.made))
        assert (result.day and result.day.date()) == thing.day
    flat = shop().order_by("django_id").values_list("number", flat=True)
    assert list(flat[:90]) == [thing.number for thing in things]
    assert shop().order_by("django_id").values("name", "pk")[2] == {
        "name": things[2].name,
        "pk": str(things[2].pk),
    }
