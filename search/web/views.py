"""The page of results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from html import escape

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from search.pages import counts, search
from search.query import Exact, unparse
from search.results import ResultPage, ResultRow, SearchRequest
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


def values(some: Iterable[links.Link]) -> SafeString:
    """Write values of a facet as items of a list, those that narrow a value below it.

    Here and not in a template, as is `card`: a page has some sixty of them.
    """
    said = escape(_("（已选，点按取消）"))
    chosen = f'<span class="unseen">{said}</span>'
    return mark_safe(_items(some, chosen))  # noqa: S308 (escaped below)


def _items(some: Iterable[links.Link], chosen: str) -> str:
    """Return the items as HTML; `chosen` is what says that one is chosen, as HTML."""
    items = []
    for link in some:
        current, said = (' aria-current="true"', chosen) if link.selected else ("", "")
        inner = f"<ul>{_items(link.inner, chosen)}</ul>" if link.inner else ""
        items.append(
            f'<li><a href="{escape(link.url)}" rel="nofollow"{current}><span>{escape(link.label)}</span>\n'
            f'<span class="count">{link.count:,}</span>{said}</a>{inner}</li>'
        )
    return "\n".join(items)


def card(row: ResultRow, within: str, about: str = "") -> SafeString:
    """Write a result: its title, `about` it (HTML that the site gives), passages, and how many hits it has.

    `within` is the query string that takes the query along into the document.
    """
    address = escape(f"{row.object.get_absolute_url()}{within}")
    passages = "".join(
        f'<blockquote lang="zh-hans"><p>{snippet}</p></blockquote>\n' for snippet in row.snippets
    )
    return mark_safe(  # noqa: S308 (title and passages were escaped when they were marked)
        f'<article class="card">\n<h2><a href="{address}" lang="zh-hans">{row.title}</a></h2>\n'
        f"{conditional_escape(about)}{passages}{_hits(row, address)}{_explanation(row)}</article>"
    )


def _hits(row: ResultRow, address: str) -> str:
    """Write how many hits a result has, as a link to the first."""
    if not (row.hits or row.hits_more):
        return ""
    said = (
        _("本文很长，只数到 %(shown)s 处")
        if row.hits_more
        else ngettext("本文 %(shown)s 处", "本文 %(shown)s 处", row.hits)
    )
    shown = escape(said % {"shown": f"{row.hits:,}"})
    return f'<p class="hits"><a href="{address}#hit-1">{shown}</a></p>\n'


def _explanation(row: ResultRow) -> str:
    if row.explanation is None:
        return ""
    return render_to_string("search/_explanation.html", {"whole": row.explanation})
