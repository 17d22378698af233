"""From a visitor's request to a page of results.

    parse the line -> search the index, filtered beside it -> load the objects -> mark and cut snippets

The engine knows no engine: the backend carries out the search (`search.backends`), the index class of
the searched model says what may be seen, which facets there are and how their values are called.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from search import highlight, indexing
from search.backends.values import Answer, Search
from search.errors import IndexUnavailable
from search.messages import message
from search.query import Exact, Node, parse, unparse
from search.results import Facet, FacetRow, ResultPage, ResultRow, SearchRequest

_SORTS = {"newest": ("-date",), "oldest": ("date",)}
# One batch of texts that a strict search compares with the original characters.
_VERIFY_BATCH = 500


def index() -> Any:
    """Return the index that the site's search box searches: the first that declares facets."""
    indexes = indexing.backend().unified_index().get_indexes().values()
    return next(each for each in indexes if hasattr(each, "facets"))


def search(request: SearchRequest) -> ResultPage:
    """Carry out a request. Any string is a query; a missing index gives an empty page that says so."""
    parsed = parse(request.q)
    try:
        return _page(request, parsed.tree, tuple(message(repair) for repair in parsed.repairs))
    except IndexUnavailable:
        return ResultPage(
            request,
            count=0,
            query=unparse(parsed.tree),
            rows=(),
            facets=(),
            page=1,
            pages=1,
            notes=(_("检索正在重建，请稍后再试；浏览和阅读不受影响。"),),
        )


def keys(request: SearchRequest, limit: int) -> list[int]:
    """Return the keys of the first `limit` results, best first, loading and marking none of them.

    Raises IndexUnavailable, so that an editor's list can look in the database instead.
    """
    answer = _find(replace(request, per_page=limit), parse(request.q).tree, 1)
    return [key for _label, key in answer.keys]


def _page(request: SearchRequest, tree: Node, repairs: tuple[str, ...]) -> ResultPage:
    answer = _find(request, tree, request.page)
    pages = max(1, math.ceil(answer.count / request.per_page))
    number = min(request.page, pages)
    if number != request.page:
        answer = _find(request, tree, number)
    return ResultPage(
        request,
        count=answer.count,
        query=unparse(tree),
        rows=tuple(_rows(request, tree, answer)),
        facets=tuple(_facets(request, answer)),
        page=number,
        pages=pages,
        repairs=repairs,
    )


def _find(request: SearchRequest, tree: Node, page: int) -> Answer:
    searched = index()
    sort = _SORTS.get(request.sort, ())
    if not sort and not request.q.strip():
        sort = _SORTS["newest"]
    wanted = what_visitors_see(
        tree,
        filters={
            name: values for name, values in request.filters.items() if name in searched.facets
        },
        facets=tuple(searched.facets),
        sort=sort,
        start=(page - 1) * request.per_page,
        stop=page * request.per_page,
        restore=request.restore,
    )
    if request.scope is not None:
        wanted = replace(wanted, scope=request.scope, exclude=())
    answer: Answer = indexing.backend().find(wanted, partial(_verify, searched))
    return answer


def what_visitors_see(query: Any, **options: Any) -> Search:
    """Return a search that is limited to what may be seen by anybody, even where the index lags."""
    searched = index()
    return Search(
        query,
        models=(searched.get_model()._meta.label_lower,),
        scope=searched.scope,
        exclude=_withdrawn(searched),
        **options,
    )


def _withdrawn(searched: Any) -> Collection[int]:
    """Return what the index may still show although it must not be seen any more."""
    waiting = indexing.pending(searched.get_model())
    return waiting - searched.visible(waiting) if waiting else ()


def _verify(
    searched: Any, exact: Exact, fields: tuple[str, ...], keys: Collection[int]
) -> Iterable[int]:
    """Yield the keys of those objects in which a strict string stands as it is typed."""
    wanted = list(keys)
    for at in range(0, len(wanted), _VERIFY_BATCH):
        found = searched.load_all_queryset().filter(pk__in=wanted[at : at + _VERIFY_BATCH])
        for obj in found.iterator():
            prepared = searched.prepare(obj)
            if any(exact.text in (prepared.get(name) or "") for name in fields):
                yield obj.pk


def _rows(request: SearchRequest, tree: Node, answer: Answer) -> Iterable[ResultRow]:
    searched = index()
    content = searched.get_content_field()
    objects = searched.load_all_queryset().in_bulk([key for _, key in answer.keys])
    for (_label, key), score in zip(answer.keys, answer.scores, strict=True):
        if key not in objects:
            continue  # deleted a moment ago; the note for the index is already written
        obj = objects[key]
        text, title = getattr(obj, content), getattr(obj, "title", str(obj))
        places = highlight.hits(text, tree, restore=request.restore)
        in_title = highlight.hits(title, tree, restore=request.restore, field="title")
        yield ResultRow(
            pk=key,
            object=obj,
            score=score,
            hits=len(places) + len(in_title),
            title=highlight.mark(title, in_title),
            snippets=tuple(highlight.snippets(text, places)),
        )


def _facets(request: SearchRequest, answer: Answer) -> Iterable[Facet]:
    searched = index()
    for name, title in searched.facets.items():
        counts = dict(answer.facets[name])
        chosen = request.filters.get(name, ())
        for value in chosen:
            counts.setdefault(value, 0)
        label = searched.labels.get(name, str)
        rows = [FacetRow(value, label(value), n, value in chosen) for value, n in counts.items()]
        if name == "year":
            rows.sort(key=lambda row: (row.value.isdecimal(), row.value), reverse=True)
        else:
            rows.sort(key=lambda row: (-row.count, row.label))
        yield Facet(name, str(title), tuple(rows))
