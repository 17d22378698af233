"""What to offer while somebody types, when nothing is found, and beside what is read.

All of it is limited to what visitors may see, and counted there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from search.backend import identity
from search.errors import IndexUnavailable
from search.pages import facet_counts, load, newest_first, what_visitors_see
from search.query import Everything, Exact, InField, Run, leaves, parse
from search.schema import Facet
from search.site import backend, schema
from search.text.fold import fold
from search.text.wording import phrases, shared

# To find what of a query exists, so many of its wordings are taken apart.
_MOST_WORDINGS = 3
_SHORTEST_PART = 2
# What shares so much of the wording is a repost or another version; so many of them are told apart.
_NEARLY_ALL = 0.8
_MOST_NEAR_DUPLICATES = 5


@dataclass(frozen=True)
class Suggestion:
    """One thing to offer: how it is shown, how many documents stand behind it, where it leads.

    `key` is the object's key for a title, the value of a facet, None for words.
    """

    text: str
    count: int
    key: int | str | None = None


class Similar(NamedTuple):
    """Objects like one: about the same subject, and those that share nearly all of its wording."""

    others: list[Any]
    near_duplicates: list[Any]


def suggest(beginning: str, *, limit: int = 5) -> dict[str, list[Suggestion]]:
    """Return what holds what has been typed (titles, values of facets) or begins so (terms), by field."""
    folded, searched = fold(beginning), schema()
    nothing: dict[str, list[Suggestion]] = {name: [] for name in searched.suggested}
    if not folded:
        return nothing
    try:
        offered = [searched.facets[name] for name in searched.suggested if name in searched.facets]
        found = {facet.name: _of_facet(facet, folded, limit) for facet in offered}
        if searched.title:
            found[searched.title] = _titles(beginning, limit)
        if searched.terms:
            found[searched.terms] = _terms(folded, limit)
    except IndexUnavailable:
        return nothing
    return nothing | found


def _titles(beginning: str, limit: int) -> list[Suggestion]:
    searched = schema()
    wanted = what_visitors_see(InField(searched.title, Exact(beginning)), stop=limit)
    found = load(backend().find(newest_first(wanted)).keys)
    return [Suggestion(searched.title_of(each), 1, each.pk) for each in found]


def _of_facet(facet: Facet, folded: str, limit: int) -> list[Suggestion]:
    counted = facet_counts(facet.name)
    labels = facet.called([value for value, _count in counted])
    named = [Suggestion(labels[value], count, value) for value, count in counted]
    return [each for each in named if folded in fold(each.text)][:limit]


def _terms(folded: str, limit: int) -> list[Suggestion]:
    seen = what_visitors_see(Everything())
    found = backend().frequent_terms(schema().terms, folded, seen, 4 * limit)
    offered: dict[str, Suggestion] = {}
    for term, count in found:
        key, _, words = term.partition("\t")
        before = offered.get(key)
        offered[key] = Suggestion(
            before.text if before else words, count + (before.count if before else 0)
        )
    return sorted(offered.values(), key=lambda each: -each.count)[:limit]


def longest_part(line: str, *, restore: bool = True) -> Suggestion | None:
    """Return the longest part, standing in the archive, of the longest wording of a query that does not.

    For a query without results. None if every wording stands there (then something else was in the
    way), or if not two characters of the one that does not. The value of a facet (来源:青禾) is none.
    """
    looked_for = leaves(parse(line, schema().fields).tree, but_of=schema().facets)
    wordings = [fold(leaf.text) for leaf in looked_for if isinstance(leaf, Run | Exact)]
    if not wordings:
        return None
    longest = sorted(dict.fromkeys(wordings), key=len, reverse=True)[:_MOST_WORDINGS]
    try:
        seen = what_visitors_see(Everything(), restore=restore)
        parts = ((wording, *backend().longest_part(wording, seen)) for wording in longest)
        part, count = next(((part, n) for wording, part, n in parts if part != wording), ("", 0))
    except IndexUnavailable:
        return None
    return Suggestion(part, count) if len(part) >= _SHORTEST_PART else None


def similar(obj: Any, *, limit: int = 5) -> Similar:
    """Return the objects most like one, the most similar first, and apart those that nearly are the same."""
    searched = schema()
    itself = identity((searched.label, obj.pk))
    text = searched.text_of(obj)
    try:
        seen = what_visitors_see(Everything(), stop=limit + _MOST_NEAR_DUPLICATES)
        found = load(backend().similar(itself, text, seen), with_text=True)
    except IndexUnavailable:
        return Similar([], [])
    own = phrases(text)
    near = [each for each in found if shared(own, phrases(searched.text_of(each))) >= _NEARLY_ALL]
    return Similar([each for each in found if each not in near][:limit], near[:limit])
