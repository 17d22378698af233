"""Our arrays as a codec of Whoosh's: its segments, commits, deletions and merges work on them unchanged.

Terms and postings lie in `postings`, values of documents in `columns` and `exact`. Whoosh's own searcher
finds no terms in such an index: `search.index.read` searches it.
"""

from __future__ import annotations

import io
import mmap
import secrets
from typing import Any

from numpy.typing import NDArray
from whoosh.codec import base
from whoosh.codec.whoosh3 import (
    STORED_COLUMN,
    W3Codec,
    W3PerDocReader,
    W3PerDocWriter,
    W3Segment,
)
from whoosh.filedb.structfile import StructFile

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

    def terms_reader(self, storage: Any, segment: Any) -> ArrayTerms:
        """Return the reader of terms and postings."""
        file = segment.open_file(storage, self.TERMS_EXT)
        try:
            return ArrayTerms(read_arrays(map_file(file)))
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
    """Whoosh's reader of columns, none of which stays open: each file is read or mapped, and closed.

    So a reader needs no closing, and lives as long as what was taken from it.
    """

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

    def _get_column_file(self, fieldname: str) -> tuple[StructFile, int, int]:
        content = self.raw_column(fieldname)
        file = content.obj if isinstance(content.obj, mmap.mmap) else io.BytesIO(content)
        return StructFile(file, fieldname), 0, len(content)


class ArrayTerms:
    """The terms of a segment by field, in the place of Whoosh's reader of terms."""

    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        names = {name.rsplit("/", 1)[0] for name in arrays}
        self.fields = {name: FieldTerms(arrays, name) for name in sorted(names)}

    def close(self) -> None:
        """Close nothing: the arrays live as long as they are used."""
