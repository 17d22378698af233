"""Where strings stand in some documents of a segment, and how places combine: nearness, sentences, wildcards.

Positions are code units in the concatenated texts of the segment (see `exact`), distances are in
characters. Arrays of positions and of documents ascend.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from search.index.format.exact import ExactColumn, code_units
from search.index.sets import Bits, ascending, distinct, ranges, shared, united
from search.query.nodes import And, Exact, Near, Node, Not, Or, Pattern, Run
from search.text.fold import fold
from search.text.pattern import split

Positions: TypeAlias = NDArray[np.int64]
# From positions to where what they lie in (a text, a sentence, a paragraph) ends.
Ends: TypeAlias = Callable[[Positions], Positions]
# Where sentences or paragraphs begin.
Bounds: TypeAlias = NDArray[np.uint32]
_SIZE_BITS = 20
# Looking for what is around so few takes less than looking at all.
_FEW = 4


@dataclass(frozen=True)
class Spans:
    """Where a string stands: [start, end) each, in ascending order of start."""

    starts: Positions
    ends: Positions

    def __post_init__(self) -> None:
        ascending(self.starts)

    def __len__(self) -> int:
        return len(self.starts)

    def where(self, bits: Bits) -> Spans:
        """Return those that `bits` chooses."""
        return Spans(self.starts[bits], self.ends[bits])


@dataclass(frozen=True)
class Locator:
    """Finds strings in `documents` of one segment; places in others may be among them.

    `second` looks in second readings (masked spellings read back) as well.
    """

    reader: ExactColumn.Reader
    documents: NDArray[np.int64]
    second: bool

    def spans(self, node: Node) -> Spans:
        """Return where a leaf, or any leaf of an Or, stands. TypeError for what has no one place."""
        match node:
            case Run(text) | Exact(text):
                return self._string(fold(text))
            case Pattern(text):
                return self._pattern(text)
            case Or(children):
                return _union([self.spans(child) for child in children])
        raise TypeError(f"{type(node).__name__} has no places")

    def near(self, node: Near, bounds: Bounds | None = None) -> Spans:
        """Return the places of the last child that end a chain of neighbours.

        With `bounds` the chain stays within one sentence or paragraph.
        """
        ends = self._text_ends if bounds is None else self._ends_between(bounds)
        children = [self.spans(child) for child in node.children]
        if bounds is not None:
            children = [child.where(ends(child.starts) >= child.ends) for child in children]
        chain, *others = children
        for places in others:
            # Nothing further away decides; a gap has two code units a character at most.
            found = _around(places, chain, 2 * node.distance)
            chain = _around(chain, found, 2 * node.distance)
            close = self._follows(chain, found, node.distance, ends)
            if not node.ordered:
                close |= self._precedes(chain, found, node.distance, ends)
            chain = found.where(close)
        return chain

    def holding(self, node: Node, bounds: Bounds) -> Positions:
        """Return the numbers of the sentences (or paragraphs) in which `node` holds, from 1."""
        match node:
            case And(children):
                wanted = [self.holding(c, bounds) for c in children if not isinstance(c, Not)]
                numbers = wanted[0]
                for others in wanted[1:]:
                    numbers = numbers[shared(numbers, others)[0]]
                for child in children:
                    if isinstance(child, Not) and len(numbers):
                        kept = np.ones(len(numbers), bool)
                        kept[shared(numbers, self.holding(child.child, bounds))[0]] = False
                        numbers = numbers[kept]
                return numbers
            case Or(children):
                return united([self.holding(child, bounds) for child in children])
            case Near():
                found = self.near(node, bounds)
            case _:
                found = self.spans(node)
        found = found.where(self._ends_between(bounds)(found.starts) >= found.ends)
        return distinct(_number(bounds, found.starts))

    def _string(self, folded: str) -> Spans:
        wanted = code_units(folded)
        found = self.reader.find(wanted, second=self.second, within=self.documents)
        # One ascending run for each character that follows: merged, not sorted anew.
        starts = (np.sort(found, kind="stable") if len(wanted) == 1 else found).astype(np.int64)
        return Spans(starts, starts + len(wanted))

    def _pattern(self, text: str) -> Spans:
        """Return the places of a run with wildcards: from each place of its first string the shortest."""
        parts = split(text)
        characters = self.reader.characters
        found = [self._string(part) for part in parts.strings] or [self._string("")]
        # From the right: a string counts if the next that counts follows within the gap.
        chain = found[-1]
        for part, gap in zip(reversed(found[:-1]), reversed(parts.gaps), strict=True):
            if not len(chain):
                return chain
            ahead, starts = characters(part.ends), characters(chain.starts)
            at = np.searchsorted(starts, ahead + gap.low)
            nearest = np.minimum(at, len(chain) - 1)
            close = (at < len(chain)) & (starts[nearest] <= ahead + gap.high)
            ends = self._ends_between(self.reader.sentences) if gap.in_sentence else self._text_ends
            close = _together(close, part.ends - 1, chain.starts[nearest], ends)
            chain = Spans(part.starts[close], chain.ends[nearest[close]])
        return self._widened(chain, parts.before, parts.after)

    def _widened(self, found: Spans, before: int, after: int) -> Spans:
        """Return places with so many characters more around them, where their text has these."""
        if not before and not after:
            return found
        texts = self.reader.text_numbers(found.starts)
        starts = self.reader.characters(found.starts) - before
        ends = self.reader.characters(found.ends) + after
        first = self.reader.characters(self.reader.starts[texts])
        last = self.reader.characters(self.reader.starts[texts + 1]) - 1  # its separator
        inside = (starts >= first) & (ends <= last)
        return Spans(
            self.reader.positions_of(starts[inside]), self.reader.positions_of(ends[inside])
        )

    def _text_ends(self, positions: Positions) -> Positions:
        """Return where the text that each position lies in ends."""
        return self.reader.starts[self.reader.text_numbers(positions) + 1].astype(np.int64)

    def _ends_between(self, bounds: Bounds) -> Ends:
        """Return what tells where the sentence (or paragraph) that a position lies in ends."""
        ends = np.append(bounds, len(self.reader.code_units)).astype(np.int64)
        return lambda positions: ends[_number(bounds, positions)]

    def _follows(self, left: Spans, right: Spans, distance: int, ends: Ends) -> Bits:
        """Say for each place of `right` whether one of `left` ends at most `distance` before it."""
        if not len(left):
            return np.zeros(len(right), bool)
        finished = left.ends
        if (finished[1:] < finished[:-1]).any():
            finished = np.sort(finished, kind="stable")
        at = np.searchsorted(finished, right.starts, "right") - 1
        nearest = finished[np.maximum(at, 0)]
        close = (at >= 0) & self._close(nearest, right.starts, distance)
        return _together(close, nearest - 1, right.starts, ends)

    def _precedes(self, left: Spans, right: Spans, distance: int, ends: Ends) -> Bits:
        """Say for each place of `right` whether one of `left` begins at most `distance` behind it."""
        if not len(left):
            return np.zeros(len(right), bool)
        at = np.searchsorted(left.starts, right.ends, "left")
        nearest = left.starts[np.minimum(at, len(left) - 1)]
        close = (at < len(left)) & self._close(right.ends, nearest, distance)
        return _together(close, right.ends - 1, nearest, ends)

    def _close(self, ends: Positions, starts: Positions, distance: int) -> Bits:
        """Say whether at most so many characters lie between each end and a start behind it."""
        gaps = starts - ends
        close = gaps <= distance
        # A character has one code unit or two: between these bounds they are counted.
        unsure = ((gaps > distance) & (gaps <= 2 * distance)).nonzero()[0]
        counted = self.reader.characters(starts[unsure]) - self.reader.characters(ends[unsure])
        close[unsure] = counted <= distance
        return close


def _around(many: Spans, few: Spans, reach: int) -> Spans:
    """Return the places that lie within so many code units of any of others, where these are few beside them.

    >>> many = Spans(np.arange(0, 90, 10), np.arange(1, 91, 10))
    >>> _around(many, Spans(np.array([42]), np.array([45])), 5).starts
    array([40, 50])
    """
    if not len(few) or len(few) * _FEW > len(many):
        return many
    longest = int((many.ends - many.starts).max())
    lows = many.starts.searchsorted(few.starts - reach - longest)
    highs = np.maximum.accumulate(many.starts.searchsorted(few.ends + reach, "right"))
    # Each place once, where what is around one place goes on into what is around the next.
    lows[1:] = np.maximum(lows[1:], highs[:-1])
    at = ranges(lows, np.maximum(lows, highs))
    return Spans(many.starts[at], many.ends[at])


def _union(parts: Sequence[Spans]) -> Spans:
    # Packed, a place is one number: start and size. One sort of these is far quicker than of pairs.
    packed = np.concatenate([(p.starts << _SIZE_BITS) | (p.ends - p.starts) for p in parts])
    packed.sort(kind="stable")  # it merges what is ascending
    packed = distinct(packed)
    starts = packed >> _SIZE_BITS
    return Spans(starts, starts + (packed & ((1 << _SIZE_BITS) - 1)))


def _number(bounds: Bounds, positions: Positions) -> Positions:
    """Return the number of the sentence or paragraph that each position lies in, from 1.

    >>> bounds = np.array([0, 5, 9], np.uint32)  # [0, 5), [5, 9), [9, …)
    >>> _number(bounds, np.array([4, 5, 20]))
    array([1, 2, 3])
    """
    if len(positions) < len(bounds) or (positions[1:] < positions[:-1]).any():
        return np.searchsorted(bounds, positions, "right")
    # Of more positions than bounds, in order, it is less to look for the bounds.
    edges = np.searchsorted(positions, bounds)
    return np.repeat(np.arange(len(bounds) + 1), np.diff(edges, prepend=0, append=len(positions)))


def _together(close: Bits, first: Positions, last: Positions, ends: Ends) -> Bits:
    """Return `close` where what `first` lies in goes on to `last`, too."""
    some = np.flatnonzero(close)
    close[some] = ends(first[some]) > last[some]
    return close
