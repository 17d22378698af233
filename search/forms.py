"""What a visitor's parameters mean: a `QueryDict` becomes a `SearchRequest`.

Whatever is not understood is ignored; nothing a visitor sends is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping

from django.http import QueryDict

from search.links import default_sort
from search.results import SORTS, SearchRequest

Known = Callable[[list[str]], Collection[str]]
"""Given values of a facet, return those that exist."""

MAX_QUERY = 501
"""One character more than the parser reads, so that it can say that it cut the query."""
MAX_VALUES = 50
MAX_PAGE = 1_000_000
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")


def clean(value: str) -> str:
    """Return the value on one line, without what neither XML nor a database can hold."""
    return _UNPRINTABLE.sub(" ", value).strip()


def read(data: QueryDict, facets: Mapping[str, Known], *, per_page: int = 10) -> SearchRequest:
    """Return the request that the parameters make; `facets` names the filters there are."""
    q = clean(data.get("q", "")[: 10 * MAX_QUERY])[:MAX_QUERY]
    sort = data.get("sort", "")
    if sort not in SORTS or (sort == "relevance" and not q):
        sort = default_sort(q)
    return SearchRequest(
        q=q,
        filters={
            name: values
            for name, known in facets.items()
            if (values := _chosen(data.getlist(name), known))
        },
        sort=sort,
        page=_page(data.get("page", "")),
        per_page=per_page,
        restore=data.get("restore") != "0",
    )


def _chosen(values: Iterable[str], known: Known) -> tuple[str, ...]:
    asked = list(dict.fromkeys(value for value in values if value == clean(value) != ""))
    existing = known(asked[:MAX_VALUES]) if asked else ()
    return tuple(value for value in asked if value in existing)


def _page(value: str) -> int:
    try:
        return min(max(int(value[:9]), 1), MAX_PAGE)
    except ValueError:
        return 1
