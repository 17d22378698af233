"""Where strings, patterns and neighbours stand in one reading of a text.

Places and spans are arrays of shape (n, 2), int32, ascending by start: [start, end) of places in folded
characters, of spans in characters of the original. A text may hold two million of them, so no step here
is Python for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from search.errors import TooBroad
from search.query import And, Exact, Near, Node, Not, Or, Pattern, Run, Same
from search.text import pattern
from search.text.fold import Folded, fold, fold_map, marker_spans
from search.text.punctuation import PARAGRAPH_ENDS, SENTENCE_ENDS
from search.text.restore import Restoration, fold_restored

Places: TypeAlias = npt.NDArray[np.int32]
Spans: TypeAlias = npt.NDArray[np.int32]
Codes: TypeAlias = npt.NDArray[np.uint32]
Bits: TypeAlias = npt.NDArray[np.bool_]

MOST_PLACES = 6_000_000
"""So many places of all strings together are compared in one text."""

_ENDS = {"sentence": SENTENCE_ENDS, "paragraph": PARAGRAPH_ENDS}
NOWHERE: Spans = np.empty((0, 2), np.int32)
_END = 0xFFFF_FFFF
_FEW = 200


def readings(text: str, restore: bool, masks: Sequence[Restoration] | None = None) -> list[Reading]:
    """The readings of a text: as it stands and, where spellings are masked, as it was meant.

    `masks` are its restorations, where they are known.
    """
    folded = [fold_map(text)]
    if restore and (second := fold_restored(text, masks)):
        folded.append(second)
    return [Reading(text, reading) for reading in folded]


def united(spans: Iterable[Spans]) -> Spans:
    """Return all the spans ascending, those that overlap as one; spans that only touch stay two.

    [[0, 2], [5, 7]] and [[1, 3], [7, 9]] become [[0, 3], [5, 7], [7, 9]]: a span begins a new one where
    none before it has reached its start.
    """
    found = [_keys(each) for each in spans if len(each)]
    if not found:
        return NOWHERE
    keys = np.sort(np.concatenate(found), kind="stable") if len(found) > 1 else found[0]
    starts, reach = keys >> 32, np.maximum.accumulate(keys & _END)
    first = np.flatnonzero(np.concatenate(([True], starts[1:] >= reach[:-1])))
    return _pairs(starts[first], reach[np.append(first[1:], len(keys)) - 1])


def holds(text: str, tree: Node, *, restore: bool = True) -> bool:
    """Say whether the query is true of one text, looked for in it alone, each run read as one piece."""
    return any(reading.holds(tree) for reading in readings(text, restore))


class Reading:
    """One reading of a text: what it folds to, and where that stands in the original."""

    def __init__(self, original: str, folded: Folded) -> None:
        self._original = original
        self._folded = folded
        self._compared = 0

    def spans(self, places: Places) -> Spans:
        """The places in the original text."""
        starts = self._folded.starts[places[:, 0]]
        ends = self._folded.ends[places[:, 1] - 1]
        return _pairs(starts, ends)

    def string(self, folded: str) -> Places:
        """All places of a folded string, overlapping ones too; of "" there is none.

        Raises TooBroad when that makes too many to be compared.
        """
        places = self._places_of(folded) if folded else NOWHERE
        self._compared += len(places)
        if self._compared > MOST_PLACES:
            raise TooBroad
        return places

    def _places_of(self, folded: str) -> Places:
        """Return all places of a string: one by one while they are few, else all at once."""
        text, starts, at = self._folded.text, [], -1
        while (at := text.find(folded, at + 1)) >= 0:
            starts.append(at)
            if len(starts) > _FEW:
                return _occurrences(self._folded_codes, _codes(folded))
        if not starts:
            return NOWHERE
        places = np.array(starts, np.int32)
        return _pairs(places, places + len(folded))

    def places(self, node: Node) -> Places:
        """The places of a string, a run as one piece, of a pattern, or of an Or of such."""
        match node:
            case Exact(text, strict=True):
                return self._folded_places(self._strict(text))
            case Run(text) | Exact(text):
                return self.string(fold(text))
            case Pattern(text):
                return self._pattern(pattern.split(text))
            case Or(children):
                return _alternatives(map(self.places, children))
        raise TypeError(f"{type(node).__name__} has no places")

    def near(self, node: Near) -> list[Places]:
        """For each child its places that are part of a whole chain of neighbours."""
        return _chained([*map(self.places, node.children)], node)

    def holds(self, node: Node) -> bool:
        """Say whether the node is true of this reading, each run read as one piece."""
        match node:
            case And(children):
                return all(map(self.holds, children))
            case Or(children):
                return any(map(self.holds, children))
            case Not(child):
                return not self.holds(child)
            case Near():
                return len(self.near(node)[0]) > 0
            case Same(unit, children):
                return bool(self._parts(And(children), unit).any())
        return len(self.places(node)) > 0

    def hits(self, node: Node) -> Iterator[Spans]:
        """Yield the spans in which the node is answered, each run as one piece; of a Not there are none."""
        match node:
            case And(children) | Or(children):
                for child in children:
                    yield from self.hits(child)
            case Near():
                yield from map(self.spans, self.near(node))
            case Same(unit, children):
                parts, number = self._parts(And(children), unit), self._numbers[unit]
                for spans in self._hits_within(And(children), unit):
                    yield spans[parts[number[spans[:, 0]]]]
            case Exact(text, strict=True):
                yield self._strict(text)
            case Run() | Exact() | Pattern():
                yield self.spans(self.places(node))

    def _parts(self, node: Node, unit: str) -> Bits:
        """Return for each sentence or paragraph whether the node is true of it."""
        match node:
            case And(children):
                return np.logical_and.reduce([self._parts(child, unit) for child in children])
            case Or(children):
                return np.logical_or.reduce([self._parts(child, unit) for child in children])
            case Not(child):
                return ~self._parts(child, unit)
        number = self._numbers[unit]
        parts = np.zeros(number[-1] + 1, bool)
        for spans in self._hits_within(node, unit):
            parts[number[spans[:, 0]]] = True
        return parts

    def _hits_within(self, node: Node, unit: str) -> Iterator[Spans]:
        """Yield the hits of a node that do not reach beyond one sentence or paragraph."""
        match node:
            case And(children) | Or(children):
                for child in children:
                    yield from self._hits_within(child, unit)
            case Near(children):
                chain = [self._within(child, unit) for child in children]
                # Moved so far apart that no chain leads from one sentence to the next.
                apart = [self._number(places, unit) * (node.distance + 1) for places in chain]
                moved = [p + a[:, None] for p, a in zip(chain, apart, strict=True)]
                for mask, places in zip(_chains(moved, node), chain, strict=True):
                    yield self.spans(places[mask])
            case Exact(text, strict=True):
                yield self._inside(self._strict(text), unit)
            case Run() | Exact() | Pattern():
                yield self.spans(self._within(node, unit))

    def _within(self, node: Node, unit: str) -> Places:
        """The places of a node that do not reach beyond one sentence or paragraph."""
        match node:
            case Exact(text, strict=True):
                return self._folded_places(self._inside(self._strict(text), unit))
            case Or(children):
                return _alternatives(self._within(child, unit) for child in children)
        places = self.places(node)
        last = _pairs(places[:, 1] - 1, places[:, 1])
        return places[self._number(places, unit) == self._number(last, unit)]

    def _inside(self, spans: Spans, unit: str) -> Spans:
        number = self._numbers[unit]
        return spans[number[spans[:, 0]] == number[spans[:, 1] - 1]]

    def _number(self, places: Places, unit: str) -> npt.NDArray[np.int32]:
        """The number of the sentence or paragraph in which each place begins."""
        return self._numbers[unit][self._folded.starts[places[:, 0]]]

    @cached_property
    def _numbers(self) -> dict[str, npt.NDArray[np.int32]]:
        """For each unit, in which one each character of the original stands, counted from 0."""
        codes = _codes(self._original)
        return {
            unit: np.append(0, np.cumsum(np.isin(codes, _codes(ends)))).astype(np.int32)
            for unit, ends in _ENDS.items()
        }

    @cached_property
    def _folded_codes(self) -> Codes:
        return _codes(self._folded.text)

    def _strict(self, text: str) -> Spans:
        """The spans where the original characters stand; within a site marker is no text."""
        if not text or text not in self._original:
            return NOWHERE
        spans = _occurrences(_codes(self._original), _codes(text))
        markers = np.array(marker_spans(self._original), np.int32).reshape(-1, 2)
        if not len(markers):
            return spans
        nearest = np.searchsorted(markers[:, 0], spans[:, 0], "right") - 1
        return spans[(nearest < 0) | (spans[:, 1] > markers[nearest, 1])]

    def _folded_places(self, spans: Spans) -> Places:
        """The places of spans; those of punctuation alone have none."""
        places = np.searchsorted(self._folded.starts, spans).astype(np.int32)
        return places[places[:, 0] < places[:, 1]]

    def _pattern(self, parts: pattern.Split) -> Places:
        """Return the places of a pattern: from each of its first string to the nearest end that fits.

        Built from its last string backwards: each place of a string takes over the end of the nearest
        place behind it that its gap allows.
        """
        if not parts.strings:
            return self.string("")
        right = self.string(parts.strings[-1])
        for string, gap in zip(parts.strings[-2::-1], parts.gaps[::-1], strict=True):
            left = self.string(string)
            nearest = np.searchsorted(right[:, 0], left[:, 1] + gap.low)
            left, nearest = left[nearest < len(right)], nearest[nearest < len(right)]
            fits = right[nearest, 0] <= left[:, 1] + gap.high
            if gap.in_sentence:
                last = _pairs(left[:, 1] - 1, left[:, 1])
                fits &= self._number(last, "sentence") == self._number(right[nearest], "sentence")
            right = _pairs(left[fits, 0], right[nearest[fits], 1])
        places = right + np.array([-parts.before, parts.after], np.int32)
        return places[(places[:, 0] >= 0) & (places[:, 1] <= len(self._folded.text))]


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _occurrences(codes: Codes, part: Codes) -> Places:
    """Where a part stands in a text that holds it; `str.find` would take a step for each place."""
    count = len(codes) - len(part) + 1
    found = codes[:count] == part[0]
    for offset in range(1, len(part)):
        found &= codes[offset : offset + count] == part[offset]
    starts = np.flatnonzero(found)
    return _pairs(starts, starts + len(part))


def _alternatives(places: Iterable[Places]) -> Places:
    keys = np.unique(np.concatenate([*map(_keys, places)]))
    return _pairs(keys >> 32, keys & _END)


def _keys(places: Places) -> npt.NDArray[np.int64]:
    """Each place as one number, in the same order."""
    return places[:, 0].astype(np.int64) << 32 | places[:, 1]


def _pairs(starts: npt.NDArray[Any], ends: npt.NDArray[Any]) -> Places:
    pairs = np.empty((len(starts), 2), np.int32)
    pairs[:, 0], pairs[:, 1] = starts, ends
    return pairs


def _chained(chain: Sequence[Places], node: Near) -> list[Places]:
    return [places[mask] for places, mask in zip(chain, _chains(chain, node), strict=True)]


def _chains(chain: Sequence[Places], node: Near) -> list[Bits]:
    """For each child of the node, which of its places are part of a whole chain."""
    masks = [np.ones(len(chain[0]), bool)]
    for i in range(1, len(chain)):
        masks.append(_follows(chain[i], chain[i - 1][masks[i - 1]], node))
    for i in reversed(range(1, len(chain))):
        masks[i - 1] &= _leads(chain[i - 1], chain[i][masks[i]], node)
    return masks


def _follows(places: Places, before: Places, node: Near) -> Bits:
    """Which places stand close after one of `before`, or close ahead of it if any order will do."""
    mask = _after(places, before, node.distance)
    return mask if node.ordered else mask | _ahead(places, before, node.distance)


def _leads(places: Places, behind: Places, node: Near) -> Bits:
    """Which places stand close ahead of one of `behind`, or after it if any order will do."""
    mask = _ahead(places, behind, node.distance)
    return mask if node.ordered else mask | _after(places, behind, node.distance)


def _after(places: Places, others: Places, distance: int) -> Bits:
    ends, starts = np.sort(others[:, 1]), places[:, 0]
    return np.searchsorted(ends, starts, "right") > np.searchsorted(ends, starts - distance)


def _ahead(places: Places, others: Places, distance: int) -> Bits:
    starts, ends = others[:, 0], places[:, 1]
    return np.searchsorted(starts, ends + distance, "right") > np.searchsorted(starts, ends)
