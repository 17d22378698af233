"""From a visitor's request to a page of results.

    parse the line -> ask the engine, filtered beside it -> load the objects -> mark and cut snippets

It knows neither which engine answers (`search.backend`) nor what is searched (`search.schema`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from search.backend import Answer, Filters, Object, Search, Tiers
from search.errors import IndexUnavailable, TooBroad
from search.highlight import shown_of
from search.messages import last_page, message, too_broad
from search.query import And, Everything, Exact, Node, Run, leaves, parse, unparse
from search.query.nodes import any_of
from search.results import (
    CountedFacet,
    FacetRow,
    ResultPage,
    ResultRow,
    SearchRequest,
)
from search.schema import Facet, narrows, unnarrowed
from search.site import backend, schema
from search.sync.outbox import withdrawn
from search.text.fold import fold
from search.text.segmenter import LONG_RUN, is_question, pieces_of, telling_words

# A question is answered by what holds some of its words, too, if fewer than these hold all of them.
_FEW = 10
# A facet lists so many of its values, the most frequent, and every chosen one.
_MOST_ROWS = 500
# Of the texts of a page so many characters are read for hits and passages, and of each at least some.
_MOST_READ = 4_000_000
_LEAST_READ = 60_000


def search(request: SearchRequest) -> ResultPage:
    """Carry out a request. Any string is a query; a missing index gives an empty page that says so."""
    parsed = parse(request.q, schema().fields)
    repairs = (*map(message, parsed.repairs), *request.repairs)
    try:
        return _page(request, parsed.tree, repairs)
    except IndexUnavailable as problem:
        return ResultPage(
            request,
            count=0,
            query=unparse(parsed.tree, schema().fields),
            rows=(),
            facets=tuple(
                CountedFacet(facet.name, str(facet.label), ()) for facet in schema().facets.values()
            ),
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
    """Return the keys of the first `limit` documents that the query itself finds, best first, marking none.

    A list of keys cannot say which hold only some words of a question. Raises IndexUnavailable, so that
    an editor's list can look in the database instead.
    """
    tree = parse(request.q, schema().fields).tree
    wanted = replace(_wanted(request, tree), facets=(), start=0, stop=limit)
    return [int(key) for _label, key in backend().find(wanted).keys]


def counts(requests: Sequence[SearchRequest]) -> list[int]:
    """Return how many results some requests have that differ in their filters only."""
    if not requests:
        return []
    tree = parse(requests[0].q, schema().fields).tree
    try:
        wanted = _counted(_wanted(requests[0], tree))
        filters = [_unnarrowed_filters(each.filters) for each in requests]
        if wordings(tree):  # which may find what holds some of the words, with some filters
            asks = _asks(requests[0].q, tree)
            return [_find(replace(wanted, filters=each), asks)[1].count for each in filters]
        return backend().counts(wanted, filters)
    except IndexUnavailable:
        return [0] * len(requests)


def _page(request: SearchRequest, tree: Node, repairs: tuple[str, ...]) -> ResultPage:
    asks = _asks(request.q, tree)
    wanted, answer = _find(_slice(_wanted(request, tree), request, request.page), asks)
    pages = max(1, math.ceil(answer.count / request.per_page))
    number = min(request.page, pages)
    if number != request.page:
        wanted = _slice(wanted, request, number)
        answer = backend().find(wanted)
    return ResultPage(
        request,
        count=answer.count,
        query=unparse(tree, schema().fields),
        rows=tuple(_rows(request, wanted, answer)),
        facets=tuple(_facets(request, answer)),
        page=number,
        pages=pages,
        repairs=repairs,
        notes=(
            *([last_page(number)] if number != request.page else []),
            *_notes_on_wording(request, wanted, answer.tiers),
        ),
        tiers=answer.tiers,
    )


def _find(wanted: Search, asks: bool) -> tuple[Search, Answer]:
    """Carry out a search, with what holds some of its words where too little holds all of them.

    A question wants an answer, so some results are not enough; who names words wants these. Filters do
    not count: choosing one changes nothing but what it leaves out.
    """
    related = wordings(wanted.query)
    if not related:
        return wanted, backend().find(wanted)
    if not asks:
        answer = backend().find(wanted)
        if answer.count or (wanted.filters and _total(wanted)):
            return wanted, answer
    behind = replace(wanted, related=related)
    answer = backend().find(behind)
    if answer.tiers.all >= _FEW or (wanted.filters and _total(behind) >= _FEW):
        return wanted, backend().find(wanted)
    return behind, answer


def _total(wanted: Search) -> int:
    """Return how many documents the query of a search finds, whatever the filters."""
    return backend().find(_counted(replace(wanted, filters={}))).tiers.all


def wordings(tree: Node) -> tuple[str, ...]:
    """Return the runs of a line, and the strings quoted between them: all that it is made of.

    () if it has one word only, or says with signs what is wanted.
    """
    parts = tree.children if isinstance(tree, And) else (tree,)
    texts = tuple(part.text for part in parts if isinstance(part, Run | Exact))
    plain = len(texts) == len(parts) and any(isinstance(part, Run) for part in parts)
    if not plain or any(isinstance(part, Exact) and part.strict for part in parts):
        return ()
    words = {word for text in texts for word in telling_words(fold(text))}
    return texts if len(words) > 1 else ()


def _tier(tiers: Tiers, place: int) -> str:
    """Return the name of the tier in which a place lies; places are counted from 0.

    >>> [_tier(Tiers(all=1, most=2, some=3), place) for place in range(4)]
    ['all', 'most', 'most', 'some']
    """
    if place < tiers.all:
        return "all"
    return "most" if place < tiers.all + tiers.most else "some"


def _words(texts: Iterable[str]) -> Node:
    """Return the tree of what is marked in a document that holds some of the words."""
    words = (word for text in texts for word in telling_words(fold(text)))
    return any_of(Exact(word) for word in words)


def _asks(line: str, tree: Node) -> bool:
    """Say whether a line, and the tree of it, is a question."""
    return line.rstrip().endswith(("?", "？")) or any(
        isinstance(leaf, Run) and is_question(fold(leaf.text)) for leaf in leaves(tree)
    )


def _notes_on_wording(request: SearchRequest, wanted: Search, tiers: Tiers) -> Iterable[str]:
    """Say how many of the results have the wording itself, and what the others have."""
    tree, count = wanted.query, tiers.all
    if tiers.most or tiers.some:
        yield _note_on_tiers(tiers)
        return
    if not isinstance(tree, Run) or not count:
        return
    folded = fold(tree.text)
    parts = pieces_of(folded)
    if parts == [folded]:
        return
    whole = backend().find(_counted(replace(wanted, query=Exact(tree.text), related=()))).count
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


def _note_on_tiers(tiers: Tiers) -> str:
    """Say how many results hold all words of a question, most of them, or only some."""
    numbers = {"all": tiers.all, "most": tiers.most, "some": tiers.some}
    if tiers.all:
        return (
            _("含全部词语的 %(all)s 篇，排在前面；含大部分的 %(most)s 篇，只含部分的 %(some)s 篇。")
            % numbers
        )
    return _("没有一篇含全部词语；含大部分的 %(most)s 篇，只含部分的 %(some)s 篇。") % numbers


def _wanted(request: SearchRequest, tree: Node) -> Search:
    searched = schema()
    wanted = what_visitors_see(
        tree,
        filters=_unnarrowed_filters(request.filters),
        joined=searched.narrowing,
        facets=tuple(f.name for f in searched.facets.values() if _is_counted(f, request)),
        sort=_order(request.sort),
        restore=request.restore,
    )
    if not request.q.strip() and not wanted.sort:
        wanted = replace(wanted, sort=_order("newest"))
    if request.scope is not None:
        wanted = replace(wanted, scope=request.scope, exclude=())
    return wanted


def _order(sort: str) -> tuple[str, ...]:
    """Return the fields that an order sorts by: none for relevance, or where nothing has a date."""
    date = schema().date
    return {"newest": (f"-{date}",), "oldest": (date,)}.get(sort, ()) if date else ()


def _slice(wanted: Search, request: SearchRequest, page: int) -> Search:
    start = (page - 1) * request.per_page
    return replace(wanted, start=start, stop=start + request.per_page)


def what_visitors_see(query: Node, **options: Any) -> Search:
    """Return a search that is limited to what may be seen by anybody, even where the index lags."""
    searched = schema()
    return Search(
        query,
        models=(searched.label,),
        scope=searched.scope,
        exclude=withdrawn(searched.objects.visible_queryset()),
        **options,
    )


def newest_first(search: Search) -> Search:
    """Return a search for the newest: it needs no scores."""
    return replace(search, sort=_order("newest"))


def load(found: Iterable[Object], *, with_text: bool = False) -> list[Any]:
    """Return the objects that were found, in order, those that there still are."""
    searched = schema()
    keys = [int(key) for _, key in found]
    every = searched.objects.load_all_queryset()
    objects = (every if with_text else every.defer(searched.text_attribute)).in_bulk(keys)
    return [objects[key] for key in keys if key in objects]


def _counted(search: Search) -> Search:
    """Return a search of which nothing but the number of results is wanted: it needs no scores."""
    return replace(newest_first(search), facets=(), start=0, stop=0)


def facet_counts(name: str, *, restore: bool = True) -> list[tuple[str, int]]:
    """Return the values of a facet in all that visitors see, most frequent first. IndexUnavailable."""
    wanted = replace(_counted(what_visitors_see(Everything(), restore=restore)), facets=(name,))
    return backend().find(wanted).facets[name]


def existing(facet: Facet, values: Sequence[str]) -> set[str]:
    """Return those of some values of a facet that there are; none while there is no index."""
    if facet.existing is not None:
        return {*values} & {*facet.existing(values)}
    try:
        return {*values} & {value for value, _count in facet_counts(facet.name)}
    except IndexUnavailable:
        return set()


def _rows(request: SearchRequest, wanted: Search, answer: Answer) -> Iterable[ResultRow]:
    searched = schema()
    keys = [int(key) for _, key in answer.keys]
    objects = searched.objects.load_all_queryset().in_bulk(keys)
    left = _MOST_READ
    words = _words(wanted.related)
    for place, (key, score) in enumerate(zip(keys, answer.scores, strict=True), wanted.start):
        if key not in objects:
            continue  # deleted a moment ago; the note for the index is already written
        obj = objects[key]
        whole_text, title = searched.text_of(obj), searched.title_of(obj)
        text = whole_text[: max(left, _LEAST_READ)]
        left -= len(text)
        tier = _tier(answer.tiers, place)
        tree = wanted.query if tier == "all" else words
        shown = shown_of(title, text, tree, request.restore, (searched.title, searched.text))
        yield ResultRow(
            pk=key,
            object=obj,
            score=score,
            hits=shown.hits,
            title=shown.title,
            snippets=shown.snippets,
            hits_more=bool(request.q) and len(text) < len(whole_text),
            tier=tier,
            explanation=backend().explain(wanted, (searched.label, key))
            if request.explain
            else None,
        )


def _unnarrowed_filters(chosen: Filters) -> dict[str, tuple[str, ...]]:
    """Return the filters without the values that are narrowed: of 2024 with April only April is left."""
    filters = {name: chosen[name] for name in chosen if name in schema().facets}
    for finer, wider in schema().narrowing.items():
        filters[wider] = unnarrowed(filters.get(wider, ()), filters.get(finer, ()))
    return filters


def _is_counted(facet: Facet, request: SearchRequest) -> bool:
    """Say whether a facet has rows to count: one that narrows another needs a choice there."""
    chosen = request.filters
    return not facet.narrows or bool(chosen.get(facet.name) or chosen.get(facet.narrows))


def _facets(request: SearchRequest, answer: Answer) -> Iterable[CountedFacet]:
    for name, facet in schema().facets.items():
        counts = dict(answer.facets.get(name, ()))
        chosen = request.filters.get(name, ())
        above = request.filters.get(facet.narrows, ())
        listed = [
            value
            for value in counts
            if not facet.narrows or any(narrows(value, wider) for wider in above)
        ]
        shown = dict.fromkeys([*listed[:_MOST_ROWS], *chosen])
        labels, short = facet.called(shown), facet.called_in_short(shown) if facet.narrows else {}
        rows = [
            FacetRow(
                value, labels[value], counts.get(value, 0), value in chosen, short.get(value, "")
            )
            for value in shown
        ]
        if facet.newest_first:
            rows.sort(key=lambda row: (row.value[:1].isdecimal(), row.value), reverse=True)
        else:
            rows.sort(key=lambda row: (-row.count, row.label))
        left = sum(value not in shown for value in listed)
        yield CountedFacet(name, str(facet.label), tuple(rows), facet.narrows, left)
