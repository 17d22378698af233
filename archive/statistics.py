"""What the archive holds, counted.

One grouped query (source × type × year) answers every count on the public pages; the pages add
its few hundred cells up as they need. An index of its own covers it (`speech_statistics`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from archive.facets import UNDATED
from archive.models import Source, SpeechType
from archive.models.speech import SpeechQuerySet
from search.results import Facet, FacetRow

Key = TypeVar("Key", int, str)


@dataclass(frozen=True)
class Cell:
    """How many materials of one source, type and year there are, and how long they are."""

    source: int
    type: str
    year: int | None
    count: int
    characters: int


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


def by_source(cells: Iterable[Cell], chosen: Collection[str] = ()) -> Facet:
    """Return the sources with their counts, most materials first."""
    counts = _counts(cells, lambda cell: cell.source)
    sources = Source.objects.filter(pk__in=counts).only("pk", "name", "slug")
    rows = [
        FacetRow(source.slug, source.name, counts[source.pk], source.slug in chosen)
        for source in sources
    ]
    rows.sort(key=lambda row: -row.count)
    return Facet("source", _("来源"), tuple(rows))


def by_type(cells: Iterable[Cell], chosen: Collection[str] = ()) -> Facet:
    """Return the types with their counts, most materials first."""
    counts = _counts(cells, lambda cell: cell.type)
    counts.update(dict.fromkeys(chosen, 0))
    rows = [
        FacetRow(code, str(SpeechType(code).label), count, code in chosen)
        for code, count in counts.most_common()
    ]
    return Facet("type", _("类型"), tuple(rows))


def by_year(cells: Iterable[Cell], chosen: Collection[str] = ()) -> Facet:
    """Return the years with their counts, newest first; then what has no date."""
    counts = _counts(cells, lambda cell: str(cell.year or UNDATED))
    counts.update(dict.fromkeys(chosen, 0))
    rows = [
        FacetRow(year, _("日期不详") if year == UNDATED else year, counts[year], year in chosen)
        for year in sorted(counts, key=lambda year: (year != UNDATED, year), reverse=True)
    ]
    return Facet("year", _("年份"), tuple(rows))


def facets_within(cells: Iterable[Cell], filters: Mapping[str, Collection[str]]) -> list[Facet]:
    """Return the facets of one source's page: counts of each ignore its own selection."""
    cells = list(cells)
    types, years = filters.get("type", ()), filters.get("year", ())
    return [
        by_type([cell for cell in cells if not years or str(cell.year or UNDATED) in years], types),
        by_year([cell for cell in cells if not types or cell.type in types], years),
    ]


def _counts(cells: Iterable[Cell], key: Callable[[Cell], Key]) -> Counter[Key]:
    counts: Counter[Key] = Counter()
    for cell in cells:
        counts[key(cell)] += cell.count
    return counts
