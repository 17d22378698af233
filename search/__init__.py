"""A toolkit for finding things in Chinese text; what sites need of it is named here.

    from search import SearchRequest, search

    page = search(SearchRequest("功成不必在我", filters={"year": ("2024",)}))

`search.schema` says how something is searched, `search.backend` what is asked of an engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from search.pages import counts, keys, search
    from search.results import ResultPage, ResultRow, SearchRequest
    from search.schema import Facet, SearchSchema
    from search.suggesting import similar, suggest

__all__ = [
    "Facet",
    "ResultPage",
    "ResultRow",
    "SearchRequest",
    "SearchSchema",
    "counts",
    "keys",
    "search",
    "similar",
    "suggest",
]
_HOMES = {
    "pages": ("counts", "keys", "search"),
    "results": ("ResultPage", "ResultRow", "SearchRequest"),
    "schema": ("Facet", "SearchSchema"),
    "suggesting": ("similar", "suggest"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    # Only when asked for: Django imports this package before models may be, which these modules need.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
