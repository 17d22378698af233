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
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import columns

from search.whoosh.arrays import map_file, read_arrays, write_arrays

SEPARATOR = 0
# A table of the piece that holds every 256th position makes "which document" two look-ups.
_BLOCK_BITS = 8
MAX_UNITS = 2**31


@dataclass(frozen=True)
class Reading:
    """One folded text as the column keeps it.

    `units` are UTF-16 code units; `sentences` and `paragraphs` the positions in it (in units)
    before which a sentence or a paragraph ends, ascending.
    """

    units: NDArray[np.uint16]
    sentences: NDArray[np.uint32]
    paragraphs: NDArray[np.uint32]


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
            write_arrays(self._dbfile, _build(readings, owners, doccount))

    class Reader(columns.ColumnReader):
        """Finds strings in the texts of one segment."""

        def __init__(self, dbfile: Any, basepos: int, length: int, doccount: int) -> None:
            super().__init__(dbfile, basepos, length, doccount)
            arrays = read_arrays(map_file(dbfile))
            self.units: NDArray[np.uint16] = arrays["units"]
            self.starts: NDArray[np.uint32] = arrays["starts"]
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
            second = np.flatnonzero(self.owners[self._doccount :] == docnum)
            return ExactText(
                self._reading(docnum),
                self._reading(self._doccount + int(second[0])) if len(second) else None,
            )

        def _reading(self, piece: int) -> Reading:
            start, end = int(self.starts[piece]), int(self.starts[piece + 1]) - 1
            return Reading(
                self.units[start:end],
                _within(self.sentences, start, end),
                _within(self.paragraphs, start, end),
            )

        def find(self, units: NDArray[np.uint16], *, second: bool) -> NDArray[np.uint32]:
            """Return the positions at which `units` stands, in no order if it is one unit long.

            `second` adds the places in second readings. An empty string stands nowhere.
            """
            if not len(units):
                return np.empty(0, np.uint32)
            found = self._find_one(units) if len(units) == 1 else self._find_many(units)
            if not second and len(self.starts) > self._doccount + 1:
                found = found[found < self.boundary]
            return found

        def _find_one(self, units: NDArray[np.uint16]) -> NDArray[np.uint32]:
            low = np.searchsorted(self.bigrams, np.uint32(int(units[0]) << 16))
            high = np.searchsorted(self.bigrams, np.uint32((int(units[0]) << 16) | 0xFFFF), "right")
            if low == high:
                return np.empty(0, np.uint32)
            return self.positions[self.runs[low] : self.runs[high]]

        def _find_many(self, units: NDArray[np.uint16]) -> NDArray[np.uint32]:
            wanted = (units[:-1].astype(np.uint32) << 16) | units[1:]
            at = np.searchsorted(self.bigrams, wanted)
            if np.max(at) >= len(self.bigrams):
                return np.empty(0, np.uint32)
            if not np.array_equal(self.bigrams[at], wanted):
                return np.empty(0, np.uint32)
            sizes = self.runs[at + 1].astype(np.int64) - self.runs[at]
            rarest = int(np.argmin(sizes))
            run = self.positions[self.runs[at[rarest]] : self.runs[at[rarest] + 1]]
            found = run[run >= rarest] - np.uint32(rarest)
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

        def pair_places(self, pair: NDArray[np.uint16]) -> int:
            """Return how often two units stand together, from the directory alone."""
            wanted = np.uint32((int(pair[0]) << 16) | int(pair[1]))
            at = int(np.searchsorted(self.bigrams, wanted))
            if at == len(self.bigrams) or self.bigrams[at] != wanted:
                return 0
            return int(self.runs[at + 1]) - int(self.runs[at])

        def documents(self, positions: NDArray[Any]) -> NDArray[np.uint32]:
            """Return the document that each position lies in."""
            pieces = self._blocks[positions >> _BLOCK_BITS]
            while True:
                behind = self.starts[pieces + 1] <= positions
                if not behind.any():
                    return self.owners[pieces]
                pieces = pieces + behind

        def counts(
            self, units: NDArray[np.uint16], *, second: bool
        ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
            """Return the documents that `units` stands in (ascending) and how often.

            A document with two readings counts the richer one: most places stand in both.
            """
            found = self.find(units, second=second)
            if not second or len(self.starts) == self._doccount + 1:
                return self._counted(found)
            behind = found >= self.boundary
            if not behind.any():
                return self._counted(found)
            documents, counts = self._counted(found[~behind])
            others, more = self._counted(found[behind])
            both = np.union1d(documents, others)
            richer = np.zeros(len(both), np.int64)
            richer[np.searchsorted(both, documents)] = counts
            at = np.searchsorted(both, others)
            richer[at] = np.maximum(richer[at], more)
            return both, richer

        def _counted(
            self, positions: NDArray[np.uint32]
        ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
            documents = self.documents(positions).astype(np.int64)
            if len(documents) * 4 < self._doccount:
                return np.unique(documents, return_counts=True)
            counts = np.bincount(documents, minlength=self._doccount)
            present = np.flatnonzero(counts)
            return present, counts[present]


def _within(array: NDArray[np.uint32], start: int, end: int) -> NDArray[np.uint32]:
    """Return the part of an ascending array between two positions, relative to the first."""
    low, high = np.searchsorted(array, [start, end + 1])
    return array[low:high] - np.uint32(start)


def _build(readings: list[Reading], owners: list[int], doccount: int) -> dict[str, NDArray[Any]]:
    """Return the arrays of a column."""
    lengths = np.fromiter((len(r.units) + 1 for r in readings), np.int64, len(readings))
    starts = np.zeros(len(readings) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    total = int(starts[-1])
    if total >= MAX_UNITS:
        raise ValueError("too much text for one segment")
    units = np.zeros(total, "<u2")
    for reading, start in zip(readings, starts, strict=False):
        units[start : start + len(reading.units)] = reading.units

    # One sort of (bigram, position) pairs packed into 64 bits: the fastest sort numpy has.
    keys = units.astype(np.uint64)
    keys <<= np.uint64(16)
    if total > 1:
        keys[:-1] |= units[1:]
    keys <<= np.uint64(32)
    keys |= np.arange(total, dtype=np.uint64)
    keys = keys[units != SEPARATOR]
    keys.sort()
    positions = keys.astype("<u4")
    keys >>= np.uint64(32)
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))[: len(keys)])
    blocks = np.searchsorted(starts, np.arange(0, total + 1, 1 << _BLOCK_BITS), "right") - 1
    offsets = [int(start) for start in starts[:-1]]
    return {
        "units": units,
        "starts": starts.astype("<u4"),
        "owners": np.array(owners, "<u4"),
        "bigrams": keys[first].astype("<u4"),
        "runs": np.append(first, len(positions)).astype("<u4"),
        "positions": positions,
        "blocks": np.minimum(blocks, max(0, len(readings) - 1)).astype("<u4"),
        "sentences": _shifted([r.sentences for r in readings], offsets),
        "paragraphs": _shifted([r.paragraphs for r in readings], offsets),
    }


def _shifted(parts: list[NDArray[np.uint32]], offsets: list[int]) -> NDArray[np.uint32]:
    """Return the arrays joined, each moved by its offset."""
    moved = [part + np.uint32(offset) for part, offset in zip(parts, offsets, strict=True)]
    return np.concatenate(moved).astype("<u4") if moved else np.empty(0, "<u4")


_EMPTY = Reading(np.empty(0, "<u2"), np.empty(0, "<u4"), np.empty(0, "<u4"))
