"""Our arrays as a codec of Whoosh's: its writer, reader and searcher work on them unchanged.

Terms and postings lie in `postings`, values of documents in `columns` and `exact`. Whoosh's own
searcher over them is the oracle of the vectorised execution.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
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

from search.index.format.arrays import map_file, read_arrays
from search.index.format.columns import CodesColumn, IntColumn
from search.index.format.exact import ExactColumn
from search.index.format.postings import FieldTerms, PostingsWriter
from search.index.format.storage import abandon


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
        return PostingsWriter(segment.create_file(storage, self.TERMS_EXT))

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
