"""The character layer: a column in which every substring of every text can be found.

The folded texts of a segment stand one after another as UTF-16 code units, each followed by a
separator. All pairs of neighbouring code units (bigrams) are sorted together with their positions, once;
that order is the whole index: 4 bytes a character beside 2 for the text. To find a string, take the
positions of its rarest bigram and compare the neighbours in arrays. The answer is exact by
construction for any string of one character or more, places and counts included.

A text may have a second reading (masked spellings read back); it stands behind all first readings,
so that leaving it out is one comparison. UTF-16 keeps characters beyond the BMP as two code units that
can never be mistaken for others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh import columns

from search.index.format.arrays import map_file, read_arrays, write_arrays
from search.index.format.bigrams import BLOCK_BITS, CodeUnits, EncodedText, sort_bigrams
from search.index.sets import ascending, ranges, shared

# Looking for the places within a document among sorted positions takes as long as reading so many of them.
_LOOK_UP = 32
# With so many places a document, looking for the documents is quicker than for the places' documents.
_MANY_A_DOCUMENT = 8
# At so few places four code units are compared at once: at many it takes as long as one after the other.
_AT_ONCE = 4000
# Of so many strings of so few code units it is kept where their bigrams are: a kilobyte each at most.
_KEPT, _SHORT = 256, 12
# Of so few positions the texts are looked up by halving.
_FEW_POSITIONS = 200
# Of a long string the rarest bigram mostly stands at one place: there it is compared as it is.
_ONE_BY_ONE = 4
# So many positions at a time stay in the processor's cache on their way to their documents.
_CHUNK = 2**16
_THREE = np.uint64(2**48 - 1)
_NOWHERE = np.empty(0, np.int64)
# The bigrams whose first code unit begins a surrogate pair.
_FIRST_OF_PAIRS = np.array([0xD800 << 16, 0xDC00 << 16], np.uint32)


@dataclass(frozen=True)
class ExactText:
    """What the column keeps of one document: its text and, if there is one, a second reading."""

    first: EncodedText
    second: EncodedText | None = None


def code_units(folded: str) -> CodeUnits:
    """Return the UTF-16 code units of a folded string."""
    return np.frombuffer(folded.encode("utf-16-le"), "<u2")


class Texts:
    """Texts that stand one behind the other, and the documents whose they are.

    Text i begins at `starts[i]`, ends (with its separator) at `ends[i]` and is one of `owners[i]`;
    `blocks` are the texts that every 256th position lies in.
    """

    starts: NDArray[Any]
    ends: NDArray[Any]
    owners: NDArray[Any]
    blocks: NDArray[np.uint32]

    def text_numbers(self, positions: NDArray[Any]) -> NDArray[Any]:
        """Return the number of the text (first readings, then second ones) each position lies in."""
        # Nothing is clipped; checking the indexes would take twice as long.
        texts = self.blocks.take(positions >> BLOCK_BITS, mode="clip")
        behind = (self.ends.take(texts, mode="clip") <= positions).nonzero()[0]
        while len(behind):
            texts[behind] += 1
            behind = behind[self.ends[texts[behind]] <= positions[behind]]
        return texts

    def documents(self, positions: NDArray[Any]) -> NDArray[Any]:
        """Return the document that each position lies in."""
        return self.owners.take(self.text_numbers(positions), mode="clip")


class ExactColumn(columns.Column):
    """The character layer of a field: a column of `ExactText`."""

    _default = None

    class Writer(columns.ColumnWriter):
        """Collects the texts of one segment and sorts their bigrams at the end."""

        def __init__(self, dbfile: Any) -> None:
            super().__init__(dbfile)
            self._first: list[EncodedText] = []
            self._second: list[tuple[int, EncodedText]] = []

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
            texts = self._first + [text for _, text in self._second]
            owners = list(range(doccount)) + [docnum for docnum, _ in self._second]
            self._first, self._second = [], []
            write_arrays(self._dbfile, sort_bigrams(texts, owners, doccount))

    class Reader(columns.ColumnReader, Texts):
        """Finds strings in the texts of one segment."""

        def __init__(self, dbfile: Any, basepos: int, length: int, doccount: int) -> None:
            super().__init__(dbfile, basepos, length, doccount)
            arrays = read_arrays(map_file(dbfile))
            self.code_units: CodeUnits = arrays["units"]
            self.starts: NDArray[np.uint32] = arrays["starts"]
            self.ends = self.starts[1:]
            self.owners: NDArray[np.uint32] = arrays["owners"]
            self.bigrams: NDArray[np.uint32] = arrays["bigrams"]
            self._firsts: NDArray[np.uint32] = arrays["runs"]
            self.positions: NDArray[np.uint32] = arrays["positions"]
            self.sentences: NDArray[np.uint32] = arrays["sentences"]
            self.paragraphs: NDArray[np.uint32] = arrays["paragraphs"]
            self.blocks: NDArray[np.uint32] = arrays["blocks"]
            self.size = doccount
            # A search asks for the same short strings several times: whether, how many, where.
            self._ranges: dict[bytes, tuple[list[int], list[int]]] = {}
            # First readings end here; what stands behind is read only when asked for.
            self.boundary = int(self.starts[doccount])

        def __getitem__(self, docnum: int) -> ExactText | None:
            at = self._doccount + int(
                np.searchsorted(self.owners[self._doccount :], np.uint32(docnum))
            )
            has_second = at < len(self.owners) and self.owners[at] == docnum
            return ExactText(self._text(docnum), self._text(at) if has_second else None)

        def _text(self, number: int) -> EncodedText:
            start, end = int(self.starts[number]), int(self.starts[number + 1]) - 1
            return EncodedText(
                self.code_units[start:end],
                _part(self.sentences, start, end),
                _part(self.paragraphs, start, end),
            )

        def find(
            self,
            wanted: CodeUnits,
            *,
            second: bool,
            within: NDArray[np.int64] | None = None,
        ) -> NDArray[np.integer[Any]]:
            """Return the positions at which `wanted` stands, in no order if it is one code unit long.

            `second` adds the places in second readings. With `within` (documents, ascending) places
            in other documents may be left out. An empty string stands nowhere.
            """
            if not len(wanted):
                return _NOWHERE
            if len(wanted) == 1:
                one = self._find_one(int(wanted[0]), within)
                return one if second else one[one < self.boundary]
            found = self._find_many(wanted, within)
            # Of the array's own type: else all of it would be converted.
            return found if second else found[: found.searchsorted(found.dtype.type(self.boundary))]

        def _bounds_of_one(self, unit: int) -> tuple[int, int]:
            low = np.searchsorted(self.bigrams, np.uint32(unit << 16))
            high = np.searchsorted(self.bigrams, np.uint32((unit << 16) | 0xFFFF), "right")
            return int(self._firsts[low]), int(self._firsts[high])

        def _find_one(self, unit: int, within: NDArray[np.int64] | None) -> NDArray[np.uint32]:
            low, high = self._bounds_of_one(unit)
            if within is not None:
                texts = self._texts_of(within)
                begins, ends = self.starts[texts].astype(np.int64), self.ends[texts]
                if int((ends - begins).sum()) < high - low:  # read through, they are less
                    positions = ranges(begins, ends.astype(np.int64))
                    return positions[self.code_units[positions] == unit].astype(np.uint32)
            return self.positions[low:high]

        def _ranges_of(self, wanted: CodeUnits) -> tuple[list[int], list[int]]:
            """Return where the positions of each bigram of a string begin, and how many."""
            if len(wanted) > _SHORT:
                return self._look_up(wanted)
            key = wanted.tobytes()
            ranges = self._ranges.get(key)
            if ranges is None:
                ranges = self._look_up(wanted)
                if len(self._ranges) >= _KEPT:
                    self._ranges.clear()
                self._ranges[key] = ranges
            return ranges

        def _look_up(self, wanted: CodeUnits) -> tuple[list[int], list[int]]:
            bigrams = (wanted[:-1].astype(np.uint32) << 16) | wanted[1:]
            if not len(self.bigrams):
                return [0] * len(bigrams), [0] * len(bigrams)
            at = self.bigrams[:-1].searchsorted(bigrams)
            starts = self._firsts.take(at).astype(np.int64)
            sizes = self._firsts.take(at + 1) - starts
            sizes[self.bigrams.take(at) != bigrams] = 0
            return starts.tolist(), sizes.tolist()

        def _find_many(
            self, wanted: CodeUnits, within: NDArray[np.int64] | None
        ) -> NDArray[np.integer[Any]]:
            candidates, rarest, sizes = self._rarest(wanted)
            if within is not None and len(within) * _LOOK_UP < len(candidates):
                candidates = candidates[ranges(*self._inside(candidates, self._texts_of(within)))]
            return self._whole(candidates, wanted, rarest, sizes)

        def places(
            self, wanted: CodeUnits, texts: NDArray[np.int64]
        ) -> tuple[NDArray[np.integer[Any]], NDArray[np.int64]]:
            """Return where a string of two code units or more stands in some texts, and in which of them."""
            candidates, rarest, sizes = self._rarest(wanted)
            lows, highs = self._inside(candidates, texts)
            candidates = candidates[ranges(lows, highs)]
            if len(wanted) == 2:
                return candidates, np.repeat(np.arange(len(texts)), highs - lows)
            found = self._whole(candidates, wanted, rarest, sizes)
            return found, self.starts[texts].searchsorted(found, "right") - 1

        def _rarest(self, wanted: CodeUnits) -> tuple[NDArray[np.uint32], int, list[int]]:
            """Return the places of a string's rarest bigram, where that is, and how many each has."""
            starts, sizes = self._ranges_of(wanted)
            size = min(sizes)
            rarest = sizes.index(size)
            start = starts[rarest] if size else 0
            return self.positions[start : start + size], rarest, sizes

        def _whole(
            self,
            candidates: NDArray[np.uint32],
            wanted: CodeUnits,
            rarest: int,
            sizes: list[int],
        ) -> NDArray[np.integer[Any]]:
            """Return where a string stands whole, of the places of its rarest bigram."""
            if len(wanted) == 2 or not len(candidates):
                return candidates
            found = candidates.astype(np.int64)
            if rarest:
                found -= rarest
                found = found[found.searchsorted(0) :]
            # No match reaches to the end: the last code unit of a text is followed by a separator.
            found = found[: found.searchsorted(len(self.code_units) - len(wanted))]
            return self._standing(found, wanted, sizes, rarest)

        def _standing(
            self, places: NDArray[np.int64], wanted: CodeUnits, sizes: list[int], rarest: int
        ) -> NDArray[np.int64]:
            """Return those places at which the whole string stands: its rarest bigram, so frequent, does."""
            if len(places) <= _AT_ONCE:
                return self._compared(places, wanted)
            others = [at for at in range(len(wanted)) if not rarest <= at <= rarest + 1]
            for at in sorted(others, key=lambda at: min(sizes[max(0, at - 1) : at + 1])):
                if len(places) <= _AT_ONCE:
                    return self._compared(places, wanted)
                # Within the text, as are all places: checking the indexes would take longer.
                here = self.code_units[at:].take(places, mode="clip")
                places = places[here == wanted[at]]
            return places

        def _compared(self, places: NDArray[np.int64], wanted: CodeUnits) -> NDArray[np.int64]:
            """Return those places at which the whole string stands, of three code units or more."""
            last = max(0, len(wanted) - 4)
            for at in (*range(0, last, 4), last):
                if len(places) <= _ONE_BY_ONE:
                    whole = wanted.tobytes()
                    standing = [
                        self.code_units[place : place + len(wanted)].tobytes() == whole
                        for place in places.tolist()
                    ]
                    return places[standing] if standing else places
                four = wanted[at : at + 4]
                found = self._fours[places + at]
                if len(four) == 3:
                    found &= _THREE
                places = places[found == int.from_bytes(four.tobytes(), "little")]
            return places

        @cached_property
        def _fours(self) -> NDArray[np.uint64]:
            """The four code units at each position as one number: a view, in which elements overlap."""
            units = self.code_units.data.cast("B")
            shape = (max(0, len(self.code_units) - 3),)
            return np.ndarray(shape, "<u8", buffer=units, strides=(2,))

        def _inside(
            self, positions: NDArray[np.uint32], texts: NDArray[np.int64]
        ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
            """Return where those of ascending positions begin and end that lie in each of some texts."""
            return positions.searchsorted(self.starts[texts]), positions.searchsorted(
                self.ends[texts]
            )

        def _texts_of(self, documents: NDArray[np.int64]) -> NDArray[np.int64]:
            """Return the texts, in all readings, of some documents."""
            ascending(documents)
            behind = self.owners[self._doccount :]
            if not len(behind):
                return documents
            second = shared(behind.astype(np.int64), documents)[0] + self._doccount
            return np.concatenate([documents, second])

        def bigram_counts(self, wanted: CodeUnits) -> NDArray[np.int64]:
            """Return how often each bigram of a string stands here, from the directory alone."""
            return np.array(self._ranges_of(wanted)[1], np.int64)

        def count_bound(self, wanted: CodeUnits) -> int:
            """Return an upper bound of how often a string stands here, from the directory alone."""
            if len(wanted) == 1:
                low, high = self._bounds_of_one(int(wanted[0]))
                return high - low
            return min(self._ranges_of(wanted)[1]) if len(wanted) else 0

        def tally(self, positions: NDArray[Any]) -> NDArray[np.int64]:
            """Return for each document how many of some positions lie in it, in the richer reading."""
            counts = np.zeros(len(self.owners), np.int64)
            for at in range(0, len(positions), _CHUNK):
                texts = self.text_numbers(positions[at : at + _CHUNK])
                counts += np.bincount(texts, minlength=len(counts))
            first = counts[: self._doccount]
            np.maximum.at(first, self.owners[self._doccount :], counts[self._doccount :])
            return first

        @cached_property
        def _pairs(self) -> NDArray[np.int64]:
            """Where the characters of two code units stand (those beyond the BMP), ascending."""
            low, high = np.searchsorted(self.bigrams, _FIRST_OF_PAIRS)
            found = self.positions[self._firsts[low] : self._firsts[high]]
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


class _Part(NamedTuple):
    """The layer of a segment, and the first document, position and text of it."""

    document: int
    begin: int
    text: int
    reader: ExactColumn.Reader


class JoinedColumn(Texts):
    """The character layers of all segments as one, given with the first document of each.

    Positions, texts and documents are numbered through: what stands in few places of many segments
    is counted in one step, not in one for each.
    """

    def __init__(self, parts: Iterable[tuple[int, ExactColumn.Reader]]) -> None:
        self._parts: list[_Part] = []
        starts, ends, owners = [_NOWHERE], [_NOWHERE], [_NOWHERE]
        firsts, seconds = [_NOWHERE], [_NOWHERE]
        begin = texts = 0
        for document, reader in parts:
            self._parts.append(_Part(document, begin, texts, reader))
            edges = np.add(reader.starts, begin, dtype=np.int64)
            starts.append(edges[:-1])
            ends.append(edges[1:])
            owners.append(np.add(reader.owners, document, dtype=np.int64))
            numbers = np.arange(texts, texts + len(reader.owners))
            firsts.append(numbers[: reader.size])
            seconds.append(numbers[reader.size :])
            # Whole blocks, so that the tables join.
            begin += len(reader.blocks) << BLOCK_BITS
            texts += len(reader.owners)
        self.starts, self.ends = np.concatenate(starts), np.concatenate(ends)
        self.owners = np.concatenate(owners)
        self._first, self._second = np.concatenate(firsts), np.concatenate(seconds)
        self._documents = self.owners[self._first]
        self._edges = np.append(self.starts[self._first], begin)

    @cached_property
    def blocks(self) -> NDArray[np.uint32]:  # type: ignore[override]
        """The texts that every 256th position lies in: made when first much is found."""
        parts = [each.reader.blocks + np.uint32(each.text) for each in self._parts]
        return np.concatenate([np.empty(0, np.uint32), *parts])

    def text_numbers(self, positions: NDArray[Any]) -> NDArray[Any]:
        """Return the number of the text that each position lies in."""
        if len(positions) <= _FEW_POSITIONS:
            return self.ends.searchsorted(positions, "right")
        return super().text_numbers(positions)

    def find(
        self, wanted: CodeUnits, *, second: bool, within: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """Return the positions at which `wanted` stands, in no order if it is one code unit long.

        As `ExactColumn.Reader.find` does.
        """
        return self._joined(self._found(wanted, within, second=second))

    def _found(
        self, wanted: CodeUnits, within: NDArray[np.int64] | None, *, second: bool
    ) -> list[tuple[_Part, NDArray[np.integer[Any]]]]:
        """Return the segments in which `wanted` stands, and at which positions in each."""
        found = []
        inside = None
        for part in self._parts:
            if within is not None:
                edges = (part.document, part.document + part.reader.size)
                low, high = within.searchsorted(edges).tolist()
                if low == high:
                    continue
                inside = within[low:high] - part.document
            places = part.reader.find(wanted, second=second, within=inside)
            if len(places):
                found.append((part, places))
        return found

    @staticmethod
    def _joined(found: list[tuple[_Part, NDArray[np.integer[Any]]]]) -> NDArray[np.int64]:
        """Return positions in segments as positions in all."""
        positions = np.empty(sum(len(places) for _, places in found), np.int64)
        done = 0
        for part, places in found:
            np.add(places, part.begin, out=positions[done : done + len(places)], dtype=np.int64)
            done += len(places)
        return positions

    def texts_of(
        self, documents: NDArray[np.int64], *, second: bool
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the texts of some documents, ascending, and for each which of the documents it is of."""
        at, here = shared(self._documents, documents)
        texts = self._first[at]
        if not second or not len(self._second):
            return texts, here
        at, owners = shared(self.owners[self._second], documents)
        texts = np.concatenate([texts, self._second[at]])
        order = texts.argsort()
        return texts[order], np.concatenate([here, owners])[order]

    def places(
        self, wanted: CodeUnits, texts: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where a string stands in some texts, and in which of them; both ascend."""
        if len(wanted) < 2:
            documents = np.unique(self.owners[texts])
            found = np.sort(self.find(wanted, second=True, within=documents), kind="stable")
            lows, highs = (found.searchsorted(edge[texts]) for edge in (self.starts, self.ends))
            return found[ranges(lows, highs)], np.repeat(np.arange(len(texts)), highs - lows)
        positions, numbers = [_NOWHERE], [_NOWHERE]
        edges = texts.searchsorted([each.text for each in self._parts]).tolist()
        for part, low, high in zip(self._parts, edges, [*edges[1:], len(texts)], strict=True):
            if low < high:
                places, inside = part.reader.places(wanted, texts[low:high] - part.text)
                positions.append(np.add(places, part.begin, dtype=np.int64))
                numbers.append(inside + low)
        return np.concatenate(positions), np.concatenate(numbers)

    def counts(
        self, wanted: CodeUnits, *, second: bool, within: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the documents that `wanted` stands in (ascending) and how often.

        A document with two readings counts the richer one: most places stand in both. With
        `within` (documents, ascending) others may be left out.
        """
        found = self._found(wanted, within, second=second)
        if not found:
            return _NOWHERE, _NOWHERE
        ascend = len(wanted) > 1
        if not ascend or any(places[-1] >= part.reader.boundary for part, places in found):
            return self._tallied(found)
        positions = self._joined(found)
        if len(positions) > _MANY_A_DOCUMENT * len(self._documents):
            at = positions.searchsorted(self._edges)
            counts = at[1:] - at[:-1]
            present = counts.nonzero()[0]
            return self._documents[present], counts[present]
        texts = self.text_numbers(positions)
        ends = np.append((texts[1:] != texts[:-1]).nonzero()[0], len(texts) - 1)
        counts = ends.copy()
        counts[0] += 1
        counts[1:] -= ends[:-1]
        return self.owners[texts[ends]], counts

    @staticmethod
    def _tallied(
        found: list[tuple[_Part, NDArray[np.integer[Any]]]],
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the documents and how often, of positions in any order and in any reading.

        Segment by segment: they are many, and smaller tables are read faster.
        """
        documents, numbers = [], []
        for part, places in found:
            counts = part.reader.tally(places)
            present = counts.nonzero()[0]
            documents.append(present + part.document)
            numbers.append(counts[present])
        return np.concatenate(documents), np.concatenate(numbers)


def _part(array: NDArray[np.uint32], start: int, end: int) -> NDArray[np.uint32]:
    """Return the part of an ascending array between two positions, relative to the first."""
    # Of the array's own type: else all of it would be converted, for each document.
    low, high = np.searchsorted(array, np.array([start, end + 1], array.dtype))
    return array[low:high] - np.uint32(start)


_EMPTY = EncodedText(np.empty(0, "<u2"), np.empty(0, "<u4"), np.empty(0, "<u4"))
