"""The terms and postings of a segment as arrays: sorted terms, documents, frequencies.

Whoosh 2.7.4 keeps postings as compressed pickles of tuples, which cost Python time for every posting
written and read. The same facts as arrays in one memory-mapped file a segment need no decoding, and
the pages are shared by all worker processes. `codec` shows them to Whoosh.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.index.format.arrays import write_arrays
from search.index.format.storage import abandon

# Frequencies take one byte; this value says that the true one stands in a small side table.
_MORE_THAN_A_BYTE = 255
# So many bytes of each term stand in an array of their own.
_HEAD = 8


@dataclass(frozen=True)
class InvertedField:
    """All postings of one field of one segment.

    `terms` are UTF-8 and ascending; the postings of term i are `documents[ends[i-1]:ends[i]]`
    (ascending) with `frequencies` beside them.
    """

    terms: list[bytes]
    ends: NDArray[np.int64]
    documents: NDArray[np.uint32]
    frequencies: NDArray[np.uint32]


class PostingsWriter:
    """Writes the terms and postings of a segment, a field at a time, in whole arrays."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._arrays: dict[str, NDArray[Any]] = {}
        self.is_closed = False

    def add_field(self, name: str, postings: InvertedField, doccount: int) -> None:
        """Add one field. Document numbers take two bytes where the segment allows it."""
        blob = b"".join(postings.terms)
        lengths = np.fromiter(map(len, postings.terms), np.int64, len(postings.terms))
        many = np.flatnonzero(postings.frequencies >= _MORE_THAN_A_BYTE)
        self._arrays |= {
            f"{name}/text": np.frombuffer(blob, np.uint8),
            f"{name}/text_ends": np.cumsum(lengths).astype("<u4"),
            f"{name}/heads": np.fromiter(map(_head, postings.terms), "<u8", len(postings.terms)),
            f"{name}/ends": postings.ends.astype("<u4"),
            f"{name}/documents": postings.documents.astype("<u2" if doccount <= 2**16 else "<u4"),
            f"{name}/frequencies": np.minimum(postings.frequencies, _MORE_THAN_A_BYTE).astype(
                np.uint8
            ),
            f"{name}/many_at": many.astype("<u4"),
            f"{name}/many": postings.frequencies[many].astype("<u4"),
        }

    def close(self) -> None:
        """Write the file."""
        write_arrays(self._file, self._arrays)
        self._file.close()
        self.is_closed = True

    def abandon(self) -> None:
        """Close the file as it is."""
        abandon(self._file)
        self.is_closed = True


def _head(term: bytes) -> int:
    """Return the first bytes of a term as a number that sorts as they do; no term holds a NUL."""
    return int.from_bytes(term[:_HEAD].ljust(_HEAD, b"\0"), "big")


class FieldTerms:
    """The terms and postings of one field of one segment."""

    def __init__(self, arrays: dict[str, NDArray[Any]], name: str) -> None:
        self._text = arrays[f"{name}/text"].data
        self._text_ends = arrays[f"{name}/text_ends"]
        self._ends = arrays[f"{name}/ends"]
        self._documents = arrays[f"{name}/documents"]
        self._frequencies = arrays[f"{name}/frequencies"]
        self._many_at = arrays[f"{name}/many_at"]
        self._many = arrays[f"{name}/many"]
        self._heads = arrays[f"{name}/heads"]

    def __iter__(self) -> Iterator[bytes]:
        return (self[number] for number in range(len(self)))

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> bytes:
        if not 0 <= number < len(self):
            raise IndexError(number)
        start = self._text_ends[number - 1] if number else 0
        return bytes(self._text[start : self._text_ends[number]])

    def number(self, term: bytes) -> int:
        """Return the number of a term, -1 if the segment does not have it."""
        # Of terms that begin with the same bytes one that has no more is the first.
        is_whole = len(term) <= _HEAD and not term.endswith(b"\0")
        at = self._first_with_head(term) if is_whole else self.at_or_after(term)
        return at if at < len(self) and self[at] == term else -1

    def _first_with_head(self, term: bytes) -> int:
        return int(self._heads.searchsorted(np.uint64(_head(term))))

    def at_or_after(self, term: bytes) -> int:
        """Return the number of the first term that is not less than `term`."""
        head = np.uint64(_head(term))
        # Few terms share their first bytes; among these it takes steps in Python.
        low = self._first_with_head(term)
        high = int(self._heads.searchsorted(head, "right"))
        return bisect_left(self, term, low, high)

    def begins(self, beginning: bytes) -> bool:
        """Say whether any term begins so."""
        at = self.at_or_after(beginning)
        return at < len(self) and self[at].startswith(beginning)

    def _range(self, number: int) -> tuple[int, int]:
        return int(self._ends[number - 1]) if number else 0, int(self._ends[number])

    def _numbers(self, terms: Sequence[bytes]) -> NDArray[np.int64]:
        """Return the numbers of many terms, -1 for those that the segment does not have."""
        heads = np.array([_head(term) for term in terms], np.uint64)
        # Of no other type than the array's own: else all of it would be converted.
        low, high = (self._heads.searchsorted(heads, side) for side in ("left", "right"))
        numbers = np.where(low < high, low, -1)
        for at in np.flatnonzero(numbers >= 0).tolist():
            if len(terms[at]) >= _HEAD:  # others may begin so, too
                first = bisect_left(self, terms[at], int(low[at]), int(high[at]))
                numbers[at] = first if first < high[at] and self[first] == terms[at] else -1
        return numbers

    def document_frequencies(self, terms: Sequence[bytes]) -> NDArray[np.int64]:
        """Return in how many documents of the segment each of many terms stands."""
        numbers = self._numbers(terms)
        known = np.flatnonzero(numbers >= 0)
        at = numbers[known]
        counts = np.zeros(len(terms), np.int64)
        counts[known] = self._ends[at] - np.where(at > 0, self._ends[at - 1], 0).astype(np.int64)
        return counts

    def document_frequency(self, number: int) -> int:
        """Return in how many documents of the segment term `number` stands."""
        start, end = self._range(number)
        return end - start

    def postings(self, number: int) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """Return the documents (ascending) and frequencies of term `number`."""
        start, end = self._range(number)
        return self._documents[start:end], self._weights(start, end)

    def all_postings(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.float64]]:
        """Return (ends, documents, frequencies) of all terms: for merging."""
        return self._ends, self._documents, self._weights(0, len(self._documents))

    def _weights(self, start: int, end: int) -> NDArray[np.float64]:
        weights = self._frequencies[start:end].astype(np.float64)
        if len(self._many_at):
            # Of the array's own type: else all of it would be converted, for each term.
            ends = np.array([start, end], self._many_at.dtype)
            low, high = self._many_at.searchsorted(ends)
            weights[self._many_at[low:high] - start] = self._many[low:high]
        return weights
