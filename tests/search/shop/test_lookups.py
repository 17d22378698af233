"""Filters, orders and slices give what the database gives for the same, missing values included."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db.models import Q
from haystack import connections
from haystack.inputs import AltParser, AutoQuery, Clean, Exact, Not, Raw
from haystack.query import SQ, SearchQuerySet

from tests.search.shop.conftest import ALIAS, values
from tests.search.shop.models import Thing

pytestmark = pytest.mark.django_db
COMPARED = ("name", "code", "number", "size", "price", "made", "day")


def found(query: SearchQuerySet) -> set[int]:
    """The keys of all results, none of them twice, as many as are counted."""
    keys = [int(result.pk) for result in query]
    assert query.count() == len(keys) == len(set(keys))
    return set(keys)


def shop() -> SearchQuerySet:
    """Everything in the shop."""
    return SearchQuerySet(using=ALIAS)


def expected(*conditions: Q, **named: Any) -> set[int]:
    """The keys that the database finds."""
    return set(Thing.objects.filter(*conditions, **named).values_list("pk", flat=True))


@pytest.fixture
def put() -> Iterator[Callable[..., Thing]]:
    """What adds a thing to the shop and its index, for one test."""
    site = connections[ALIAS].get_backend()
    added = []

    def add(**values: Any) -> Thing:
        added.append(Thing.objects.create(**values))
        site.update(connections[ALIAS].get_unified_index().get_index(Thing), added[-1:])
        return added[-1]

    yield add
    for thing in added:
        site.remove(thing)


@pytest.mark.parametrize("field", COMPARED)
def test_comparisons_are_those_of_the_database(things: list[Thing], field: str) -> None:
    random_ = random.Random(field)
    make = values(random_)[field]
    for _ in range(6):
        value, other = make(), make()
        for lookup in ("gt", "gte", "lt", "lte"):
            condition = {f"{field}__{lookup}": value}
            assert found(shop().filter(**condition)) == expected(**condition), condition
            line = f"NOT {field}__{lookup}:" + '"' + _escaped(value) + '"'
            assert found(shop().narrow(line)) == {t.pk for t in things} - expected(**condition)
        between = {f"{field}__range": (value, other)}
        assert found(shop().filter(**between)) == expected(**between), between
        several = {f"{field}__in": [value, other]}
        if field != "name":
            assert found(shop().filter(**several)) == expected(**several), several
            assert found(shop().filter(**{f"{field}__exact": value})) == expected(**{field: value})
            assert found(shop().narrow(SQ(**{field: value}))) == expected(**{field: value})


def _escaped(value: Any) -> str:
    return str(value).replace("\\", "\\\\").replace('"', '\\"')


def test_conditions_combine_like_those_of_the_database(things: list[Thing]) -> None:
    random_ = random.Random(3)
    make = values(random_)
    for _ in range(40):
        ours, theirs = SQ(), Q()
        for _ in range(random_.randint(1, 4)):
            field = random_.choice(["number", "size", "price", "made", "day"])
            condition = {f"{field}__{random_.choice(['gt', 'lte', 'exact'])}": make[field]()}
            sq, q = SQ(**condition), Q(pk__in=expected(**condition))
            if random_.random() < 0.4:
                sq, q = ~sq, ~q
            ours, theirs = (
                (ours & sq, theirs & q) if random_.random() < 0.6 else (ours | sq, theirs | q)
            )
        assert found(shop().filter(ours)) == expected(theirs), ours
        assert found(shop().exclude(ours)) == expected(~theirs), ours
        assert found(shop().narrow(ours)) == expected(theirs), ours


def test_truth_is_neither_a_word_nor_missing(things: list[Thing]) -> None:
    for value in (True, False, "true", "False", 1, 0):
        wanted = value in (True, "true")
        assert found(shop().filter(is_open=value)) == expected(is_open=wanted)
    assert found(shop().exclude(is_open=True)) == expected(~Q(pk__in=expected(is_open=True)))
    assert {result.is_open for result in shop()} == {True, False, None}
    with pytest.raises(ValueError, match="neither true nor false"):
        shop().filter(is_open="maybe").count()


def test_numbers_compare_with_numbers_of_other_kinds(things: list[Thing]) -> None:
    for value in (-0.5, 9.5, "9.5", float("inf"), -float("inf")):
        for lookup in ("gt", "gte", "lt", "lte"):
            condition = {f"number__{lookup}": value}
            test = {"gt": "__gt__", "gte": "__ge__", "lt": "__lt__", "lte": "__le__"}[lookup]
            by_python = {
                t.pk
                for t in things
                if t.number is not None and getattr(float(t.number), test)(float(value))
            }
            assert found(shop().filter(**condition)) == by_python, condition
    assert found(shop().filter(number=9.5)) == set()


@pytest.mark.parametrize("field", [*COMPARED, "is_open"])
@pytest.mark.parametrize("second", ["-number", "day", "django_id"])
def test_orders_are_those_of_python_and_what_is_missing_comes_last(
    things: list[Thing], field: str, second: str
) -> None:
    for first in (field, f"-{field}"):
        wanted = things
        for name in (second, first):  # sorting is stable: the last order first
            key = name.lstrip("-").replace("django_id", "pk")
            having = [t for t in wanted if getattr(t, key) is not None]
            having.sort(key=lambda t, key=key: getattr(t, key), reverse=name[0] == "-")
            wanted = having + [t for t in wanted if getattr(t, key) is None]
        query = shop().order_by(first, second)
        assert [int(result.pk) for result in query] == [t.pk for t in wanted]
        assert [int(result.pk) for result in query[7:30]] == [t.pk for t in wanted[7:30]]
        assert [int(each[0]) for each in query.values_list("pk")[3:14]] == [
            t.pk for t in wanted[3:14]
        ]


def test_the_largest_numbers_come_before_what_has_none(things: list[Thing], put: Any) -> None:
    having = [thing.number for thing in things if thing.number is not None]
    for number in (2**63 - 1, 1 - 2**63):
        put(number=number)  # the last by its key
        having.append(number)
        for order, wanted in (("number", sorted(having)), ("-number", sorted(having)[::-1])):
            given = [result.number for result in shop().order_by(order, "django_id")]
            assert given[: len(having)] == wanted
            assert set(given[len(having) :]) == {None}


def test_every_slice_is_a_part_of_the_whole(things: list[Thing]) -> None:
    whole = [result.pk for result in shop().filter(content="群众")]
    assert len(whole) > 20
    for start, stop in [(0, 1), (1, 3), (5, 12), (7, 20), (0, len(whole) + 5), (len(whole), 99)]:
        assert [r.pk for r in shop().filter(content="群众")[start:stop]] == whole[start:stop]


def test_identities(things: list[Thing]) -> None:
    some = things[3:6]
    names = [f"shop.thing.{thing.pk}" for thing in some]
    keys = {thing.pk for thing in some}
    assert found(shop().filter(id=names[0])) == {some[0].pk}
    assert found(shop().filter(id__in=names)) == keys
    assert found(shop().filter(django_id__in=keys)) == keys
    assert found(shop().filter(django_id__gte=some[0].pk)) == expected(pk__gte=some[0].pk)
    assert found(shop().filter(django_ct="shop.thing")) == {t.pk for t in things}
    everything = sorted(f"shop.thing.{thing.pk}" for thing in things)
    assert [result.id for result in shop().order_by("id")] == everything
    assert [result.id for result in shop().order_by("-id")] == everything[::-1]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (Not("调查研究"), lambda text: "调查研究" not in text),
        (Clean("调查研究 haystack"), lambda text: "调查研究" in text and "haystack" in text),
        (Clean("调查研究 OR 群众"), lambda text: False),
        (Raw("调查研究 OR haystack"), lambda text: "调查研究" in text or "haystack" in text),
        (Exact("群众，工作"), lambda text: "群众工作" in text.replace("，", "")),
        (AutoQuery('群众 -"工作"'), lambda text: "群众" in text and "工作" not in text),
        ("调查研究", lambda text: "调查研究" in text),
    ],
)
def test_inputs_mean_what_haystack_says(things: list[Thing], value: Any, wanted: Any) -> None:
    holding = {thing.pk for thing in things if wanted(thing.text)}
    assert found(shop().filter(content=value)) == holding
    assert found(shop().exclude(content=value)) == {t.pk for t in things} - holding
    both = found(shop().filter(content=value, number__gte=0))
    assert both == holding & expected(number__gte=0)


def test_inputs_on_other_fields(things: list[Thing]) -> None:
    assert found(shop().filter(number=Not(9))) == expected(~Q(pk__in=expected(number=9)))
    assert found(shop().filter(number=Raw("[0 TO 9]"))) == expected(number__range=(0, 9))
    assert found(shop().filter(code=AutoQuery("a OR b"))) == expected(code__in=["a", "b"])
    assert found(shop().filter(code=Exact('x "y"'))) == expected(code='x "y"')
    assert found(shop().filter(tags="大")) == {t.pk for t in things if "大" in t.tags}
    with pytest.raises(NotImplementedError, match="Raw"):
        shop().filter(content=AltParser("dismax", "x")).count()


def test_content_is_the_text_and_nothing_else(things: list[Thing]) -> None:
    for word in ("needle", "24", "群", "Z9"):
        holding = {thing.pk for thing in things if word in thing.text}
        assert found(shop().filter(content=word)) == holding


def test_words_by_beginning_end_and_spelling(things: list[Thing]) -> None:
    def named(test: Any) -> set[int]:
        return {t.pk for t in things if t.name and any(map(test, t.name.lower().split()))}

    begins = named(lambda word: word.startswith("hay"))
    assert begins
    assert found(shop().filter(name__startswith="Hay")) == begins
    assert found(shop().autocomplete(begin="hay")) == begins
    assert found(shop().autocomplete(begin="aystack")) == set()
    assert found(shop().filter(name__endswith="stack")) == named(lambda w: w.endswith("stack"))
    assert found(shop().filter(name__fuzzy="neddle")) == set()  # another beginning
    assert found(shop().filter(name__fuzzy="neelde")) == named(lambda word: word == "needle")
    assert found(shop().filter(name__contains="aysta")) == named(lambda word: "aysta" in word)
    assert found(shop().filter(name__startswith="调查")) == named(lambda w: w.startswith("调查"))
    assert found(shop().filter(code__startswith="a")) == expected(code__startswith="a")
    assert found(shop().filter(code__endswith="é")) == expected(code__endswith="é")
    assert found(shop().filter(code__contains='"')) == expected(code__contains='"')


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (lambda: shop().filter(content__gt="a").count(), "declare a KeyField"),
        (lambda: shop().order_by("text").count(), "declare a KeyField"),
        (lambda: shop().order_by("tags").count(), "several values"),
        (lambda: shop().filter(number__startswith="1").count(), "compare them instead"),
        (lambda: shop().within("size", None, None), "__range"),
        (lambda: shop().dwithin("size", None, None), "__range"),
        (lambda: shop().distance("size", None), "__range"),
        (lambda: shop().stats("size"), "aggregate"),
        (lambda: shop().highlight(pre_tags=["<b>"]), "<mark>"),
        (lambda: shop().facet("text").facet_counts(), "declare a KeyField"),
        (lambda: shop().facet("code", prefix="a").facet_counts(), "limit, mincount"),
        (lambda: shop().narrow("price:1*").count(), "give a range"),
        (lambda: shop().filter(number__isnull=True).count(), "narrow"),
        (lambda: shop().exclude(code__iexact="a").count(), "lookups are contains"),
        (lambda: shop().filter(SQ(made__year=2024) | SQ(number=1)).count(), "lookups"),
        (lambda: shop().filter(name__regex="a").count(), "lookups"),
    ],
)
def test_what_is_not_done_says_what_to_do_instead(
    things: list[Thing], ask: Any, error: str
) -> None:
    with pytest.raises(NotImplementedError, match=error):
        ask()


@pytest.mark.parametrize("field", ["number", "size", "price", "made", "day", "is_open"])
def test_a_value_that_cannot_be_read_is_an_error_not_an_answer(
    things: list[Thing], field: str
) -> None:
    for value in (None, [None], object(), "", "x" * 1000, float("nan"), "nan"):
        several = {"in": [value], "range": (value, value)}
        for lookup in ("exact", "gt", "lte", "in", "range"):
            condition = {f"{field}__{lookup}": several.get(lookup, value)}
            with pytest.raises(ValueError, match=r"no|neither"):
                shop().filter(**condition).count()
        with pytest.raises((ValueError, NotImplementedError)):
            shop().narrow(SQ(**{field: value})).count()


def test_no_text_is_searched_for_the_word_none_nor_read_twice(things: list[Thing]) -> None:
    for query in (
        shop().filter(name=None),
        shop().filter(name__in=[None, "needle"]),
        shop().filter(code__in=[None]),
        shop().filter(name__in=(name for name in ["needle"]), number__gte=0),
    ):
        with pytest.raises(ValueError, match=r"narrow by NOT (name|code):\*|give a list"):
            query.count()


def test_the_ends_of_the_calendar_are_no_bounds(things: list[Thing], put: Any) -> None:
    ends = [dt.datetime.min, dt.datetime.max]  # noqa: DTZ901 (what people write)
    having = expected(made__isnull=False)
    assert found(shop().filter(made__range=ends)) == having
    assert found(shop().filter(made__gt=ends[1])) == found(shop().filter(made__lt=ends[0])) == set()
    thing = put(text="永久", made=ends[1].replace(tzinfo=dt.UTC))
    (result,) = shop().filter(content="永久")
    assert result.made == ends[1]
    assert found(shop().filter(made__gte=ends[0])) == having | {thing.pk}


def test_a_field_that_there_is_not_is_an_error(things: list[Thing]) -> None:
    for ask in (
        shop().filter(colour="red"),
        shop().narrow("colour:red"),
        shop().order_by("colour"),
    ):
        with pytest.raises(FieldError, match="colour"):
            ask.count()
    for line in ("number:", "number:9 AND", "(number:9", "number:9)", '"open', "number:[1 2]"):
        with pytest.raises(ValueError, match="cannot read"):
            shop().narrow(line).count()
    assert connections[ALIAS].get_backend().search("") == {"results": [], "hits": 0}
