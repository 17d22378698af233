"""Why a document has its score: the parts of `ranking`'s formula, with their figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from whoosh.query import And, Or, Query

from search.backend import Explanation, Search, Statistics
from search.index import ranking
from search.index.read.execution import Neighbours, boost_proximity, closeness, evaluate, narrow
from search.index.read.find import NOTHING, Beside, add_scores, filters_of, matching, tiers_behind
from search.index.read.queries.base import BoostedQuery, RankedQuery
from search.index.read.queries.run import RunQuery
from search.index.read.queries.similar import MoreLikeQuery
from search.index.read.queries.verified import VerifiedQuery
from search.index.read.snapshot import Snapshot
from search.index.sets import Documents, Matches, Postings


def explain(
    snapshot: Snapshot,
    query: Query,
    search: Search,
    neighbours: Neighbours,
    content: str,
    document: int,
    *,
    beside: Beside = NOTHING,
    searched: Sequence[str] = (),
) -> Explanation | None:
    """Return what the score of a document, given by its number, is made of: that which `find` gives.

    None if the document is not found or nothing is scored. Raises TooBroad.
    """
    found, filters = (
        matching(snapshot, query, search, content, beside),
        filters_of(snapshot, search),
    )
    matches, _ = narrow(found, filters)
    near = boost_proximity(snapshot, matches, neighbours, content, restore=search.restore)
    score = _score(add_scores(snapshot, near, beside.boosted), document)
    if score is None and search.related:
        behind, _ = tiers_behind(snapshot, search, found, searched, filters)
        score = next((s for tier in behind if (s := _score(tier, document)) is not None), None)
        return None if score is None else Explanation("related", score)
    if score is None:
        return None
    parts = [_explained(snapshot, query, document)]
    gained = (_score(near, document) or 0.0) - (_score(matches, document) or 0.0)
    if gained:
        parts.append(_closeness(snapshot, neighbours, content, document, restore=search.restore))
    for boosted, factor in beside.boosted:
        parts.append(_times(_explained(snapshot, boosted, document), factor))
    return replace(_sum(parts), value=score)


def _score(matches: Matches, document: int) -> float | None:
    at = int(np.searchsorted(matches.documents, document))
    if matches.scores is None or at == len(matches.documents) or matches.documents[at] != document:
        return None
    return float(matches.scores[at])


def _explained(snapshot: Snapshot, query: Query, document: int) -> Explanation | None:
    """Return what a query gives a document; None where it does not match."""
    asked = np.array([document])
    score = _score(evaluate(snapshot, query, within=asked), document)
    if score is None:
        return None
    match query:
        case RunQuery():
            return _run(snapshot, query, document, score)
        case RankedQuery():
            return _string(snapshot, query, document, score)
        case BoostedQuery():
            return _times(_explained(snapshot, query.inner, document), query.boost)
        case VerifiedQuery():
            return _explained(snapshot, query.inner, document)
        case And() | Or():
            return _sum([_explained(snapshot, each, document) for each in query.subqueries])
        case MoreLikeQuery():
            return Explanation("likeness", score, field=query.fieldname)
    return Explanation("constant", score)


def _sum(parts: list[Explanation | None]) -> Explanation:
    given = tuple(part for part in parts if part is not None)
    return Explanation("sum", sum(part.value for part in given), parts=given)


def _times(part: Explanation | None, factor: float) -> Explanation | None:
    if part is None:
        return None
    return Explanation("factor", part.value * factor, text=f"{factor:g}", parts=(part,))


def _run(snapshot: Snapshot, query: RunQuery, document: int, score: float) -> Explanation:
    asked = np.array([document])
    parts = [
        Explanation("tier", ranking.tier(name, query.titlefield), query.run, name)
        for name, having in query.whole(snapshot, asked).items()
        if document in having
    ]
    terms = []
    for each in query.evidence(snapshot, asked):
        if frequency := _frequency(each.postings, document):
            norm = float(snapshot.norms(each.fieldname)[document])
            value = float(each.scores(np.array([frequency]), np.array([norm]))[0])
            figures = Statistics(frequency, each.idf, each.weight, norm)
            terms.append(Explanation(each.kind, value, each.text, each.fieldname, (), figures))
    added = ranking.evidence(sum(term.value for term in terms))
    parts.append(Explanation("evidence", added, query.run, parts=tuple(terms)))
    return Explanation("sum", score, query.run, parts=tuple(parts))


def _string(snapshot: Snapshot, query: RankedQuery, document: int, score: float) -> Explanation:
    postings = query.postings(snapshot)
    figures = Statistics(
        frequency=_frequency(postings, document),
        idf=ranking.idf(snapshot.size, len(postings[0])),
        weight=query.weight,
        norm=float(snapshot.norms(query.fieldname)[document]),
    )
    return Explanation("string", score, query.label, query.fieldname, statistics=figures)


def _frequency(postings: Postings, document: int) -> float:
    return _score(Matches(*postings), document) or 0.0


def _closeness(
    snapshot: Snapshot, neighbours: Neighbours, content: str, document: int, *, restore: bool
) -> Explanation:
    asked: Documents = np.array([document])
    pairs = list(pairwise(neighbours.strings))
    gaps = []
    for pair in pairs:
        near = float(closeness(snapshot, content, asked, pair, restore=restore)[0])
        gaps.append(
            Explanation("gap", neighbours.bonus * near / len(pairs), " · ".join(pair), content)
        )
    return Explanation("closeness", sum(gap.value for gap in gaps), parts=tuple(gaps))
