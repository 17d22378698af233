"""Counts of what the archive holds."""

from dataclasses import replace
from typing import Any, cast

import pytest

from archive.models import Speech
from archive.public import statistics
from archive.public.statistics import Total
from search.results import CountedFacet, FacetRow
from search.site import schema
from tests.factories import make_speech

pytestmark = pytest.mark.django_db


@pytest.fixture
def cells() -> list[statistics.Cell]:
    make_speech(text="一二三", date="2024-05-01", type="speech", source="a")
    make_speech(text="一 二", date="2024", type="theory", source="b")
    make_speech(text="一", date="2023-01", type="speech", source="b")
    make_speech(text="一二", type="speech", source="b")
    make_speech(text="不计", state="draft", date="1999", source="c")
    return statistics.tally(Speech.objects.published())


def counts(facet: CountedFacet) -> list[tuple[str, int]]:
    return [(row.value, row.count) for row in facet.rows]


def test_totals(cells: list[statistics.Cell]) -> None:
    assert statistics.total(cells) == Total(4, 8, undated=1, first=2023, last=2024)
    assert statistics.total([]) == Total(0, 0, 0, None, None)


def test_facets_count_each_value(cells: list[statistics.Cell]) -> None:
    assert counts(statistics.by_source(cells)) == [("b", 3), ("a", 1)]
    assert counts(statistics.by_type(cells)) == [("speech", 3), ("theory", 1)]
    assert counts(statistics.by_year(cells)) == [("2024", 2), ("2023", 1), ("unknown", 1)]


def test_facets_are_called_and_sorted_as_they_are_declared(
    cells: list[statistics.Cell], monkeypatch: pytest.MonkeyPatch
) -> None:
    facets = cast(dict[str, Any], schema().facets)
    declared: dict[str, dict[str, Any]] = {
        "source": {"label": "出处", "labels": lambda slugs: {slug: f"{slug}报" for slug in slugs}},
        "type": {"label": "体裁", "labels": lambda _codes: {"speech": "讲话"}},
        "year": {"label": "年度", "labels": None, "newest_first": False},
    }
    for name, values in declared.items():
        monkeypatch.setitem(facets, name, replace(facets[name], **values))
    shown = (statistics.by_source(cells), statistics.by_type(cells), statistics.by_year(cells))
    assert [(facet.label, [row.label for row in facet.rows]) for facet in shown] == [
        ("出处", ["b报", "a报"]),
        ("体裁", ["讲话", "theory"]),
        ("年度", ["2024", "2023", "unknown"]),
    ]


def test_a_facet_ignores_its_own_selection_only(cells: list[statistics.Cell]) -> None:
    filters = {"type": ("theory",), "year": ("2023",)}
    types, years, _months = statistics.facets_within(cells, [], filters)
    assert types.rows == (
        FacetRow("speech", "讲话稿", 1, False),
        FacetRow("theory", "理论文章", 0, True),
    )
    assert years.rows == (FacetRow("2024", "2024", 1, False), FacetRow("2023", "2023", 0, True))


def test_months_and_years_are_one_selection(cells: list[statistics.Cell]) -> None:
    make_speech(date="2024-05-31", type="theory", source="c")
    cells = statistics.tally(Speech.objects.published())
    filters = {"year": ("2024", "2023", "unknown"), "month": ("2024-05", "1999-12")}
    months = statistics.tally_months(Speech.objects.published(), filters)
    types, years, shown = statistics.facets_within(cells, months, filters)
    # May of 2024, all of 2023, and what has no date
    assert counts(types) == [("speech", 3), ("theory", 1)]
    assert counts(years) == [("2024", 3), ("2023", 1), ("unknown", 1)]
    assert shown.narrows == "year"
    assert shown.rows == (
        FacetRow("2024-05", "2024年5月", 2, True, "5月"),
        FacetRow("2023-01", "2023年1月", 1, False, "1月"),
        FacetRow("1999-12", "1999年12月", 0, True, "12月"),
    )
    filters = {"type": ("theory",), "year": ("2024",)}
    months = statistics.tally_months(Speech.objects.published(), filters)
    types, _years, shown = statistics.facets_within(cells, months, filters)
    assert counts(types) == [("theory", 2), ("speech", 1)]
    assert counts(shown) == [("2024-05", 1)]


def test_months_are_counted_only_within_chosen_years(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):
        filters = {"type": ("theory",), "year": ("unknown",)}
        assert statistics.tally_months(Speech.objects.published(), filters) == []


def test_one_query(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):
        statistics.tally(Speech.objects.published())
