"""The page of results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from search.pages import counts, search
from search.query import Exact, unparse
from search.results import ResultPage, SearchRequest
from search.site import schema
from search.suggesting import longest_part
from search.web import links
from search.web.links import read


@dataclass(frozen=True)
class Alternative:
    """One filter that could be dropped when nothing was found, and what that would give."""

    label: str
    url: str
    count: int


@require_safe
def search_page(
    request: HttpRequest,
    *,
    template: str = "search/search.html",
    feed: str = "",
    explain_permission: str = "",
) -> HttpResponse:
    """Show the results for the address's parameters; without a query, everything, newest first.

    `template` extends search/search.html, `feed` names the address of the same search as a feed. With
    ?explain=1 whoever has `explain_permission` is shown what each score is made of.
    """
    path = request.path
    asked = read(request.GET, schema().facets)
    explained = request.GET.get("explain") == "1" and bool(explain_permission)
    if explained and request.user.has_perm(explain_permission):
        asked = replace(asked, explain=True)
    page = search(asked)
    found = replace(asked, page=page.page)
    nothing = page.available and not page.count
    context = {
        "asked": asked,
        "page": page,
        "facets": links.facet_links(path, found, page.facets),
        "chips": list(links.chips(path, found, page.facets)),
        "clear_url": links.address(path, links.without(found)),
        "sorts": sort_links(path, found),
        "restore_url": links.address(path, links.with_restore(found, not found.restore)),
        "carried": [pair for pair in links.parameters(asked) if pair[0] != "q"],
        "within": links.carried(asked),
        "feed_url": links.address(reverse(feed), links.at_page(found, 1)) if feed else "",
        "pages": page_links(path, found, page.pages),
        "alternatives": alternatives(path, found, page) if nothing else [],
        "part": part(path, found) if nothing else None,
    }
    return render(request, template, context)


def sort_links(path: str, request: SearchRequest) -> list[links.Link]:
    """Return the orders a visitor may choose from."""
    names = {"relevance": _("相关"), "newest": _("最新"), "oldest": _("最早")}
    return [
        links.Link(
            label,
            links.address(path, links.sorted_by(request, sort)),
            selected=sort == request.sort,
        )
        for sort, label in names.items()
        if sort != "relevance" or request.q
    ]


def page_links(path: str, request: SearchRequest, pages: int) -> list[links.Link | None]:
    """Return links to the pages worth one, None for a gap; nothing for a single page."""
    return numbered_links(
        lambda number: links.address(path, links.at_page(request, number)), request.page, pages
    )


def numbered_links(address: Callable[[int], str], page: int, pages: int) -> list[links.Link | None]:
    """Return the same where `address` says where each page is."""
    if pages < 2:
        return []
    shown = [
        links.Link(str(number), address(number), selected=number == page) if number else None
        for number in links.page_numbers(page, pages)
    ]
    if page > 1:
        shown.insert(0, links.Link(_("上一页"), address(page - 1)))
    if page < pages:
        shown.append(links.Link(_("下一页"), address(page + 1)))
    return shown


def alternatives(path: str, request: SearchRequest, page: ResultPage) -> list[Alternative]:
    """Return the filters whose dropping would find something, each with its count."""
    names = {facet.name: facet.label for facet in page.facets}
    inner = {name: facet.name for name, facet in links.finer_facets(page.facets).items()}
    tries = [
        (
            _("去掉“%(facet)s”条件") % {"facet": names.get(name, name)},
            links.without(request, name, inner.get(name, name)),
        )
        for name in request.filters
    ]
    if len(tries) > 1:
        tries.append((_("去掉全部条件"), links.without(request)))
    numbers = counts([wider for _label, wider in tries])
    return [
        Alternative(label, links.address(path, wider), count)
        for (label, wider), count in zip(tries, numbers, strict=True)
        if count
    ]


def part(path: str, request: SearchRequest) -> links.Link | None:
    """Return the search for the longest part of the wording that exists, if not all of it does."""
    found = longest_part(request.q, restore=request.restore)
    if found is None:
        return None
    asked = SearchRequest(unparse(Exact(found.text), schema().fields), restore=request.restore)
    return links.Link(found.text, links.address(path, asked), found.count)
