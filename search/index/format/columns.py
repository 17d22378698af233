"""Per-document values as arrays, in Whoosh's column interface."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import columns

from search.index.format.arrays import map_file, read_arrays, write_arrays
from search.index.format.postings import FieldTerms
from search.index.sets import ranges

# The integer of a document without one: below all others, and no value itself.
MISSING = -(2**63)


class IntColumn(columns.Column):
    """One signed 64-bit integer a document, MISSING where none was given."""

    _default = MISSING

    class Writer(columns.ColumnWriter):
        """Collects the values of one segment."""

        def __init__(self, dbfile: Any) -> None:
            super().__init__(dbfile)
            self._values: list[int] = []

        def add(self, docnum: int, value: int) -> None:
            """Set the value of `docnum`; numbers come in ascending order."""
            self._values.extend([MISSING] * (docnum - len(self._values)))
            self._values.append(value)

        def finish(self, doccount: int) -> None:
            """Write the column."""
            self._values.extend([MISSING] * (doccount - len(self._values)))
            write_arrays(self._dbfile, {"values": np.array(self._values, "<i8")})

    class Reader(columns.ColumnReader):
        """The values of one segment."""

        def __init__(self, dbfile: Any, basepos: int, length: int, doccount: int) -> None:
            super().__init__(dbfile, basepos, length, doccount)
            self.values: NDArray[np.int64] = read_arrays(map_file(dbfile))["values"]

        def __getitem__(self, docnum: int) -> int:
            return int(self.values[docnum])


class CodesColumn(columns.Column):
    """Any number of strings a document, kept as codes into the segment's own list of values."""

    _default: tuple[str, ...] = ()

    class Writer(columns.ColumnWriter):
        """Collects the values of one segment."""

        def __init__(self, dbfile: Any) -> None:
            super().__init__(dbfile)
            self._codes: list[int] = []
            self._ends: list[int] = []
            self._values: dict[str, int] = {}

        def add(self, docnum: int, values: Sequence[str]) -> None:
            """Set the values of `docnum`; numbers come in ascending order."""
            self._fill(docnum)
            for value in dict.fromkeys(values):
                self._codes.append(self._values.setdefault(value, len(self._values)))
            self._ends.append(len(self._codes))

        def _fill(self, docnum: int) -> None:
            self._ends.extend([len(self._codes)] * (docnum - len(self._ends)))

        def finish(self, doccount: int) -> None:
            """Write the column."""
            self._fill(doccount)
            names = json.dumps(list(self._values), ensure_ascii=False).encode()
            write_arrays(
                self._dbfile,
                {
                    "names": np.frombuffer(names, np.uint8),
                    "codes": np.array(self._codes, "<u4"),
                    "ends": np.array(self._ends, "<u4"),
                },
            )

    class Reader(columns.ColumnReader):
        """The values of one segment: `codes[ends[d - 1]:ends[d]]` are those of document d."""

        def __init__(self, dbfile: Any, basepos: int, length: int, doccount: int) -> None:
            super().__init__(dbfile, basepos, length, doccount)
            arrays = read_arrays(map_file(dbfile))
            self.values: list[str] = json.loads(arrays["names"].tobytes())
            self.codes: NDArray[np.uint32] = arrays["codes"]
            self.ends: NDArray[np.uint32] = arrays["ends"]

        def __getitem__(self, docnum: int) -> tuple[str, ...]:
            start = int(self.ends[docnum - 1]) if docnum else 0
            return tuple(self.values[code] for code in self.codes[start : self.ends[docnum]])


@dataclass(frozen=True)
class Codes:
    """A column of codes over all segments.

    `owners[i]` has the value `values[codes[i]]`; where every document has exactly one, `owners` is
    None and `codes[d]` is the code of document d.
    """

    values: list[str]
    codes: NDArray[np.int64]
    owners: NDArray[np.int64] | None

    @classmethod
    def of(cls, parts: Iterable[tuple[int, int, CodesColumn.Reader]], size: int) -> Codes:
        """Join the columns of segments, given with their first document and size; `size` of all."""
        numbers: dict[str, int] = {}
        codes, owners = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for base, documents, reader in parts:
            new = [numbers.setdefault(value, len(numbers)) for value in reader.values]
            codes.append(np.array(new, np.int64)[reader.codes])
            sizes = np.diff(reader.ends, prepend=0).astype(np.int64)
            owners.append(np.repeat(np.arange(documents) + base, sizes))
        all_owners = np.concatenate(owners)
        single = len(all_owners) == size and np.array_equal(all_owners, np.arange(size))
        return cls(list(numbers), np.concatenate(codes), None if single else all_owners)

    @classmethod
    def of_terms(cls, parts: Iterable[tuple[int, FieldTerms]]) -> Codes:
        """Make the codes of a field that is kept as terms only, given with each segment's base."""
        numbers: dict[str, int] = {}
        codes, owners = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for base, terms in parts:
            ends, documents, _ = terms.all_postings()
            new = [numbers.setdefault(term.decode(), len(numbers)) for term in terms]
            codes.append(np.repeat(np.array(new, np.int64), np.diff(ends, prepend=0)))
            owners.append(documents.astype(np.int64) + base)
        all_owners = np.concatenate(owners)
        order = np.argsort(all_owners, kind="stable")
        return cls(list(numbers), np.concatenate(codes)[order], all_owners[order])

    def ranks(self, key: Callable[[str], Any], size: int) -> NDArray[np.int64]:
        """Return for `size` documents, each with one value at most, where it comes; MISSING for none."""
        order = sorted(range(len(self.values)), key=lambda number: key(self.values[number]))
        places = np.empty(len(order), np.int64)
        places[order] = np.arange(len(order))
        if self.owners is None:
            return places[self.codes]
        ranks = np.full(size, MISSING)
        ranks[self.owners] = places[self.codes]
        return ranks

    def counts(self, documents: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return for each value how many of some documents (ascending) have it."""
        if self.owners is None:
            return np.bincount(self.codes[documents], minlength=len(self.values))
        lows = np.searchsorted(self.owners, documents)
        chosen = ranges(lows, np.searchsorted(self.owners, documents, "right"))
        return np.bincount(self.codes[chosen], minlength=len(self.values))

    def having(self, wanted: Sequence[str], size: int) -> NDArray[np.bool_]:
        """Return which of `size` documents have any of the wanted values."""
        chosen_values = set(wanted)
        numbers = [i for i, value in enumerate(self.values) if value in chosen_values]
        hits = np.zeros(len(self.values) + 1, bool)
        hits[numbers] = True
        chosen = hits[self.codes]
        if self.owners is None:
            return chosen
        mask = np.zeros(size, bool)
        mask[self.owners[chosen]] = True
        return mask
