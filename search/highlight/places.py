"""Where strings, patterns and neighbours stand in one reading of a text.

Places are arrays of shape (n, 2), int64: [start, end) in folded characters, ascending by start.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from search.query import And, Exact, Near, Node, Not, Or, Pattern, Run, Same, leaves
from search.text import pattern
from search.text.fold import Folded, fold
from search.text.sentences import PARAGRAPH_ENDS, SENTENCE_ENDS

Places: TypeAlias = npt.NDArray[np.int64]
Span: TypeAlias = tuple[int, int]

_ENDS = {
    "sentence": re.compile(f"[{SENTENCE_ENDS}]"),
    "paragraph": re.compile(f"[{PARAGRAPH_ENDS}]"),
}
_fold_term = lru_cache(maxsize=256)(fold)


class Reading:
    """One reading of a text, or of the part of it that begins at `begin` and is `original`."""

    def __init__(self, original: str, folded: Folded, begin: int = 0) -> None:
        self._original = original
        self._folded = folded
        self._begin = begin

    def spans(self, places: Places) -> list[Span]:
        """The places in the original text."""
        starts = self._folded.starts[places[:, 0]]
        ends = self._folded.ends[places[:, 1] - 1]
        return list(zip(starts.tolist(), ends.tolist(), strict=True))

    def string(self, folded: str) -> Places:
        """All places of a folded string, overlapping ones too; of "" there is none."""
        starts = np.fromiter(_occurrences(self._folded.text, folded), np.int64)
        return np.column_stack((starts, starts + len(folded)))

    def places(self, node: Node) -> Places:
        """The places of a string, a run as one piece, of a pattern, or of an Or of such."""
        match node:
            case Exact(text, strict=True):
                return self._strict(text)
            case Run(text) | Exact(text):
                return self.string(_fold_term(text))
            case Pattern(text):
                return self._pattern(pattern.split(text))
            case Or(children):
                return np.unique(np.concatenate([*map(self.places, children)]), axis=0)
        raise TypeError(f"{type(node).__name__} has no places")

    def near(self, node: Near) -> list[Places]:
        """For each child its places that are part of a whole chain of neighbours."""
        chain = [*map(self.places, node.children)]
        for i in range(1, len(chain)):
            chain[i] = chain[i][_follows(chain[i], chain[i - 1], node)]
        for i in reversed(range(1, len(chain))):
            chain[i - 1] = chain[i - 1][_leads(chain[i - 1], chain[i], node)]
        return chain

    def holds(self, node: Node) -> bool:
        """Is the node true of this reading, each run read as one piece?"""
        match node:
            case And(children):
                return all(map(self.holds, children))
            case Or(children):
                return any(map(self.holds, children))
            case Not(child):
                return not self.holds(child)
            case Near():
                return len(self.near(node)[0]) > 0
            case Same():
                return next(self.parts(node), None) is not None
        return len(self.places(node)) > 0

    def hits(self, node: Node) -> Iterator[Span]:
        """Where in the original the node is answered, each run as one piece; a Not is nowhere."""
        match node:
            case And(children) | Or(children):
                for child in children:
                    yield from self.hits(child)
            case Near():
                for places in self.near(node):
                    yield from self.spans(places)
            case Same(_, children):
                for part in self.parts(node):
                    yield from part.hits(And(children))
            case Exact(text, strict=True):
                yield from self._strict_spans(text)
            case Run() | Exact() | Pattern():
                yield from self.spans(self.places(node))

    def parts(self, node: Same) -> Iterator[Reading]:
        """The sentences or paragraphs of which all children of the node are true."""
        bounds = self._bounds(node.unit)
        found = np.concatenate([self.places(leaf)[:, 0] for leaf in leaves(node)])
        numbers = np.searchsorted(bounds, self._folded.starts[found], "right")
        for number in np.unique(numbers).tolist():
            part = self._part(bounds[number - 1], bounds[number])
            if all(map(part.holds, node.children)):
                yield part

    def _bounds(self, unit: str) -> npt.NDArray[np.int64]:
        """Where the units of the original begin, and where the last one ends."""
        ends = [found.end() for found in _ENDS[unit].finditer(self._original)]
        return np.array([0, *ends, len(self._original)]) + self._begin

    def _part(self, start: int, end: int) -> Reading:
        whole = self._folded
        i, j = np.searchsorted(whole.starts, (start, end)).tolist()
        folded = Folded(whole.text[i:j], whole.starts[i:j], whole.ends[i:j])
        return Reading(self._original[start - self._begin : end - self._begin], folded, start)

    @cached_property
    def _sentences(self) -> npt.NDArray[np.int64]:
        """The number of the sentence in which each folded character stands."""
        return np.searchsorted(self._bounds("sentence"), self._folded.starts, "right")

    def _strict_spans(self, text: str) -> list[Span]:
        """Where the original characters stand."""
        starts = [self._begin + start for start in _occurrences(self._original, text)]
        return [(start, start + len(text)) for start in starts]

    def _strict(self, text: str) -> Places:
        spans = np.array(self._strict_spans(text), np.int64).reshape(-1, 2)
        places = np.searchsorted(self._folded.starts, spans)
        return places[places[:, 0] < places[:, 1]]

    def _pattern(self, parts: pattern.Split) -> Places:
        """From each place of the first string to the nearest end that fits, built from the end."""
        if not parts.strings:
            return self.string("")
        right = self.string(parts.strings[-1])
        for string, gap in zip(parts.strings[-2::-1], parts.gaps[::-1], strict=True):
            left = self.string(string)
            nearest = np.searchsorted(right[:, 0], left[:, 1] + gap.low)
            left, nearest = left[nearest < len(right)], nearest[nearest < len(right)]
            fits = right[nearest, 0] <= left[:, 1] + gap.high
            if gap.in_sentence:
                number = self._sentences
                fits &= number[left[:, 1] - 1] == number[right[nearest, 0]]
            right = np.column_stack((left[fits, 0], right[nearest[fits], 1]))
        places = right + np.array([-parts.before, parts.after])
        return places[(places[:, 0] >= 0) & (places[:, 1] <= len(self._folded.text))]


def _occurrences(text: str, part: str) -> Iterator[int]:
    at = text.find(part) if part else -1
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _follows(places: Places, before: Places, node: Near) -> npt.NDArray[np.bool_]:
    """Which places stand close after one of `before`, or close ahead of it if any order will do."""
    mask = _after(places, before, node.distance)
    return mask if node.ordered else mask | _ahead(places, before, node.distance)


def _leads(places: Places, behind: Places, node: Near) -> npt.NDArray[np.bool_]:
    """Which places stand close ahead of one of `behind`, or after it if any order will do."""
    mask = _ahead(places, behind, node.distance)
    return mask if node.ordered else mask | _after(places, behind, node.distance)


def _after(places: Places, others: Places, distance: int) -> npt.NDArray[np.bool_]:
    ends, starts = np.sort(others[:, 1]), places[:, 0]
    return np.searchsorted(ends, starts, "right") > np.searchsorted(ends, starts - distance)


def _ahead(places: Places, others: Places, distance: int) -> npt.NDArray[np.bool_]:
    starts, ends = others[:, 0], places[:, 1]
    return np.searchsorted(starts, ends + distance, "right") > np.searchsorted(starts, ends)
