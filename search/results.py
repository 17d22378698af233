"""The values that cross from the engine to pages, the API and feeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from search.backend import Explanation, Tiers

SORTS = ("relevance", "newest", "oldest")


@dataclass(frozen=True)
class SearchRequest:
    """What a visitor asked for.

    `filters` maps a facet name to the values chosen in it: OR within a facet, AND between facets. A
    facet that narrows another (month, year) makes one filter with it: 2023 or, of 2024, April.
    `scope` is the visibility filter that the caller's role allows; it is applied beside the query
    and can never be reached from within it. None means the default scope of the index (published).
    `repairs` are sentences about what else was asked for and could not be understood. With `explain`
    each result says what its score is made of.
    """

    q: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "relevance"
    page: int = 1
    per_page: int = 10
    restore: bool = True
    scope: Mapping[str, tuple[str, ...]] | None = None
    explain: bool = False
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True)
class FacetRow:
    """One value of a facet; `count` ignores the facet's own selection.

    `short` is its label where it stands beneath the value that it narrows.
    """

    value: str
    label: str
    count: int
    selected: bool
    short: str = ""


@dataclass(frozen=True)
class CountedFacet:
    """One facet with its values, most frequent first (years and months newest first).

    `narrows` names the facet that this one narrows: its rows are of the values chosen there only.
    `left` counts the values that are not among the rows: the rarest of very many.
    """

    name: str
    label: str
    rows: tuple[FacetRow, ...]
    narrows: str = ""
    left: int = 0


@dataclass(frozen=True)
class ResultRow:
    """One result: the database object, how often the query stands in it, and where to look.

    `title` and `snippets` are escaped HTML with <mark>; `hits` counts the marked places in title and text.
    `hits_more` says that the text was too long to be read to its end for that. `tier` is "all" for what the
    query finds; of what is listed behind that it says whether "most" or "some" of the words stand there.
    """

    pk: int
    object: Any
    score: float
    hits: int
    title: str
    snippets: tuple[str, ...]
    hits_more: bool = False
    tier: str = "all"
    explanation: Explanation | None = None


@dataclass(frozen=True)
class ResultPage:
    """One page of results with everything a template or the API shows.

    `query` is the query as understood, `repairs` what was changed or ignored to understand it and
    the rest of the request, `notes` what the reader should know (an index being rebuilt, a relaxed
    run, the last page in place of one beyond it), all ready to be shown. Where the index
    could not be searched `available` is false, and the counts say nothing; `refused` if that is
    because of what was asked. `tiers` divides `count` where documents that hold some of the words are
    listed behind those that hold all.
    """

    request: SearchRequest
    count: int
    query: str
    rows: tuple[ResultRow, ...]
    facets: tuple[CountedFacet, ...]
    page: int
    pages: int
    repairs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    available: bool = True
    refused: bool = False
    tiers: Tiers = field(default_factory=Tiers)
