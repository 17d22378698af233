"""Counts of what the archive holds."""

import pytest

from archive import statistics
from archive.models import Speech
from archive.statistics import Total
from search.results import Facet, FacetRow
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


def counts(facet: Facet) -> list[tuple[str, int]]:
    return [(row.value, row.count) for row in facet.rows]


def test_totals(cells: list[statistics.Cell]) -> None:
    assert statistics.total(cells) == Total(4, 8, undated=1, first=2023, last=2024)
    assert statistics.total([]) == Total(0, 0, 0, None, None)


def test_facets_count_each_value(cells: list[statistics.Cell]) -> None:
    assert counts(statistics.by_source(cells)) == [("b", 3), ("a", 1)]
    assert counts(statistics.by_type(cells)) == [("speech", 3), ("theory", 1)]
    assert counts(statistics.by_year(cells)) == [("2024", 2), ("2023", 1), ("unknown", 1)]


def test_a_facet_ignores_its_own_selection_only(cells: list[statistics.Cell]) -> None:
    types, years = statistics.facets_within(cells, {"type": ("theory",), "year": ("2023",)})
    assert types.rows == (
        FacetRow("speech", "讲话稿", 1, False),
        FacetRow("theory", "理论文章", 0, True),
    )
    assert years.rows == (FacetRow("2024", "2024", 1, False), FacetRow("2023", "2023", 0, True))


def test_one_query(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):
        statistics.tally(Speech.objects.published())
