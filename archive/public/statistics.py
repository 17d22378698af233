"""What the archive holds, counted.

One grouped query (source × type × year) answers every count on the public pages; the pages add
its few hundred cells up as they need. An index of its own covers it (`speech_statistics`). Months are
counted by a second query, and only of the years that somebody looks into. These four facets are named
here because that index holds their columns; what they and their values are called, and how they are
sorted, the schema says. Every facet is counted beside the results of a search.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Count, Sum
from django.db.models.functions import Substr

from archive.models import Source
from archive.models.speech import SpeechQuerySet
from archive.search_indexes import UNDATED
from search.results import CountedFacet, FacetRow
from search.schema import narrows, unnarrowed
from search.site import schema

Key = TypeVar("Key", int, str)
Counted = TypeVar("Counted", bound="Cell | MonthCell")


@dataclass(frozen=True)
class Cell:
    """How many materials of one source, type and year there are, and how long they are."""

    source: int
    type: str
    year: int | None
    count: int
    characters: int


@dataclass(frozen=True)
class MonthCell:
    """How many materials of one type and month (2024-04) there are."""

    type: str
    month: str
    count: int


@dataclass(frozen=True)
class Total:
    """The sum over some cells; `first` and `last` are years, None where no date is known."""

    count: int
    characters: int
    undated: int
    first: int | None
    last: int | None


def tally(speeches: SpeechQuerySet) -> list[Cell]:
    """Count the speeches by source, type and year, in one query."""
    rows = (
        speeches.order_by()
        .values_list("source_id", "type", "year")
        .annotate(count=Count("pk"), characters=Sum("char_count"))
    )
    return [Cell(*row) for row in rows]


def tally_months(
    speeches: SpeechQuerySet, filters: Mapping[str, Collection[str]]
) -> list[MonthCell]:
    """Count the speeches of the years that are chosen, or months of which are, by type and month."""
    chosen = [*filters.get("year", ()), *filters.get("month", ())]
    years = {int(value[:4]) for value in chosen if value != UNDATED}
    if not years:
        return []
    rows = (
        speeches.filter(year__in=years)
        .order_by()
        .annotate(month=Substr("date", 1, len("2024-04")))
        .values_list("type", "month")
        .annotate(count=Count("pk"))
    )
    return [MonthCell(*row) for row in rows if "-" in row[1]]


def total(cells: Iterable[Cell]) -> Total:
    """Return the sum of the cells."""
    cells = list(cells)
    years = [cell.year for cell in cells if cell.year is not None]
    return Total(
        count=sum(cell.count for cell in cells),
        characters=sum(cell.characters for cell in cells),
        undated=sum(cell.count for cell in cells if cell.year is None),
        first=min(years, default=None),
        last=max(years, default=None),
    )


def by_source(cells: Iterable[Cell]) -> CountedFacet:
    """Return the sources with their counts, most materials first."""
    counts = _counts(cells, lambda cell: cell.source)
    slugs = Source.objects.filter(pk__in=counts).values_list("pk", "slug")
    return _facet("source", {slug: counts[pk] for pk, slug in slugs})


def by_type(cells: Iterable[Cell | MonthCell], chosen: Collection[str] = ()) -> CountedFacet:
    """Return the types with their counts, most materials first."""
    return _facet("type", _counts(cells, lambda cell: cell.type), chosen)


def by_year(cells: Iterable[Cell], chosen: Collection[str] = ()) -> CountedFacet:
    """Return the years with their counts, newest first; then what has no date."""
    return _facet("year", _counts(cells, _year), chosen)


def by_month(
    cells: Iterable[MonthCell], years: Collection[str], chosen: Collection[str] = ()
) -> CountedFacet:
    """Return the months of some years with their counts, newest first."""
    counts = _counts(cells, lambda cell: cell.month)
    listed = [month for month in counts if any(narrows(month, year) for year in years)]
    return _facet("month", {month: counts[month] for month in {*listed, *chosen}}, chosen)


def facets_within(
    cells: Iterable[Cell],
    month_cells: Iterable[MonthCell],
    filters: Mapping[str, Collection[str]],
) -> list[CountedFacet]:
    """Return the facets of one source's page: counts of each ignore its own selection.

    Years and months are one selection, as on the page of results.
    """
    cells, month_cells = list(cells), list(month_cells)
    types, years, months = (filters.get(name, ()) for name in ("type", "year", "month"))
    whole_years = unnarrowed(years, months)
    of_period: list[Cell | MonthCell] = [cell for cell in cells if _year(cell) in whole_years]
    of_period += [cell for cell in month_cells if cell.month in months]
    return [
        by_type(of_period if years or months else cells, types),
        by_year([cell for cell in cells if not types or cell.type in types], years),
        by_month([cell for cell in month_cells if not types or cell.type in types], years, months),
    ]


def _facet(name: str, counts: Mapping[str, int], chosen: Collection[str] = ()) -> CountedFacet:
    """Return a facet of the schema with these counts, each chosen value among its rows."""
    facet = schema().facets[name]
    values = dict.fromkeys([*counts, *chosen])
    labels = facet.called(values)
    short = facet.called_in_short(values) if facet.narrows else {}
    rows = [
        FacetRow(value, labels[value], counts.get(value, 0), value in chosen, short.get(value, ""))
        for value in values
    ]
    if facet.newest_first:  # what has no date comes last
        rows.sort(key=lambda row: (row.value[:1].isdecimal(), row.value), reverse=True)
    else:
        rows.sort(key=lambda row: (-row.count, row.label))
    return CountedFacet(name, str(facet.label), tuple(rows), facet.narrows)


def _year(cell: Cell) -> str:
    return str(cell.year or UNDATED)


def _counts(cells: Iterable[Counted], key: Callable[[Counted], Key]) -> Counter[Key]:
    counts: Counter[Key] = Counter()
    for cell in cells:
        counts[key(cell)] += cell.count
    return counts
