"""What to offer while somebody types, when nothing is found, and beside what is read.

All of it is limited to what visitors may see, and counted there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from search.backend import Search
from search.engine import index, only_counted, what_visitors_see
from search.errors import IndexUnavailable
from search.query import Everything, Exact, Run, Scope, leaves, parse
from search.sync import indexing
from search.text.fold import fold

# To find what of a query exists, so many of its wordings are taken apart.
_MOST_WORDINGS = 3
_SHORTEST_PART = 2


@dataclass(frozen=True)
class Suggestion:
    """One thing to offer: how it is shown, how many documents stand behind it, where it leads.

    `key` is the document's key for a title, the value of the facet for a source, None for words.
    """

    text: str
    count: int
    key: int | str | None = None


def suggest(beginning: str, *, limit: int = 5) -> dict[str, list[Suggestion]]:
    """Return titles, sources and quotations that begin with or hold what has been typed, by group."""
    folded = fold(beginning)
    if not folded:
        return {"titles": [], "sources": [], "quotations": []}
    seen = only_counted(Everything())
    try:
        return {
            "titles": _titles(beginning, seen, limit),
            "sources": _sources(folded, seen, limit),
            "quotations": _quotations(folded, seen, limit),
        }
    except IndexUnavailable:
        return {"titles": [], "sources": [], "quotations": []}


def _titles(beginning: str, seen: Search, limit: int) -> list[Suggestion]:
    wanted = replace(seen, query=Scope("title", Exact(beginning)), stop=limit)
    keys = [key for _, key in indexing.backend().find(wanted).keys]
    found = index().load_all_queryset().defer("text").in_bulk(keys)
    return [Suggestion(str(found[key]), 1, key) for key in keys if key in found]


def _sources(folded: str, seen: Search, limit: int) -> list[Suggestion]:
    label = index().labels["source"]
    counted = indexing.backend().find(replace(seen, facets=("source",)))
    named = [Suggestion(label(value), n, value) for value, n in counted.facets["source"]]
    return [each for each in named if folded in fold(each.text)][:limit]


def _quotations(folded: str, seen: Search, limit: int) -> list[Suggestion]:
    found = indexing.backend().frequent_terms("quotation", folded, seen, 4 * limit)
    shown: dict[str, Suggestion] = {}
    for term, count in found:
        key, _, words = term.partition("\t")
        before = shown.get(key)
        shown[key] = Suggestion(
            before.text if before else words, count + (before.count if before else 0)
        )
    return sorted(shown.values(), key=lambda each: -each.count)[:limit]


def longest_part(line: str, *, restore: bool = True) -> Suggestion | None:
    """Return the longest part, standing in the archive, of the longest wording of a query that does not.

    For a query without results. None if every wording stands there (then something else was in the
    way), or if not two characters of the one that does not.
    """
    wordings = [
        fold(leaf.text) for leaf in leaves(parse(line).tree) if isinstance(leaf, Run | Exact)
    ]
    if not wordings:
        return None
    seen = only_counted(Everything(), restore=restore)
    for wording in sorted(dict.fromkeys(wordings), key=len, reverse=True)[:_MOST_WORDINGS]:
        try:
            part, count = indexing.backend().longest_part(wording, seen)
        except IndexUnavailable:
            return None
        if part != wording:
            return Suggestion(part, count) if len(part) >= _SHORTEST_PART else None
    return None


def similar(obj: Any, *, limit: int = 5) -> list[Any]:
    """Return the objects most like one, the likest first."""
    try:
        keys = indexing.backend().similar(obj, what_visitors_see(Everything(), stop=limit))
    except IndexUnavailable:
        return []
    found = index().load_all_queryset().defer("text").in_bulk(keys)
    return [found[key] for key in keys if key in found]
