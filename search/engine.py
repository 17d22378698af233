"""From a visitor's request to a page of results.

    parse the line -> search the index, filtered beside it -> load the objects -> mark and cut snippets

The engine knows no engine: the backend carries out the search (`search.haystack`), the index class of
the searched model says what may be seen, which facets there are and how their values are called.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from search import highlight
from search.backend import Answer, Search
from search.errors import IndexUnavailable, TooBroad
from search.messages import last_page, message, too_broad
from search.query import Everything, Exact, Node, Run, parse, unparse
from search.results import Facet, FacetRow, ResultPage, ResultRow, SearchRequest, narrows, whole
from search.sync import indexing
from search.text.fold import fold
from search.text.units import LONG_RUN, units

_SORTS = {"newest": ("-date",), "oldest": ("date",)}
_NEWEST_FIRST = {"year", "month"}
# A facet lists so many of its values, the most frequent, and every chosen one.
_MOST_ROWS = 500
# Of the texts of a page so many characters are read for hits and passages, and of each at least some.
_MOST_READ = 4_000_000
_LEAST_READ = 60_000


def index() -> Any:
    """Return the index that the site's search box searches: the first that declares facets."""
    indexes = indexing.backend().unified_index().get_indexes().values()
    return next(each for each in indexes if hasattr(each, "facets"))


def search(request: SearchRequest) -> ResultPage:
    """Carry out a request. Any string is a query; a missing index gives an empty page that says so."""
    parsed = parse(request.q)
    repairs = (*map(message, parsed.repairs), *request.repairs)
    try:
        return _page(request, parsed.tree, repairs)
    except IndexUnavailable as problem:
        return ResultPage(
            request,
            count=0,
            query=unparse(parsed.tree),
            rows=(),
            facets=tuple(Facet(name, str(title), ()) for name, title in index().facets.items()),
            page=1,
            pages=1,
            available=False,
            refused=isinstance(problem, TooBroad),
            notes=(_why(problem),),
        )


def _why(problem: IndexUnavailable) -> str:
    if isinstance(problem, TooBroad):
        return too_broad()
    return _("检索正在重建，请稍后再试；浏览和阅读不受影响。")


def keys(request: SearchRequest, limit: int) -> list[int]:
    """Return the keys of the first `limit` results, best first, loading and marking none of them.

    Raises IndexUnavailable, so that an editor's list can look in the database instead.
    """
    answer = _find(replace(request, per_page=limit), parse(request.q).tree, 1)
    return [key for _label, key in answer.keys]


def counts(requests: Sequence[SearchRequest]) -> list[int]:
    """Return how many results some requests have that differ in their filters only."""
    if not requests:
        return []
    tree = parse(requests[0].q).tree
    # Nothing but counted: neither scores nor facets nor a page of them.
    wanted = replace(_wanted(requests[0], tree, 1), facets=(), sort=_SORTS["newest"], stop=0)
    filters = [_narrowed(index(), each.filters) for each in requests]
    try:
        return list(indexing.backend().counts(wanted, filters))
    except IndexUnavailable:
        return [0] * len(requests)


def _page(request: SearchRequest, tree: Node, repairs: tuple[str, ...]) -> ResultPage:
    wanted = _wanted(request, tree, request.page)
    answer = _carried_out(wanted)
    pages = max(1, math.ceil(answer.count / request.per_page))
    number = min(request.page, pages)
    if number != request.page:
        answer = _carried_out(_turned(wanted, request, number))
    return ResultPage(
        request,
        count=answer.count,
        query=unparse(tree),
        rows=tuple(_rows(request, tree, answer)),
        facets=tuple(_facets(request, answer)),
        page=number,
        pages=pages,
        repairs=repairs,
        notes=(
            *([last_page(number)] if number != request.page else []),
            *_told_apart(request, wanted, answer.count),
        ),
    )


def _told_apart(request: SearchRequest, wanted: Search, count: int) -> Iterable[str]:
    """Say how many of the results have the wording itself, and what was asked of the others."""
    tree = wanted.query
    if not isinstance(tree, Run) or not count:
        return
    folded = fold(tree.text)
    parts = units(folded)
    if parts == [folded]:
        return
    # Only counted: neither scores nor facets nor a page of them.
    wording = replace(wanted, query=Exact(tree.text), facets=(), sort=("-date",), start=0, stop=0)
    whole = _carried_out(wording).count
    if whole == count:
        return
    numbers = {"whole": whole, "others": count - whole}
    if not whole:
        yield _("没有一篇含原词句；下列各篇分散含其部分。")
        return
    if request.sort == "relevance":
        yield _("原词句见于 %(whole)s 篇，排在前面。") % numbers
    else:
        yield _("原词句见于 %(whole)s 篇。") % numbers
    if len(parts) >= LONG_RUN:
        yield _("另 %(others)s 篇含其中大部分词语。") % numbers
    else:
        yield _("另 %(others)s 篇分散含其各部分。") % numbers


def _find(request: SearchRequest, tree: Node, page: int) -> Answer:
    return _carried_out(_wanted(request, tree, page))


def _carried_out(wanted: Search) -> Answer:
    answer: Answer = indexing.backend().find(wanted)
    return answer


def _wanted(request: SearchRequest, tree: Node, page: int) -> Search:
    searched = index()
    sort = _SORTS.get(request.sort, ())
    if not sort and not request.q.strip():
        sort = _SORTS["newest"]
    wanted = what_visitors_see(
        tree,
        filters=_narrowed(searched, request.filters),
        joined=searched.narrowing,
        facets=tuple(name for name in searched.facets if _is_counted(searched, request, name)),
        sort=sort,
        restore=request.restore,
    )
    wanted = _turned(wanted, request, page)
    if request.scope is not None:
        wanted = replace(wanted, scope=request.scope, exclude=())
    return wanted


def _turned(wanted: Search, request: SearchRequest, page: int) -> Search:
    start = (page - 1) * request.per_page
    return replace(wanted, start=start, stop=start + request.per_page)


def what_visitors_see(query: Any, **options: Any) -> Search:
    """Return a search that is limited to what may be seen by anybody, even where the index lags."""
    searched = index()
    return Search(
        query,
        models=(searched.get_model()._meta.label_lower,),
        scope=searched.scope,
        exclude=indexing.withdrawn(searched.visible_queryset()),
        **options,
    )


def only_counted(query: Any, **options: Any) -> Search:
    """Return what visitors see, for its count and facets alone: an order by date needs no scores."""
    return what_visitors_see(query, sort=_SORTS["newest"], stop=0, **options)


def values(facet: str) -> set[str]:
    """Return the values of a facet that visitors may see; none while there is no index."""
    wanted = only_counted(Everything(), facets=(facet,))
    try:
        return {value for value, _ in indexing.backend().find(wanted).facets[facet]}
    except IndexUnavailable:
        return set()


def _rows(request: SearchRequest, tree: Node, answer: Answer) -> Iterable[ResultRow]:
    searched = index()
    content = searched.get_content_field()
    objects = searched.load_all_queryset().in_bulk([key for _, key in answer.keys])
    left = _MOST_READ
    for (_label, key), score in zip(answer.keys, answer.scores, strict=True):
        if key not in objects:
            continue  # deleted a moment ago; the note for the index is already written
        obj = objects[key]
        whole_text, title = getattr(obj, content), getattr(obj, "title", str(obj))
        text = whole_text[: max(left, _LEAST_READ)]
        left -= len(text)
        in_title, places = highlight.hit_arrays(title, text, tree, restore=request.restore)
        yield ResultRow(
            pk=key,
            object=obj,
            score=score,
            hits=len(places) + len(in_title),
            title=highlight.mark(title, [(start, end) for start, end in in_title.tolist()]),
            snippets=tuple(highlight.snippets(text, places)),
            hits_more=bool(request.q) and len(text) < len(whole_text),
        )


def _narrowed(searched: Any, chosen: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the filters without the values that are narrowed: of 2024 with April only April is left."""
    filters = {name: chosen[name] for name in chosen if name in searched.facets}
    for finer, wider in searched.narrowing.items():
        filters[wider] = whole(filters.get(wider, ()), filters.get(finer, ()))
    return filters


def _is_counted(searched: Any, request: SearchRequest, name: str) -> bool:
    """Say whether a facet has rows to count: one that narrows another needs a choice there."""
    wider = searched.narrowing.get(name, name)
    return name == wider or any(request.filters.get(each) for each in (name, wider))


def _facets(request: SearchRequest, answer: Answer) -> Iterable[Facet]:
    searched = index()
    labels = searched.labels
    for name, title in searched.facets.items():
        counts = dict(answer.facets.get(name, ()))
        chosen = request.filters.get(name, ())
        wider = searched.narrowing.get(name, "")
        above = request.filters.get(wider, ())
        listed = [v for v in counts if not wider or any(narrows(v, value) for value in above)]
        shown = dict.fromkeys([*listed[:_MOST_ROWS], *chosen])
        rows = [
            FacetRow(
                value,
                labels.get(name, str)(value),
                counts.get(value, 0),
                value in chosen,
                searched.short_labels.get(name, str)(value) if wider else "",
            )
            for value in shown
        ]
        if name in _NEWEST_FIRST:
            rows.sort(key=lambda row: (row.value[:1].isdecimal(), row.value), reverse=True)
        else:
            rows.sort(key=lambda row: (-row.count, row.label))
        yield Facet(name, str(title), tuple(rows), wider, sum(v not in shown for v in listed))
