"""Where strings stand in a segment, and how places combine: nearness, sentences, wildcards.

All positions are UTF-16 units in the concatenated texts of one segment (see `exact`); where a
distance is meant in characters, a character beyond the BMP counts two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from search.query.nodes import And, Exact, Near, Node, Not, Or, Pattern, Run
from search.text.fold import fold
from search.text.pattern import Split, split
from search.whoosh.bigrams import SEPARATOR
from search.whoosh.exact import ExactColumn, units_of
from search.whoosh.matches import Mask, distinct, shared, united

Positions: TypeAlias = NDArray[np.int64]
# From positions to where what they lie in (a text, a sentence, a paragraph) ends.
Following: TypeAlias = Callable[[Positions], Positions]
_SIZE_BITS = 20
# In a document with one place of something there are so many of something else, at most and about.
_PLACES_BESIDE = 100
_ANY = -1


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
    found = reader.find(units, second=second, within=within)
    # One ascending run for each character that follows: merged, not sorted anew.
    starts = (np.sort(found, kind="stable") if len(units) == 1 else found).astype(np.int64)
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
    """Return an upper bound of how many places a node has that can stand in a sentence."""
    match node:
        case Run(text) | Exact(text):
            return reader.most(units_of(fold(text)))
        case Pattern(text):
            return min(reader.most(units_of(part)) for part in split(text).strings)
        case Or(children):
            return sum(most(reader, child) for child in children)
        case And(children) | Near(children):
            wanted = [child for child in children if not isinstance(child, Not)]
            return min(most(reader, child) for child in wanted)
    raise TypeError(f"{type(node).__name__} has no places")


def cost(reader: ExactColumn.Reader, node: Node) -> int:
    """Return about how many places must be looked at to find those of a node."""
    match node:
        case Pattern(text):
            parts = split(text)
            each = [reader.most(units_of(part)) for part in parts.strings]
            return sum(each) if any(gap.in_sentence for gap in parts.gaps) else min(each)
        case Or(children):
            return sum(cost(reader, child) for child in children)
        case And(children) | Near(children):
            # Beside something rare the others are looked for in few documents.
            enough = most(reader, node) * _PLACES_BESIDE
            return sum(min(cost(reader, child), enough) for child in children)
        case Not(child):
            return cost(reader, child)
    return most(reader, node)


def _union(parts: Sequence[Places]) -> Places:
    # Packed, a place is one number: start and size. One sort of these is far quicker than of pairs.
    packed = np.concatenate([(p.starts << _SIZE_BITS) | (p.ends - p.starts) for p in parts])
    packed.sort(kind="stable")  # it merges what is ascending
    packed = distinct(packed)
    starts = packed >> _SIZE_BITS
    return Places(starts, starts + (packed & ((1 << _SIZE_BITS) - 1)))


def near(
    reader: ExactColumn.Reader, node: Near, *, second: bool, unit: NDArray[np.uint32] | None = None
) -> Places:
    """Return the places of the last child that end a chain of neighbours.

    With `unit` (where sentences or paragraphs begin) the chain stays within one of them.
    """
    following = _piece_ends(reader) if unit is None else _unit_ends(reader, unit)
    children = _of_same_documents(reader, node.children, second=second)
    if unit is not None:
        children = [child.where(following(child.starts) >= child.ends) for child in children]
    chain, *others = children
    for found in others:
        close = _follows(chain, found, node.distance, following)
        if not node.ordered:
            close |= _precedes(chain, found, node.distance, following)
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


def _piece_ends(reader: ExactColumn.Reader) -> Following:
    """Return what tells where the text that a position lies in ends."""
    return lambda positions: reader.starts[reader.pieces(positions) + 1].astype(np.int64)


def _unit_ends(reader: ExactColumn.Reader, bounds: NDArray[np.uint32]) -> Following:
    """Return what tells where the sentence (or paragraph) that a position lies in ends."""
    ends = np.append(bounds, len(reader.units)).astype(np.int64)
    return lambda positions: ends[_number(bounds, positions)]


def _number(bounds: NDArray[np.uint32], positions: Positions) -> Positions:
    """Return the number of the sentence or paragraph that each position lies in, from 1."""
    if len(positions) < len(bounds) or (positions[1:] < positions[:-1]).any():
        return np.searchsorted(bounds, positions, "right")
    # Of more positions than bounds, in order, it is less to look for the bounds.
    edges = np.searchsorted(positions, bounds)
    return np.repeat(np.arange(len(bounds) + 1), np.diff(edges, prepend=0, append=len(positions)))


def _follows(left: Places, right: Places, distance: int, following: Following) -> Mask:
    """Say for each place of `right` whether one of `left` ends at most `distance` before it."""
    if not len(left):
        return np.zeros(len(right), bool)
    ends = left.ends
    if (ends[1:] < ends[:-1]).any():
        ends = np.sort(ends, kind="stable")
    at = np.searchsorted(ends, right.starts, "right") - 1
    nearest = ends[np.maximum(at, 0)]
    close = (at >= 0) & (right.starts - nearest <= distance)
    return _together(close, nearest - 1, right.starts, following)


def _precedes(left: Places, right: Places, distance: int, following: Following) -> Mask:
    """Say for each place of `right` whether one of `left` begins at most `distance` behind it."""
    if not len(left):
        return np.zeros(len(right), bool)
    at = np.searchsorted(left.starts, right.ends, "left")
    nearest = left.starts[np.minimum(at, len(left) - 1)]
    close = (at < len(left)) & (nearest - right.ends <= distance)
    return _together(close, right.ends - 1, nearest, following)


def _together(close: Mask, first: Positions, last: Positions, following: Following) -> Mask:
    """Return `close` where what `first` lies in goes on to `last`, too."""
    some = np.flatnonzero(close)
    close[some] = following(first[some]) > last[some]
    return close


def units_holding(
    reader: ExactColumn.Reader,
    node: Node,
    bounds: NDArray[np.uint32],
    *,
    second: bool,
    within: Positions | None = None,
) -> Positions:
    """Return the numbers of the sentences (or paragraphs) in which `node` holds, ascending.

    With `within` (documents, ascending) those of other documents may be left out.
    """
    match node:
        case And(children):
            wanted = [child for child in children if not isinstance(child, Not)]
            wanted.sort(key=lambda child: most(reader, child))
            numbers = units_holding(reader, wanted[0], bounds, second=second, within=within)
            for child in [*wanted[1:], *(c for c in children if isinstance(c, Not))]:
                other = child.child if isinstance(child, Not) else child
                inside = distinct(reader.documents(bounds[numbers - 1]).astype(np.int64))
                others = units_holding(reader, other, bounds, second=second, within=inside)
                both = np.zeros(len(numbers), bool)
                both[shared(numbers, others)[0]] = True
                numbers = numbers[~both if isinstance(child, Not) else both]
            return numbers
        case Or(children):
            return united(
                [units_holding(reader, c, bounds, second=second, within=within) for c in children]
            )
        case Near():
            found = near(reader, node, second=second, unit=bounds)
        case _:
            found = places(reader, node, second=second, within=within)
    found = found.where(_unit_ends(reader, bounds)(found.starts) >= found.ends)
    return distinct(_number(bounds, found.starts))


def pattern(
    reader: ExactColumn.Reader,
    text: str,
    *,
    second: bool,
    within: NDArray[np.int64] | None = None,
) -> Places:
    """Return the places of a run with wildcards, found through its literal parts."""
    parts = split(text)
    if not any(gap.in_sentence for gap in parts.gaps):
        return _template(reader, parts, second=second, within=within)
    found = [literal(reader, part, second=second, within=within) for part in parts.strings]
    # From the right: a literal counts if the next that counts follows within the gap.
    starts, ends = found[-1].starts, found[-1].ends
    for part, gap in zip(reversed(found[:-1]), reversed(parts.gaps), strict=True):
        low = np.searchsorted(starts, part.ends + gap.low, "left")
        fits = low < len(starts)
        nearest = starts[np.minimum(low, len(starts) - 1)] if len(starts) else part.ends
        fits &= nearest <= part.ends + gap.high
        bounds = _unit_ends(reader, reader.sentences) if gap.in_sentence else _piece_ends(reader)
        fits = _together(fits, part.ends - 1, nearest, bounds)
        chosen = np.minimum(low, max(0, len(starts) - 1))[fits]
        starts, ends = part.starts[fits], ends[chosen]
    begins = reader.starts[reader.pieces(starts)].astype(np.int64)
    finishes = _piece_ends(reader)(starts) - 1  # where its separator stands
    inside = (starts - parts.before >= begins) & (ends + parts.after <= finishes)
    return Places(starts[inside] - parts.before, ends[inside] + parts.after)


def _template(
    reader: ExactColumn.Reader, parts: Split, *, second: bool, within: NDArray[np.int64] | None
) -> Places:
    """Return the places of strings that stand at fixed distances: the rarest tells where to look."""
    template = [_ANY] * parts.before
    offsets = []
    for string, gap in zip(parts.strings, [*parts.gaps, None], strict=True):
        offsets.append(len(template))
        template += units_of(string).tolist() + [_ANY] * (gap.low if gap else parts.after)
    number = min(range(len(offsets)), key=lambda n: reader.most(units_of(parts.strings[n])))
    rarest = literal(reader, parts.strings[number], second=second, within=within)
    starts = rarest.starts - offsets[number]
    starts = starts[(starts >= 0) & (starts <= len(reader.units) - len(template))]
    for offset, wanted in sorted(enumerate(template), key=lambda pair: pair[1] == _ANY):
        units = reader.units[starts + offset]
        starts = starts[units != SEPARATOR if wanted == _ANY else units == wanted]
    return Places(starts, starts + len(template))
