"""What a visitor's parameters mean: a `QueryDict` becomes a `SearchRequest`.

Whatever is not understood is ignored and said so; nothing a visitor sends is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from django.http import QueryDict

from search import messages
from search.engine import existing
from search.results import SORTS, SearchRequest
from search.schema import Facet
from search.web.links import default_sort

MAX_QUERY = 501
"""One character more than the parser reads, so that it can say that it cut the query."""
MAX_VALUES = 50
MAX_PAGE = 1_000_000
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")


def clean(value: str) -> str:
    """Return the value on one line, without what neither XML nor a database can hold."""
    return _UNPRINTABLE.sub(" ", value).strip()


def read(data: QueryDict, facets: Mapping[str, Facet], *, per_page: int = 10) -> SearchRequest:
    """Return the request that the parameters make; `facets` names the filters there are.

    Its `repairs` say what was ignored. An empty value is none, as forms send it.
    """
    q = clean(data.get("q", "")[: 10 * MAX_QUERY])[:MAX_QUERY]
    asked = {name: _values(data.getlist(name)) for name in facets}
    chosen = {name: _chosen(asked[name], facet) for name, facet in facets.items()}
    sort, page = clean(data.get("sort", "")), clean(data.get("page", ""))
    return SearchRequest(
        q=q,
        filters={name: values for name, values in chosen.items() if values},
        sort=sort if sort in SORTS and (sort != "relevance" or q) else default_sort(q),
        page=_page(page) or 1,
        per_page=per_page,
        restore=data.get("restore") != "0",
        repairs=(*_ignored(facets, asked, chosen), *_unreadable(sort, page)),
    )


def _values(given: Iterable[str]) -> list[str]:
    """Return the values without blanks around them and without repetitions."""
    return list(dict.fromkeys(filter(None, map(clean, given))))


def _chosen(asked: list[str], facet: Facet) -> tuple[str, ...]:
    known = existing(facet, asked[:MAX_VALUES]) if asked else ()
    return tuple(value for value in asked[:MAX_VALUES] if value in known)


def _ignored(
    facets: Mapping[str, Facet],
    asked: Mapping[str, list[str]],
    chosen: Mapping[str, tuple[str, ...]],
) -> Iterator[str]:
    """Say what was asked of each facet and not used."""
    for name, values in asked.items():
        unknown = [value for value in values[:MAX_VALUES] if value not in chosen[name]]
        if unknown:
            yield messages.no_such_values(str(facets[name].label), unknown)
        if len(values) > MAX_VALUES:
            yield messages.too_many_values(str(facets[name].label), MAX_VALUES)


def _unreadable(sort: str, page: str) -> Iterator[str]:
    """Say that there is no such order, or no such page."""
    if sort not in ("", *SORTS):
        yield messages.no_such_sort(sort)
    if page and not _page(page):
        yield messages.no_such_page(page)


def _page(value: str) -> int:
    """Return the number of a page, 0 for what is none."""
    try:
        return min(max(int(value[:9]), 0), MAX_PAGE)
    except ValueError:
        return 0
