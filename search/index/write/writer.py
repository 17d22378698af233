"""Write segments in arrays, and merge them; bounded in memory however large the archive.

What differs from Whoosh's own writer is how postings are collected (`inversion`), and that segments
are bounded by their text. Segments, commits, deletions and rollback stay Whoosh's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from whoosh.writing import SegmentWriter

from search.errors import IndexUnavailable
from search.index.format.checksums import damaged_files, write_checksums
from search.index.format.codec import ArrayCodec
from search.index.format.fields import RESTORED, KeyField, TextField, analyse
from search.index.write.inversion import FieldInverter
from search.text.segmenter import inner_words

# Sorting takes about 20 bytes a character: 32 million characters stay far below 1 GB.
SEGMENT_SIZE = 32_000_000
# Merge when a size class holds this many segments; a class spans this factor.
MERGE_FACTOR = 4
_SMALLEST_CLASS = 50_000


class ArrayWriter(SegmentWriter):
    """Whoosh's segment writer with its postings in arrays.

    `segment_size` bounds the text (UTF-16 code units) of one segment; beyond it a new one is begun.
    """

    def __init__(self, ix: Any, *, segment_size: int = SEGMENT_SIZE, **kwargs: Any) -> None:
        super().__init__(ix, codec=ArrayCodec(), compound=False, **kwargs)
        self._segment_size = segment_size
        self._size = 0
        self._postings: dict[str, FieldInverter] = {}
        self._finished: list[Any] = []

    def add_document(self, **fields: Any) -> None:
        """Add one document. The caller sees to it that an identity comes once a writer."""
        self._check_state()
        self._check_fields(self.schema, fields)
        if self._size >= self._segment_size:
            self._begin_segment()
        self.perdocwriter.start_doc(self.docnum)
        for name in sorted(fields):
            if fields[name] is not None:
                self._add_value(name, self.schema[name], fields[name])
        self.perdocwriter.finish_doc()
        self._added = True
        self.docnum += 1

    def _add_value(self, name: str, field: Any, value: Any) -> None:
        length = 0
        if isinstance(field, TextField):
            analysed = analyse(value)
            postings = self._postings.setdefault(name, FieldInverter(inner_words))
            postings.add(self.docnum, analysed.words)
            if analysed.restored:
                marked = {RESTORED + word: n for word, n in analysed.restored.items()}
                postings.add_counted(self.docnum, marked)
            length = len(analysed.words)
            column_value: Any = analysed.exact
            self._size += len(analysed.exact.first.code_units)
        else:
            if isinstance(field, KeyField):
                self._field(name).add_keys(self.docnum, field.values(value))
            column_value = field.to_column_value(value) if field.column_type else None
        stored = value if field.stored else None
        self.perdocwriter.add_field(name, field, stored, length)
        if field.column_type:
            self.perdocwriter.add_column_value(name, field.column_type, column_value)

    def _field(self, name: str) -> FieldInverter:
        return self._postings.setdefault(name, FieldInverter())

    def add_reader(self, reader: Any) -> None:
        """Add what lives in another segment: a merge."""
        self._check_state()
        live = np.ones(reader.doc_count_all(), bool)
        live[list(reader.segment().deleted_docs())] = False
        new_numbers = np.where(live, self.docnum + np.cumsum(live) - 1, -1)
        names = list(self.schema.names())
        self.write_per_doc(names, reader)
        for name, terms in reader._terms.fields.items():
            if name in self.schema:
                inner = inner_words if isinstance(self.schema[name], TextField) else None
                self._postings.setdefault(name, FieldInverter(inner)).add_terms(terms, new_numbers)
        self._size += text_size(reader.segment(), self.schema)
        self._added = True

    def _begin_segment(self) -> None:
        """Finish the segment being written and begin another in the same transaction."""
        self._finished.append(self._finalize_segment())
        self.newsegment = self.codec.new_segment(self.storage, self.indexname)
        self.perdocwriter = self.codec.per_document_writer(self.storage, self.newsegment)
        self.fieldwriter = self.codec.field_writer(self.storage, self.newsegment)
        self.docnum = self.docbase
        self._size = 0
        self._added = False

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        for name in sorted(self._postings):
            postings = self._postings.pop(name).finish()
            self.fieldwriter.add_field(name, postings, self.docnum)
        self.fieldwriter.close()

    def _finalize_segment(self) -> Any:
        segment = super()._finalize_segment()
        write_checksums(self.storage, segment)
        return segment

    def _close_segment(self) -> None:
        if not self.perdocwriter.is_closed:
            self.perdocwriter.abandon()
        if not self.fieldwriter.is_closed:
            self.fieldwriter.abandon()
        self.pool.cleanup()

    def commit(
        self,
        mergetype: Callable[[Any, list[Any]], list[Any]] | None = None,
        optimize: bool | None = None,
        merge: bool | None = None,
    ) -> None:
        """Make all additions and deletions visible and durable, in one step."""
        self._check_state()
        try:
            if mergetype is None and not optimize and merge is not False:
                mergetype = merge_tiers
            segments = self._merge_segments(mergetype, optimize, merge)
            if self._added:
                segments = [*segments, *self._finished, self._finalize_segment()]
            else:
                self._close_segment()
                segments = [*segments, *self._finished]
            self._commit_toc(segments)
        finally:
            self._finish()

    def finish_segments(self) -> list[Any]:
        """Finish without a table of contents and return the segments: for parallel builds."""
        self._check_state()
        try:
            last = [self._finalize_segment()] if self._added else []
            self.storage.flush()
            return [*self._finished, *last]
        finally:
            self._finish()

    def cancel(self) -> None:
        """Give up everything since the writer was opened and release the lock."""
        self._check_state()
        self._finish()

    def _finish(self) -> None:
        self._close_segment()  # after an error its files are still open
        super()._finish()


def text_size(segment: Any, schema: Any) -> int:
    """Return about how much text a segment holds: its number of words stands for it."""
    lengths = getattr(segment, "_fieldlengths", {})
    return sum(n for name, n in lengths.items() if isinstance(schema[name], TextField)) * 2


def merge_tiers(writer: ArrayWriter, segments: list[Any]) -> list[Any]:
    """Merge segments of like size when there are several, and rewrite those that are mostly dead.

    Whoosh's own policy counts documents, not text, and knows no upper bound.
    """
    tiers: dict[int, list[Any]] = defaultdict(list)
    kept: list[Any] = []
    for segment in segments:
        size = text_size(segment, writer.schema)
        if segment.doc_count() == 0:
            continue
        if segment.deleted_count() * 2 > segment.doc_count_all():
            tiers[-1].append(segment)
        elif size * 2 > SEGMENT_SIZE:
            kept.append(segment)
        else:
            tiers[max(0, _log(size // _SMALLEST_CLASS))].append(segment)
    for tier, members in sorted(tiers.items()):
        if tier >= 0 and len(members) < MERGE_FACTOR:
            kept.extend(members)
        else:
            _merge(writer, members)
    return kept


def _log(number: int) -> int:
    return (number.bit_length() + 1) // 2


def _merge(writer: ArrayWriter, segments: Iterable[Any]) -> None:
    from whoosh.reading import SegmentReader  # noqa: PLC0415 (whoosh.reading imports whoosh.writing)

    for segment in segments:
        # Merged, damage would be given a checksum that is right.
        if damaged := damaged_files(writer.storage, segment):
            raise IndexUnavailable(f"damaged: {', '.join(damaged)}")
        if writer._size >= writer._segment_size:
            writer._begin_segment()
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
