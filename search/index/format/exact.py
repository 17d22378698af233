"""The character layer: a column in which every substring of every text can be found.

The folded texts of a segment stand one after another as UTF-16 code units, each followed by a
separator. All pairs of neighbouring units (bigrams) are sorted together with their positions, once;
that order is the whole index: 4 bytes a character beside 2 for the text. To find a string, take the
positions of its rarest bigram and compare the neighbours in arrays. The answer is exact by
construction for any string of one character or more, places and counts included.

A text may have a second reading (masked spellings read back); it stands behind all first readings,
so that leaving it out is one comparison. UTF-16 keeps characters beyond the BMP as two units that
can never be mistaken for others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import columns

from search.index.format.arrays import map_file, read_arrays, write_arrays
from search.index.format.bigrams import BLOCK_BITS, Reading, sort_bigrams
from search.index.sets import ascending, ranges

# Looking for the places within a document in a sorted run takes as long as reading so many of them.
_LOOK_UP = 32
# With so many places a document, looking for the documents is quicker than for the places' documents.
_MANY = 8
# The bigrams whose first unit begins a surrogate pair.
_FIRST_OF_PAIRS = np.array([0xD800 << 16, 0xDC00 << 16], np.uint32)


@dataclass(frozen=True)
class ExactText:
    """What the column keeps of one document: its text and, if there is one, a second reading."""

    first: Reading
    second: Reading | None = None


def units_of(folded: str) -> NDArray[np.uint16]:
    """Return the UTF-16 code units of a folded string."""
    return np.frombuffer(folded.encode("utf-16-le"), "<u2")


class ExactColumn(columns.Column):
    """A column of `ExactText`; see the module."""

    _default = None

    class Writer(columns.ColumnWriter):
        """Collects the texts of one segment and sorts their bigrams at the end."""

        def __init__(self, dbfile: Any) -> None:
            super().__init__(dbfile)
            self._first: list[Reading] = []
            self._second: list[tuple[int, Reading]] = []

        def add(self, docnum: int, value: ExactText) -> None:
            """Set the text of `docnum`; numbers come in ascending order."""
            self._fill(docnum)
            self._first.append(value.first)
            if value.second is not None:
                self._second.append((docnum, value.second))

        def _fill(self, docnum: int) -> None:
            self._first.extend([_EMPTY] * (docnum - len(self._first)))

        def finish(self, doccount: int) -> None:
            """Sort and write the column."""
            self._fill(doccount)
            readings = self._first + [reading for _, reading in self._second]
            owners = list(range(doccount)) + [docnum for docnum, _ in self._second]
            self._first, self._second = [], []
            write_arrays(self._dbfile, sort_bigrams(readings, owners, doccount))

    class Reader(columns.ColumnReader):
        """Finds strings in the texts of one segment."""

        def __init__(self, dbfile: Any, basepos: int, length: int, doccount: int) -> None:
            super().__init__(dbfile, basepos, length, doccount)
            arrays = read_arrays(map_file(dbfile))
            self.units: NDArray[np.uint16] = arrays["units"]
            self.starts: NDArray[np.uint32] = arrays["starts"]
            self._ends = self.starts[1:]
            self.owners: NDArray[np.uint32] = arrays["owners"]
            self.bigrams: NDArray[np.uint32] = arrays["bigrams"]
            self.runs: NDArray[np.uint32] = arrays["runs"]
            self.positions: NDArray[np.uint32] = arrays["positions"]
            self.sentences: NDArray[np.uint32] = arrays["sentences"]
            self.paragraphs: NDArray[np.uint32] = arrays["paragraphs"]
            self._blocks: NDArray[np.uint32] = arrays["blocks"]
            # First readings end here; what stands behind is read only when asked for.
            self.boundary = int(self.starts[doccount])

        def __getitem__(self, docnum: int) -> ExactText | None:
            at = self._doccount + int(
                np.searchsorted(self.owners[self._doccount :], np.uint32(docnum))
            )
            has_second = at < len(self.owners) and self.owners[at] == docnum
            return ExactText(self._reading(docnum), self._reading(at) if has_second else None)

        def _reading(self, piece: int) -> Reading:
            start, end = int(self.starts[piece]), int(self.starts[piece + 1]) - 1
            return Reading(
                self.units[start:end],
                _within(self.sentences, start, end),
                _within(self.paragraphs, start, end),
            )

        def find(
            self,
            units: NDArray[np.uint16],
            *,
            second: bool,
            within: NDArray[np.int64] | None = None,
        ) -> NDArray[np.uint32]:
            """Return the positions at which `units` stands, in no order if it is one unit long.

            `second` adds the places in second readings. With `within` (documents, ascending) places
            in other documents may be left out. An empty string stands nowhere.
            """
            if not len(units):
                return np.empty(0, np.uint32)
            if len(units) == 1:
                found = self._find_one(int(units[0]), within)
                return found if second else found[found < self.boundary]
            found = self._find_many(units, within)
            return found if second else found[: np.searchsorted(found, self.boundary)]

        def _bounds_of_one(self, unit: int) -> tuple[int, int]:
            low = np.searchsorted(self.bigrams, np.uint32(unit << 16))
            high = np.searchsorted(self.bigrams, np.uint32((unit << 16) | 0xFFFF), "right")
            return int(self.runs[low]), int(self.runs[high])

        def _find_one(self, unit: int, within: NDArray[np.int64] | None) -> NDArray[np.uint32]:
            low, high = self._bounds_of_one(unit)
            if within is not None:
                pieces = self._pieces_of(within)
                begins, ends = self.starts[pieces].astype(np.int64), self._ends[pieces]
                if int((ends - begins).sum()) < high - low:  # read through, they are less
                    positions = ranges(begins, ends.astype(np.int64))
                    return positions[self.units[positions] == unit].astype(np.uint32)
            return self.positions[low:high]

        def _runs_of(
            self, units: NDArray[np.uint16]
        ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
            """Return where the run of each bigram of a string begins and its size, 0 if it has none."""
            wanted = (units[:-1].astype(np.uint32) << 16) | units[1:]
            if not len(self.bigrams):
                return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.int64)
            at = np.searchsorted(self.bigrams[:-1], wanted)
            starts = self.runs[at].astype(np.int64)
            return starts, np.where(self.bigrams[at] == wanted, self.runs[at + 1] - starts, 0)

        def _find_many(
            self, units: NDArray[np.uint16], within: NDArray[np.int64] | None
        ) -> NDArray[np.uint32]:
            starts, sizes = self._runs_of(units)
            rarest = int(np.argmin(sizes))
            if not sizes[rarest]:
                return np.empty(0, np.uint32)
            run = self.positions[starts[rarest] : starts[rarest] + sizes[rarest]]
            if within is not None and len(within) * _LOOK_UP < len(run):
                run = self._inside(run, within)
            found = run[run >= rarest] - np.uint32(rarest) if rarest else run
            # The last unit of a text is followed by a separator, so no match reaches past the end.
            fits = len(self.units) - len(units)
            if len(found) and found[-1] > fits:
                found = found[found <= fits]
            for offset in sorted(
                (i for i in range(len(units)) if i not in (rarest, rarest + 1)),
                key=lambda i: np.min(sizes[max(0, i - 1) : i + 1]),
            ):
                if not len(found):
                    break
                found = found[self.units[found + np.uint32(offset)] == units[offset]]
            return found

        def _inside(
            self, run: NDArray[np.uint32], documents: NDArray[np.int64]
        ) -> NDArray[np.uint32]:
            """Return those of ascending positions that lie in some documents."""
            pieces = self._pieces_of(documents)
            lows = np.searchsorted(run, self.starts[pieces])
            return run[ranges(lows, np.searchsorted(run, self._ends[pieces]))]

        def _pieces_of(self, documents: NDArray[np.int64]) -> NDArray[np.int64]:
            """Return the texts, in all readings, of some documents."""
            ascending(documents)
            behind = self.owners[self._doccount :]
            if not len(behind):
                return documents
            second = np.flatnonzero(np.isin(behind, documents)) + self._doccount
            return np.concatenate([documents, second])

        def bigram_places(self, units: NDArray[np.uint16]) -> NDArray[np.int64]:
            """Return how often each bigram of a string stands here, from the directory alone."""
            return self._runs_of(units)[1]

        def most(self, units: NDArray[np.uint16]) -> int:
            """Return an upper bound of how often a string stands here, from the directory alone."""
            if len(units) == 1:
                low, high = self._bounds_of_one(int(units[0]))
                return high - low
            return int(np.min(self.bigram_places(units))) if len(units) else 0

        def pieces(self, positions: NDArray[Any]) -> NDArray[np.uint32]:
            """Return the number of the text (first readings, then second ones) each position lies in."""
            # Nothing is clipped; checking the indexes would take twice as long.
            pieces = self._blocks.take(positions >> BLOCK_BITS, mode="clip")
            behind = np.flatnonzero(self._ends.take(pieces, mode="clip") <= positions)
            while len(behind):
                pieces[behind] += 1
                behind = behind[self._ends[pieces[behind]] <= positions[behind]]
            return pieces

        def documents(self, positions: NDArray[Any]) -> NDArray[np.uint32]:
            """Return the document that each position lies in."""
            return self.owners[self.pieces(positions)]

        def counts(
            self,
            units: NDArray[np.uint16],
            *,
            second: bool,
            within: NDArray[np.int64] | None = None,
        ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
            """Return the documents that `units` stands in (ascending) and how often.

            A document with two readings counts the richer one: most places stand in both. With
            `within` (documents, ascending) others may be left out.
            """
            found = self.find(units, second=second, within=within)
            if len(units) < 2 or (len(found) and found[-1] >= self.boundary):
                counts = self.tally(found)
                present = np.flatnonzero(counts)
                return present, counts[present]
            if len(found) > _MANY * self._doccount:
                counts = np.diff(np.searchsorted(found, self.starts[: self._doccount + 1]))
                present = np.flatnonzero(counts)
                return present, counts[present]
            documents = self.documents(found).astype(np.int64)
            ends = np.flatnonzero(documents[1:] != documents[:-1])
            ends = np.append(ends, len(documents) - 1) if len(documents) else ends
            return documents[ends], np.diff(ends, prepend=-1)

        def tally(self, positions: NDArray[Any]) -> NDArray[np.int64]:
            """Return for each document how many of some positions lie in it, in the richer reading."""
            counts = np.bincount(self.pieces(positions), minlength=len(self.owners))
            first = counts[: self._doccount]
            np.maximum.at(first, self.owners[self._doccount :], counts[self._doccount :])
            return first

        @cached_property
        def _pairs(self) -> NDArray[np.int64]:
            """Where the characters of two units stand (those beyond the BMP), ascending."""
            low, high = np.searchsorted(self.bigrams, _FIRST_OF_PAIRS)
            found = self.positions[self.runs[low] : self.runs[high]]
            return np.sort(found, kind="stable").astype(np.int64)

        def characters(self, positions: NDArray[Any]) -> NDArray[np.int64]:
            """Return how many characters stand before each position, separators included."""
            positions = positions.astype(np.int64)
            return (
                positions - np.searchsorted(self._pairs, positions)
                if len(self._pairs)
                else positions
            )

        def positions_of(self, characters: NDArray[np.int64]) -> NDArray[np.int64]:
            """Return the positions before which so many characters stand: the way back."""
            if not len(self._pairs):
                return characters
            return characters + np.searchsorted(self.characters(self._pairs), characters)


def _within(array: NDArray[np.uint32], start: int, end: int) -> NDArray[np.uint32]:
    """Return the part of an ascending array between two positions, relative to the first."""
    # Of the array's own type: else all of it would be converted, for each document.
    low, high = np.searchsorted(array, np.array([start, end + 1], array.dtype))
    return array[low:high] - np.uint32(start)


_EMPTY = Reading(np.empty(0, "<u2"), np.empty(0, "<u4"), np.empty(0, "<u4"))
