"""Per-document values as arrays, in Whoosh's column interface."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import columns

from search.index.format.arrays import map_file, read_arrays, write_arrays

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

        @cached_property
        def is_single(self) -> bool:
            """Whether every document has exactly one value."""
            return bool((self.ends == np.arange(1, len(self.ends) + 1)).all())

        def __getitem__(self, docnum: int) -> tuple[str, ...]:
            start = int(self.ends[docnum - 1]) if docnum else 0
            return tuple(self.values[code] for code in self.codes[start : self.ends[docnum]])
