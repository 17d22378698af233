"""Documents in which what was asked for stands close together come before those where it is scattered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.index import ranking
from search.index.format.exact import ExactColumn, code_units
from search.index.read.snapshot import Snapshot
from search.index.sets import Documents, Matches, Scores
from search.query import nodes
from search.text.fold import fold
from search.text.segment import pieces_of


@dataclass(frozen=True)
class Neighbours:
    """Folded strings in the order in which they were typed; those next to each other belong together.

    `bonus` is what a document gains in which each stands right beside the next.
    """

    strings: tuple[str, ...]
    bonus: float

    @classmethod
    def of(cls, tree: nodes.Node) -> Neighbours:
        """Return the pieces of all runs, and the exact strings, that a tree asks for together."""
        children = tree.children if isinstance(tree, nodes.And) else (tree,)
        strings: list[str] = []
        runs = 0
        for child in children:
            if isinstance(child, nodes.Run):
                strings += pieces_of(fold(child.text))
            elif isinstance(child, nodes.Exact):
                strings.append(fold(child.text))
            else:
                continue
            runs += 1
        # A single character stands near everything.
        telling = [string for string in strings if len(string) > 1]
        return cls(
            tuple((telling if len(telling) > 1 else strings)[: ranking.MAX_NEIGHBOURS]),
            ranking.PROXIMITY * runs,
        )


def boost_proximity(
    snapshot: Snapshot, matches: Matches, wanted: Neighbours, name: str, *, restore: bool
) -> Matches:
    """Return the matches with the scores of the best raised for closeness in a field."""
    if matches.scores is None or len(wanted.strings) < 2:
        return matches
    best = _best(matches.scores, ranking.RESCORED)
    close = closeness(snapshot, name, matches.documents[best], wanted.strings, restore=restore)
    scores = matches.scores.copy()
    scores[best] += wanted.bonus * close
    return matches._replace(scores=scores)


def _best(scores: Scores, count: int) -> NDArray[np.int64]:
    """Return the indexes of the `count` highest scores, ascending, and of all that are equal to the last."""
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.flatnonzero(scores >= np.partition(scores, len(scores) - count)[len(scores) - count])


def closeness(
    snapshot: Snapshot,
    name: str,
    documents: Documents,
    strings: Sequence[str],
    *,
    restore: bool,
) -> Scores:
    """Return for documents (ascending) how close neighbours of `strings` come, from 0 to 1.

    1 is where each stands right beside the next, in either order, somewhere in the text.
    """
    close = np.zeros(len(documents))
    for segment, reader in snapshot.exact(name):
        part = segment.part(documents)
        inside = documents[part] - segment.base
        if len(inside):
            found = [_places(reader, string, inside, restore) for string in strings]
            for (one, size), (other, other_size) in pairwise(found):
                gaps = _gaps(reader, inside, one, size, other, other_size)
                close[part] += ranking.nearness(gaps)
    return close / max(1, len(strings) - 1)


def _places(
    reader: ExactColumn.Reader, string: str, documents: Documents, restore: bool
) -> tuple[NDArray[np.int64], int]:
    """Return where a string stands in some documents, ascending, and its length in code units."""
    wanted = code_units(string)
    found = reader.find(wanted, second=restore, within=documents)
    ascending = np.sort(found, kind="stable") if len(wanted) == 1 else found
    return ascending.astype(np.int64), len(wanted)


def _gaps(
    reader: Any,
    documents: Documents,
    left: NDArray[np.int64],
    left_size: int,
    right: NDArray[np.int64],
    right_size: int,
) -> Scores:
    """Return for each document the least number of code units between two strings, infinite for none."""
    gaps = np.full(len(documents), np.inf)
    if not len(left) or not len(right):
        return gaps
    if len(left) > len(right):
        left, left_size, right, right_size = right, right_size, left, left_size
    texts = reader.text_numbers(left)
    at = np.searchsorted(right, left)
    for nearest, before in ((np.minimum(at, len(right) - 1), False), (np.maximum(at - 1, 0), True)):
        place = right[nearest]
        gap = left - place - right_size if before else place - left - left_size
        same = (reader.text_numbers(place) == texts) & (place < left if before else place >= left)
        owners = reader.owners[texts[same]]
        here = np.minimum(np.searchsorted(documents, owners), len(documents) - 1)
        asked = documents[here] == owners
        np.minimum.at(gaps, here[asked], np.maximum(gap[same][asked], 0).astype(np.float64))
    return gaps
