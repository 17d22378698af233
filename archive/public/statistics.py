"""What the archive holds, counted.

One grouped query (source × type × year) answers every count on the public pages; the pages add
its few hundred cells up as they need. An index of its own covers it (`speech_statistics`). Months are
counted by a second query, and only of the years that somebody looks into.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Count, Sum
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from archive.models import Source, SpeechType
from archive.models.speech import SpeechQuerySet
from archive.search_indexes import UNDATED
from archive.templatetags.yinde import month_name
from search.results import CountedFacet, FacetRow
from search.schema import narrows, unnarrowed

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
    """Add the cells up."""
    cells = list(cells)
    years = [cell.year for cell in cells if cell.year is not None]
    return Total(
        count=sum(cell.count for cell in cells),
        characters=sum(cell.characters for cell in cells),
        undated=sum(cell.count for cell in cells if cell.year is None),
        first=min(years, default=None),
        last=max(years, default=None),
    )


def by_source(cells: Iterable[Cell], chosen: Collection[str] = ()) -> CountedFacet:
    """Return the sources with their counts, most materials first."""
    counts = _counts(cells, lambda cell: cell.source)
    sources = Source.objects.filter(pk__in=counts).only("pk", "name", "slug")
    rows = [
        FacetRow(source.slug, source.name, counts[source.pk], source.slug in chosen)
        for source in sources
    ]
    rows.sort(key=lambda row: (-row.count, row.label))
    return CountedFacet("source", _("来源"), tuple(rows))


def by_type(cells: Iterable[Cell | MonthCell], chosen: Collection[str] = ()) -> CountedFacet:
    """Return the types with their counts, most materials first."""
    counts = _counts(cells, lambda cell: cell.type)
    counts.update(dict.fromkeys(chosen, 0))
    rows = [
        FacetRow(code, str(SpeechType(code).label), count, code in chosen)
        for code, count in counts.items()
    ]
    rows.sort(key=lambda row: (-row.count, row.label))
    return CountedFacet("type", _("类型"), tuple(rows))


def by_year(cells: Iterable[Cell], chosen: Collection[str] = ()) -> CountedFacet:
    """Return the years with their counts, newest first; then what has no date."""
    counts = _counts(cells, _year)
    counts.update(dict.fromkeys(chosen, 0))
    rows = [
        FacetRow(year, _("日期不详") if year == UNDATED else year, counts[year], year in chosen)
        for year in sorted(counts, key=lambda year: (year != UNDATED, year), reverse=True)
    ]
    return CountedFacet("year", _("年份"), tuple(rows))


def by_month(
    cells: Iterable[MonthCell], years: Collection[str], chosen: Collection[str] = ()
) -> CountedFacet:
    """Return the months of some years with their counts, newest first."""
    counts = _counts(cells, lambda cell: cell.month)
    listed = {month for month in counts if any(narrows(month, year) for year in years)}
    rows = [
        FacetRow(
            month,
            month_name(month),
            counts[month],
            month in chosen,
            month_name(month, with_year=False),
        )
        for month in sorted({*listed, *chosen}, reverse=True)
    ]
    return CountedFacet("month", _("月份"), tuple(rows), narrows="year")


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


def _year(cell: Cell) -> str:
    return str(cell.year or UNDATED)


def _counts(cells: Iterable[Counted], key: Callable[[Counted], Key]) -> Counter[Key]:
    counts: Counter[Key] = Counter()
    for cell in cells:
        counts[key(cell)] += cell.count
    return counts
