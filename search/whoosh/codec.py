"""Postings as arrays, through Whoosh's own codec interface.

Whoosh 2.7.4 keeps postings as compressed pickles of tuples, which cost Python time for every posting
written and read. This codec keeps the same facts (sorted terms, document numbers, frequencies,
field lengths) as arrays in one memory-mapped file a segment: nothing to decode, and the pages are
shared by all worker processes. Whoosh's own reader and searcher work on it unchanged; they are the
oracle of the vectorised execution.
"""

from __future__ import annotations

import secrets
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec import base
from whoosh.codec.whoosh3 import (
    STORED_COLUMN,
    W3Codec,
    W3PerDocReader,
    W3PerDocWriter,
    W3Segment,
    W3TermInfo,
)
from whoosh.matching import ListMatcher
from whoosh.reading import TermNotFound
from whoosh.util.numeric import byte_to_length

from search.whoosh.arrays import map_file, read_arrays, write_arrays
from search.whoosh.columns import CodesColumn, IntColumn
from search.whoosh.exact import ExactColumn
from search.whoosh.storage import abandon

# Frequencies take one byte; this value says that the true one stands in a small side table.
_MANY = 255


class ArrayCodec(W3Codec):
    """Whoosh's codec 3 with its terms and postings replaced by arrays."""

    TERMS_EXT = ".words"

    def new_segment(self, storage: Any, indexname: str) -> W3Segment:
        """Return a new segment, named by the system: a seeded `random` would name a living one again."""
        return W3Segment(self, indexname, segid=secrets.token_hex(8))

    def per_document_writer(self, storage: Any, segment: Any) -> ColumnsWriter:
        """Return the writer of per-document values."""
        return ColumnsWriter(self, storage, segment)

    def per_document_reader(self, storage: Any, segment: Any) -> ColumnsReader:
        """Return the reader of per-document values."""
        return ColumnsReader(storage, segment)

    def field_writer(self, storage: Any, segment: Any) -> PostingsWriter:
        """Return the writer of terms and postings."""
        return PostingsWriter(storage, segment)

    def terms_reader(self, storage: Any, segment: Any) -> ArrayTermsReader:
        """Return the reader of terms and postings."""
        file = segment.open_file(storage, self.TERMS_EXT)
        try:
            return ArrayTermsReader(read_arrays(map_file(file)), storage, segment)
        finally:
            file.close()


class ColumnsWriter(W3PerDocWriter):
    """Whoosh's writer of columns, writing each into its own file at once.

    The stock one collects all in a temporary compound file and copies it, which doubles the work
    for a column of hundreds of megabytes.
    """

    def __init__(self, codec: ArrayCodec, storage: Any, segment: Any) -> None:
        # Not W3PerDocWriter.__init__, which opens that temporary file.
        base.PerDocWriterWithColumns.__init__(self)
        self._codec, self._storage, self._segment = codec, storage, segment
        self._files: list[Any] = []
        self._colwriters: dict[str, Any] = {}
        self._fieldlengths: dict[str, int] = {}
        self._doccount = 0
        self._storedfields: dict[str, Any] | None = None
        self._indoc = False
        self.is_closed = False
        self._vpostfile = None
        self._create_column("_stored", STORED_COLUMN)

    def _create_column(self, fieldname: str, column: Any) -> None:
        file = self._storage.create_file(self._column_filename(fieldname))
        self._files.append(file)
        self._colwriters[fieldname] = column.writer(file)

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int) -> None:
        """Note a stored value and the length of a field of the current document."""
        self._fieldlengths.setdefault(fieldname, 0)
        super().add_field(fieldname, fieldobj, value, length)

    def close(self) -> None:
        """Finish all columns and close their files."""
        if self._indoc:
            self.finish_doc()
        self._segment._fieldlengths = self._fieldlengths
        for writer in self._colwriters.values():
            writer.finish(self._doccount)
        for file in self._files:
            file.close()
        self.is_closed = True

    def abandon(self) -> None:
        """Close the files as they are: for a writer that is cancelled."""
        for file in self._files:
            abandon(file)
        self.is_closed = True


class ColumnsReader(W3PerDocReader):
    """Whoosh's reader of columns, mapping those that are arrays instead of keeping files open."""

    def column_reader(self, fieldname: str, column: Any) -> Any:
        """Return the reader of a column of the segment."""
        if isinstance(column, IntColumn | CodesColumn | ExactColumn):
            with self._storage.open_file(W3Codec.column_filename(self._segment, fieldname)) as file:
                return column.reader(file, 0, 0, self._doccount)
        return super().column_reader(fieldname, column)

    def raw_column(self, fieldname: str) -> memoryview:
        """Return the bytes of a column as they lie in its file, empty if it has none."""
        if not self.has_column(fieldname):
            return memoryview(b"")
        name = W3Codec.column_filename(self._segment, fieldname)
        if not self._storage.file_length(name):
            return memoryview(b"")
        with self._storage.open_file(name) as file:
            return map_file(file)


@dataclass(frozen=True)
class Postings:
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

    def __init__(self, storage: Any, segment: Any) -> None:
        self._file = segment.create_file(storage, ArrayCodec.TERMS_EXT)
        self._arrays: dict[str, NDArray[Any]] = {}
        self.is_closed = False

    def add_field(self, name: str, postings: Postings, doccount: int) -> None:
        """Add one field. Document numbers take two bytes where the segment allows it."""
        blob = b"".join(postings.terms)
        lengths = np.fromiter(map(len, postings.terms), np.int64, len(postings.terms))
        many = np.flatnonzero(postings.frequencies >= _MANY)
        self._arrays |= {
            f"{name}/text": np.frombuffer(blob, np.uint8),
            f"{name}/text_ends": np.cumsum(lengths).astype("<u4"),
            f"{name}/heads": np.fromiter(map(_head, postings.terms), "<u8", len(postings.terms)),
            f"{name}/ends": postings.ends.astype("<u4"),
            f"{name}/documents": postings.documents.astype("<u2" if doccount <= 2**16 else "<u4"),
            f"{name}/frequencies": np.minimum(postings.frequencies, _MANY).astype(np.uint8),
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
    """Return the first eight bytes of a term as a number that sorts as they do."""
    return int.from_bytes(term[:8].ljust(8, b"\0"), "big")


class FieldTerms:
    """The terms and postings of one field of one segment."""

    def __init__(self, arrays: dict[str, NDArray[Any]], name: str) -> None:
        self._text = arrays[f"{name}/text"].data
        self._text_ends = arrays[f"{name}/text_ends"]
        self._heads = arrays[f"{name}/heads"]
        self._ends = arrays[f"{name}/ends"]
        self._documents = arrays[f"{name}/documents"]
        self._frequencies = arrays[f"{name}/frequencies"]
        self._many_at = arrays[f"{name}/many_at"]
        self._many = arrays[f"{name}/many"]

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> bytes:
        if not 0 <= number < len(self):
            raise IndexError(number)
        start = self._text_ends[number - 1] if number else 0
        return bytes(self._text[start : self._text_ends[number]])

    def number(self, term: bytes) -> int:
        """Return the number of a term, -1 if the segment does not have it."""
        at = self.at_or_after(term)
        return at if at < len(self) and self[at] == term else -1

    def at_or_after(self, term: bytes) -> int:
        """Return the number of the first term that is not less than `term`."""
        head = np.uint64(_head(term))
        # Few terms share eight bytes; among these it takes steps in Python.
        low = int(np.searchsorted(self._heads, head))
        high = int(np.searchsorted(self._heads, head, "right"))
        return bisect_left(self, term, low, high)

    def _range(self, number: int) -> tuple[int, int]:
        return int(self._ends[number - 1]) if number else 0, int(self._ends[number])

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
            low, high = np.searchsorted(self._many_at, [start, end])
            weights[self._many_at[low:high] - start] = self._many[low:high]
        return weights


class ArrayTermsReader(base.TermsReader):
    """Whoosh's view of the terms of a segment."""

    def __init__(self, arrays: dict[str, NDArray[Any]], storage: Any, segment: Any) -> None:
        names = {name.rsplit("/", 1)[0] for name in arrays}
        self.fields = {name: FieldTerms(arrays, name) for name in sorted(names)}
        self._lengths = ColumnsReader(storage, segment)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        field = self.fields.get(term[0])
        return field is not None and field.number(term[1]) >= 0

    def indexed_field_names(self) -> list[str]:
        """Return the names of the fields that have terms."""
        return list(self.fields)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Go through all terms of all fields, in order."""
        for name, field in self.fields.items():
            for number in range(len(field)):
                yield name, field[number]

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Go through the terms of a field from `prefix` on."""
        field = self.fields.get(fieldname)
        if field is not None:
            for number in range(field.at_or_after(prefix), len(field)):
                yield fieldname, field[number]

    def items(self) -> Iterator[tuple[tuple[str, bytes], W3TermInfo]]:
        """Go through all terms with what is known of them."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], W3TermInfo]]:
        """Go through the terms of a field from `prefix` on with what is known of them."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def _postings(self, fieldname: str, text: bytes) -> tuple[NDArray[Any], NDArray[np.float64]]:
        field = self.fields.get(fieldname)
        number = -1 if field is None else field.number(text)
        if field is None or number < 0:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        return field.postings(number)

    def term_info(self, fieldname: str, text: bytes) -> W3TermInfo:
        """Return the statistics of a term; TermNotFound if it is not there."""
        documents, weights = self._postings(fieldname, text)
        info = W3TermInfo()
        info._weight = float(weights.sum())
        info._df = len(documents)
        info._maxweight = float(np.max(weights))
        info._minid, info._maxid = int(documents[0]), int(documents[-1])
        lengths = [self._lengths.doc_field_length(int(d), fieldname, 0) for d in documents[:64]]
        # Bounds that are wide enough: only the block quality of the stock matcher reads them.
        info._minlength = min(lengths) if len(documents) <= 64 else 0
        info._maxlength = max(lengths) if len(documents) <= 64 else byte_to_length(255)
        return info

    def frequency(self, fieldname: str, text: bytes) -> float:
        """Return how often a term stands in the segment. KeyError if it does not."""
        if (fieldname, text) not in self:
            raise KeyError(text)
        return float(self._postings(fieldname, text)[1].sum())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Return in how many documents of the segment a term stands. KeyError if in none."""
        if (fieldname, text) not in self:
            raise KeyError(text)
        return len(self._postings(fieldname, text)[0])

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        """Return Whoosh's own kind of matcher over the postings of a term."""
        documents, weights = self._postings(fieldname, text)
        return ListMatcher(
            documents.tolist(),
            weights.tolist(),
            format=format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )

    def cursor(self, fieldname: str, fieldobj: Any) -> TermCursor:
        """Return a cursor over the terms of a field."""
        return TermCursor(self.fields.get(fieldname), fieldobj)

    def close(self) -> None:
        """Close the column that lengths are read from; the arrays live as long as they are used."""
        self._lengths.close()


class TermCursor(base.FieldCursor):
    """Walks the terms of one field."""

    def __init__(self, terms: FieldTerms | None, fieldobj: Any) -> None:
        self._terms, self._fieldobj, self._at = terms, fieldobj, 0

    def first(self) -> str | None:
        """Go to the first term and return it."""
        self._at = 0
        return self.text()

    def find(self, term: bytes | str) -> str | None:
        """Go to the first term not less than `term` and return it."""
        wanted = term if isinstance(term, bytes) else self._fieldobj.to_bytes(term)
        self._at = self._terms.at_or_after(wanted) if self._terms is not None else 0
        return self.text()

    def next(self) -> str | None:
        """Go to the next term and return it."""
        self._at += 1
        return self.text()

    def text(self) -> str | None:
        """Return the current term, None at the end."""
        if not self.is_valid() or self._terms is None:
            return None
        return str(self._fieldobj.from_bytes(self._terms[self._at]))

    def is_valid(self) -> bool:
        """Say whether the cursor stands on a term."""
        return self._terms is not None and self._at < len(self._terms)
