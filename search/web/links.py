"""Addresses of searches: what one asks for, and the links of a page.

Every state of a result page is a GET address. `read` makes a `SearchRequest` of one, `address` is the way
back. Defaults are left out, so a state has one address. Whatever changes the set of results goes back
to page 1. Whatever is not understood is ignored and said so; nothing a visitor sends is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote_plus, urlencode

from django.core.paginator import Paginator
from django.http import QueryDict

from search import messages
from search.pages import existing
from search.results import SORTS, CountedFacet, FacetRow, SearchRequest
from search.schema import Facet, narrows

MAX_QUERY = 501
"""One character more than the parser reads, so that it can say that it cut the query."""
MAX_VALUES = 50
MAX_PAGE = 1_000_000
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")

VISIBLE_ROWS = 8
"""So many values of a facet are shown at once; the others are one click away."""
MORE_ROWS = 40
"""So many of the others; a page must stay small however many sources there are."""
MORE_BYTES = 20_000
"""And no more than this is spent on their addresses, each of which repeats the query."""
OPEN_FACETS = 3
"""So many facets are open; the others are folded until something in them is chosen."""


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


def default_sort(q: str) -> str:
    """Return the order of a request that names none: without words nothing can be relevant."""
    return "relevance" if q else "newest"


def parameters(request: SearchRequest) -> list[tuple[str, str]]:
    """Return the request as parameters, page left out: what a form has to carry along.

    >>> parameters(SearchRequest(q="政绩", filters={"year": ("2024", "2023")}))
    [('q', '政绩'), ('year', '2024'), ('year', '2023')]
    """
    pairs = [("q", request.q)] if request.q else []
    pairs += [(name, value) for name, values in request.filters.items() for value in values]
    if request.sort not in ("relevance", default_sort(request.q)):
        pairs.append(("sort", request.sort))
    if not request.restore:
        pairs.append(("restore", "0"))
    return pairs


def address(path: str, request: SearchRequest) -> str:
    """Return the address of the request below `path`."""
    pairs = parameters(request)
    if request.page > 1:
        pairs.append(("page", str(request.page)))
    return f"{path}?{urlencode(pairs)}" if pairs else path


def carried(request: SearchRequest) -> str:
    """Return the query string that takes the query, and nothing else, into one document."""
    pairs = [pair for pair in parameters(request) if pair[0] in ("q", "restore")]
    return f"?{urlencode(pairs)}" if request.q else ""


def at_page(request: SearchRequest, page: int) -> SearchRequest:
    """Return the request turned to another page."""
    return replace(request, page=page)


def sorted_by(request: SearchRequest, sort: str) -> SearchRequest:
    """Return the request in another order, from page 1."""
    return replace(request, sort=sort, page=1)


def with_restore(request: SearchRequest, restore: bool) -> SearchRequest:
    """Return the request with masked spellings read back or not, from page 1."""
    return replace(request, restore=restore, page=1)


def toggled(request: SearchRequest, facet: str, value: str, finer: str = "") -> SearchRequest:
    """Return the request with one value of a facet added, or dropped where it was chosen.

    What narrows the value in the facet `finer` is dropped either way.

    >>> toggled(SearchRequest(filters={"year": ("2024",)}, page=3), "year", "2023").filters
    {'year': ('2024', '2023')}
    """
    chosen = request.filters.get(facet, ())
    kept = tuple(other for other in chosen if other != value)
    changed = _with_filter(request, facet, kept if value in chosen else (*chosen, value))
    inner = request.filters.get(finer, ())
    if not any(narrows(each, value) for each in inner):
        return changed
    return _with_filter(changed, finer, tuple(each for each in inner if not narrows(each, value)))


def without(request: SearchRequest, *facets: str) -> SearchRequest:
    """Return the request without the filters on some facets, or without any filter."""
    kept = {name: chosen for name, chosen in request.filters.items() if name not in facets}
    return replace(request, filters=kept if facets else {}, page=1)


def _with_filter(request: SearchRequest, facet: str, values: tuple[str, ...]) -> SearchRequest:
    filters = {name: chosen for name, chosen in request.filters.items() if name != facet}
    if values:
        filters[facet] = values
    return replace(request, filters=filters, page=1)


@dataclass(frozen=True)
class Link:
    """One value of a facet, or one chip: where it leads and what it would give.

    `inner` are the values that narrow it.
    """

    label: str
    url: str
    count: int = 0
    selected: bool = False
    inner: tuple[Link, ...] = ()


@dataclass(frozen=True)
class FacetLinks:
    """A facet ready to be shown: the first rows (and every selected one), then the others.

    `left` counts the values that are not listed at all; a `folded` facet shows only its name at first.
    """

    name: str
    label: str
    shown: tuple[Link, ...]
    more: tuple[Link, ...]
    left: int
    folded: bool = False


def finer_facets(facets: Iterable[CountedFacet]) -> dict[str, CountedFacet]:
    """Return the facets that narrow others, by the names of those."""
    return {facet.narrows: facet for facet in facets if facet.narrows}


def facet_links(
    path: str, request: SearchRequest, facets: Sequence[CountedFacet]
) -> list[FacetLinks]:
    """Return the facets with the address that each value leads to."""
    finer = finer_facets(facets)
    listed = [facet for facet in facets if not facet.narrows]
    return [
        _facet_links(path, request, facet, finer.get(facet.name), folded=rank >= OPEN_FACETS)
        for rank, facet in enumerate(listed)
        if facet.rows
    ]


def _facet_links(
    path: str,
    request: SearchRequest,
    facet: CountedFacet,
    finer: CountedFacet | None,
    *,
    folded: bool,
) -> FacetLinks:
    toggle = _toggle(path, request, facet.name, finer.name if finer else "")
    links = [_value_link(path, request, row, finer, toggle(row.value)) for row in facet.rows]
    shown = [link for rank, link in enumerate(links) if rank < VISIBLE_ROWS or _is_chosen(link)]
    more = [
        link for rank, link in enumerate(links) if rank >= VISIBLE_ROWS and not _is_chosen(link)
    ]
    room = MORE_BYTES // len(address(path, request))
    listed = tuple(more[: min(MORE_ROWS, room)])
    return FacetLinks(
        facet.name,
        facet.label,
        tuple(shown),
        listed,
        len(more) - len(listed) + facet.left,
        folded and not any(_is_chosen(link) for link in links),
    )


def _toggle(path: str, request: SearchRequest, facet: str, finer: str) -> Callable[[str], str]:
    """Return what gives the address that adds a value of a facet, or drops it where it was chosen."""
    if request.filters.get(facet) or request.filters.get(finer):
        return lambda value: address(path, toggled(request, facet, value, finer))
    # The addresses differ in one value, for which a character stands that a request does not hold.
    start, _mark, end = address(path, toggled(request, facet, "\0")).rpartition(quote_plus("\0"))
    return lambda value: f"{start}{quote_plus(value)}{end}"


def _value_link(
    path: str, request: SearchRequest, row: FacetRow, finer: CountedFacet | None, url: str
) -> Link:
    if finer is None:
        return Link(row.label, url, row.count, row.selected)
    inner = (
        Link(
            each.short or each.label,
            address(path, toggled(request, finer.name, each.value)),
            each.count,
            each.selected,
        )
        for each in finer.rows
        if narrows(each.value, row.value)
    )
    return Link(row.label, url, row.count, row.selected, tuple(inner))


def _is_chosen(link: Link) -> bool:
    return link.selected or any(each.selected for each in link.inner)


def chips(path: str, request: SearchRequest, facets: Iterable[CountedFacet]) -> Iterator[Link]:
    """Yield a link that removes each chosen value, called as it is in its facet."""
    facets = list(facets)
    labels = {(facet.name, row.value): row.label for facet in facets for row in facet.rows}
    finer = finer_facets(facets)
    for name, values in request.filters.items():
        inner = finer[name].name if name in finer else ""
        for value in values:
            yield Link(
                labels.get((name, value), value),
                address(path, toggled(request, name, value, inner)),
                selected=True,
            )


def page_numbers(page: int, pages: int) -> list[int | None]:
    """Return the page numbers worth a link, None where some are left out.

    >>> page_numbers(6, 20)
    [1, None, 4, 5, 6, 7, 8, None, 20]
    """
    numbers = Paginator(range(pages), 1).get_elided_page_range(
        min(page, pages), on_each_side=2, on_ends=1
    )
    return [number if isinstance(number, int) else None for number in numbers]
