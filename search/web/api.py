"""A page of results as JSON: the parts that do not depend on what is searched."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Generic, TypeVar

from ninja import Schema

from search.results import ResultPage

Row = TypeVar("Row")


class FacetValue(Schema):
    """One value of a facet; `count` ignores the facet's own selection."""

    value: str
    label: str
    count: int
    selected: bool


class Results(Schema, Generic[Row]):
    """One page of results; `query` is the query as understood, `repairs` what was changed.

    `tiers` divides `count`: all words of the query, or most, or only some of them stand in a result.
    A facet lists its most frequent values and every chosen one; `facets_left` says of how many more
    it does not, where there are any.
    """

    count: int
    tiers: dict[str, int]
    query: str
    results: list[Row]
    facets: dict[str, list[FacetValue]]
    facets_left: dict[str, int]
    page: int
    pages: int
    repairs: list[str]
    notes: list[str]


def as_json(page: ResultPage, rows: list[Any]) -> dict[str, Any]:
    """Return the page with its rows, which the caller knows how to write."""
    return {
        "count": page.count,
        "tiers": asdict(page.tiers),
        "query": page.query,
        "results": rows,
        "facets": {
            facet.name: [
                FacetValue(
                    value=row.value, label=str(row.label), count=row.count, selected=row.selected
                )
                for row in facet.rows
            ]
            for facet in page.facets
        },
        "facets_left": {facet.name: facet.left for facet in page.facets if facet.left},
        "page": page.page,
        "pages": page.pages,
        "repairs": list(page.repairs),
        "notes": list(page.notes),
    }
