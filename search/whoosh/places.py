"""Where strings stand in a segment, and how places combine: nearness, sentences, wildcards.

All positions are UTF-16 units in the concatenated texts of one segment (see `exact`); where a
distance is meant in characters, a character beyond the BMP counts two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from search.query.nodes import And, Exact, Near, Node, Not, Or, Pattern, Run
from search.text.fold import fold
from search.text.pattern import split
from search.whoosh.exact import ExactColumn, units_of
from search.whoosh.matches import distinct

Positions: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class Places:
    """Places of a string: [start, end) each, in ascending order of start."""

    starts: Positions
    ends: Positions

    def __len__(self) -> int:
        return len(self.starts)

    def where(self, mask: NDArray[np.bool_]) -> Places:
        """Return the places that `mask` chooses."""
        return Places(self.starts[mask], self.ends[mask])


def literal(
    reader: ExactColumn.Reader,
    folded: str,
    *,
    second: bool,
    within: NDArray[np.int64] | None = None,
) -> Places:
    """Return the places of a folded string; with `within` those in other documents may be left out."""
    units = units_of(folded)
    starts = reader.find(units, second=second, within=within).astype(np.int64)
    if len(units) == 1:
        starts.sort()
    return Places(starts, starts + len(units))


def places(
    reader: ExactColumn.Reader,
    node: Node,
    *,
    second: bool,
    within: NDArray[np.int64] | None = None,
) -> Places:
    """Return the places of a leaf or of an Or of leaves; TypeError for what has none.

    With `within` (documents, ascending) places in other documents may be left out.
    """
    match node:
        case Run(text) | Exact(text):
            return literal(reader, fold(text), second=second, within=within)
        case Pattern(text):
            return pattern(reader, text, second=second, within=within)
        case Or(children):
            return _union([places(reader, c, second=second, within=within) for c in children])
    raise TypeError(f"{type(node).__name__} has no places")


def most(reader: ExactColumn.Reader, node: Node) -> int:
    """Return an upper bound of how many places a leaf or an Or of leaves has."""
    match node:
        case Run(text) | Exact(text):
            return reader.most(units_of(fold(text)))
        case Pattern(text):
            return min(reader.most(units_of(part)) for part in split(text)[0])
        case Or(children):
            return sum(most(reader, child) for child in children)
    raise TypeError(f"{type(node).__name__} has no places")


def _union(parts: Sequence[Places]) -> Places:
    starts = np.concatenate([part.starts for part in parts])
    ends = np.concatenate([part.ends for part in parts])
    order = np.lexsort((ends, starts))
    starts, ends = starts[order], ends[order]
    fresh = np.ones(len(starts), bool)
    fresh[1:] = (starts[1:] != starts[:-1]) | (ends[1:] != ends[:-1])
    return Places(starts[fresh], ends[fresh])


def near(
    reader: ExactColumn.Reader, node: Near, *, second: bool, unit: NDArray[np.uint32] | None = None
) -> Places:
    """Return the places of the last child that end a chain of neighbours.

    With `unit` (where sentences or paragraphs begin) the chain stays within one of them.
    """
    bounds = reader.starts if unit is None else unit
    children = _of_same_documents(reader, node.children, second=second)
    if unit is not None:
        children = [c.where(_number(unit, c.starts) == _number(unit, c.ends - 1)) for c in children]
    chain, *others = children
    for found in others:
        close = _follows(chain, found, node.distance, bounds)
        if not node.ordered:
            close |= _precedes(chain, found, node.distance, bounds)
        chain = found.where(close)
    return chain


def _of_same_documents(
    reader: ExactColumn.Reader, children: Sequence[Node], *, second: bool
) -> list[Places]:
    """Return the places of each child, looking for the rarest first: others matter only beside it."""
    found: dict[int, Places] = {}
    within: NDArray[np.int64] | None = None
    for number in sorted(range(len(children)), key=lambda n: most(reader, children[n])):
        found[number] = places(reader, children[number], second=second, within=within)
        within = distinct(reader.documents(found[number].starts).astype(np.int64))
    return [found[number] for number in range(len(children))]


def _number(bounds: NDArray[Any], positions: Positions) -> Positions:
    """Return the number of the piece, sentence or paragraph that each position lies in."""
    return np.searchsorted(bounds, positions, "right")


def _follows(
    left: Places, right: Places, distance: int, bounds: NDArray[np.uint32]
) -> NDArray[np.bool_]:
    """Say for each place of `right` whether one of `left` ends at most `distance` before it."""
    if not len(left):
        return np.zeros(len(right), bool)
    ends = np.sort(left.ends)
    at = np.searchsorted(ends, right.starts, "right") - 1
    nearest = ends[np.maximum(at, 0)]
    close = (at >= 0) & (right.starts - nearest <= distance)
    return _together(close, nearest - 1, right.starts, bounds)


def _precedes(
    left: Places, right: Places, distance: int, bounds: NDArray[np.uint32]
) -> NDArray[np.bool_]:
    """Say for each place of `right` whether one of `left` begins at most `distance` behind it."""
    if not len(left):
        return np.zeros(len(right), bool)
    at = np.searchsorted(left.starts, right.ends, "left")
    nearest = left.starts[np.minimum(at, len(left) - 1)]
    close = (at < len(left)) & (nearest - right.ends <= distance)
    return _together(close, nearest, right.ends - 1, bounds)


def _together(
    close: NDArray[np.bool_], left: Positions, right: Positions, bounds: NDArray[np.uint32]
) -> NDArray[np.bool_]:
    """Return `close` where both positions lie between the same bounds, too."""
    some = np.flatnonzero(close)
    close[some] = _number(bounds, left[some]) == _number(bounds, right[some])
    return close


def units_holding(
    reader: ExactColumn.Reader, node: Node, bounds: NDArray[np.uint32], *, second: bool
) -> Positions:
    """Return the numbers of the sentences (or paragraphs) in which `node` holds, ascending."""
    match node:
        case And(children):
            positive = [child for child in children if not isinstance(child, Not)]
            numbers = units_holding(reader, positive[0], bounds, second=second)
            for child in positive[1:]:
                numbers = np.intersect1d(
                    numbers, units_holding(reader, child, bounds, second=second), assume_unique=True
                )
            for negative in [child for child in children if isinstance(child, Not)]:
                without = units_holding(reader, negative.child, bounds, second=second)
                numbers = np.setdiff1d(numbers, without, assume_unique=True)
            return numbers
        case Or(children):
            return np.unique(
                np.concatenate(
                    [units_holding(reader, child, bounds, second=second) for child in children]
                )
            )
        case Near():
            found = near(reader, node, second=second, unit=bounds)
        case _:
            found = places(reader, node, second=second)
    first = _number(bounds, found.starts)
    return np.unique(first[first == _number(bounds, found.ends - 1)])


def pattern(
    reader: ExactColumn.Reader,
    text: str,
    *,
    second: bool,
    within: NDArray[np.int64] | None = None,
) -> Places:
    """Return the places of a run with wildcards, found through its literal parts."""
    literals, gaps, before, after = split(text)
    found = [literal(reader, part, second=second, within=within) for part in literals]
    # From the right: a literal counts if the next that counts follows within the gap.
    ends = found[-1].ends
    starts = found[-1].starts
    for part, gap in zip(reversed(found[:-1]), reversed(gaps), strict=True):
        low = np.searchsorted(starts, part.ends + gap.low, "left")
        fits = low < len(starts)
        nearest = starts[np.minimum(low, len(starts) - 1)] if len(starts) else part.ends
        fits = fits & (nearest <= part.ends + gap.high)
        bounds = reader.sentences if gap.in_sentence else reader.starts
        fits &= _number(bounds, part.ends - 1) == _number(bounds, nearest)
        chosen = np.minimum(low, max(0, len(starts) - 1))[fits]
        starts, ends = part.starts[fits], ends[chosen]
    starts, ends = starts - before, ends + after
    limits = reader.starts.astype(np.int64)
    inside = (starts >= 0) & (_number(limits, starts) == _number(limits, ends))
    # A text ends with a separator, which `ends` may touch but not pass.
    inside &= _number(limits, starts) == _number(limits, np.maximum(ends - 1, 0))
    return Places(starts[inside], ends[inside])
