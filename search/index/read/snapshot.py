"""One committed state of the index, opened for searching.

A snapshot holds only arrays that never change, most of them memory maps, so any number of threads
may search it at once; Whoosh's own searcher may not be shared. Documents of all segments are numbered
through: number = base of the segment + number in it.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, TypeVar

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray
from whoosh.util.numeric import byte_to_length

from search.index.format.bigrams import CodeUnits
from search.index.format.columns import MISSING, CodesColumn, IntColumn
from search.index.format.exact import ExactColumn, JoinedColumn
from search.index.format.fields import RESTORED
from search.index.format.postings import FieldTerms
from search.index.sets import Codes, Postings

T = TypeVar("T")
# The most that one worker keeps of what it computed, beyond the maps that all share.
CACHE_BYTES = 48 * 2**20
# What the cache itself takes for an entry, beside key and value; measured.
_SLOT = 200
# Looking in so small a share of all documents takes less than looking in all and keeping the result.
_FEW_SHARE = 16
# Values that lead to no others.
_PLAIN = {str, bytes, int, float, bool, type(None)}
_LENGTHS = np.array([byte_to_length(i) for i in range(256)], np.float64)


@dataclass(frozen=True)
class Segment:
    """One segment of a snapshot: its first document's number, its reader, its terms, its columns."""

    base: int
    size: int
    reader: Any
    terms: dict[str, FieldTerms]
    columns: dict[str, Any]

    @property
    def name(self) -> str:
        """What no other segment of the index has been or will be called."""
        name: str = self.reader.segment().segment_id()
        return name

    def column(self, name: str, kind: Any) -> Any | None:
        """Return the reader of a column, None if there is none, opened once."""
        if name not in self.columns:
            documents = self.reader._perdoc
            self.columns[name] = (
                documents.column_reader(name, kind) if documents.has_column(name) else None
            )
        return self.columns[name]

    def part(self, documents: NDArray[np.int64]) -> slice:
        """Return which part of ascending documents lies in the segment."""
        low, high = np.searchsorted(documents, [self.base, self.base + self.size])
        return slice(int(low), int(high))


class Snapshot:
    """A committed state of the index. `key` tells states apart.

    A commit writes new segments and leaves others as they are: what the state `before` has opened of these
    is used again, as a map that is made anew has to be filled anew, page by page.
    """

    def __init__(
        self,
        reader: Any,
        schema: Any,
        key: tuple[Any, ...] = (),
        before: Snapshot | None = None,
    ) -> None:
        self.key = key
        self.schema = schema
        self._reader = reader
        self._lock = threading.RLock()
        self._cache: LRUCache[Hashable, tuple[Hashable, Any]] = LRUCache(CACHE_BYTES, cost)
        self._cache_lock = threading.Lock()
        # One value a field of the schema and kind: what is asked adds nothing.
        self._kept: dict[Any, Any] = {}
        self.segments: list[Segment] = []
        base = 0
        opened = {each.name: each for each in before.segments} if before else {}
        for leaf, _offset in self._reader.leaf_readers():
            size = leaf.doc_count_all()
            if size:
                held = opened.get(leaf.segment().segment_id())
                terms, columns = (held.terms, held.columns) if held else (leaf._terms.fields, {})
                self.segments.append(Segment(base, size, leaf, terms, columns))
                base += size
        self.size = base
        self.live = np.ones(base, bool)
        for segment in self.segments:
            deleted = list(segment.reader.segment().deleted_docs())
            self.live[np.array(deleted, np.int64) + segment.base] = False
        # Mapped now: a commit may remove the files at any time, and what is not there reads as empty.
        self._columns = {
            name: [segment.column(name, kind.column_type) for segment in self.segments]
            for name, kind in schema.items()
            if kind.column_type is not None
        }
        self._lengths = {
            name: [segment.reader._perdoc.raw_column(f"_{name}_len") for segment in self.segments]
            for name, kind in schema.items()
            if kind.scorable
        }

    def _keep(self, key: Any, make: Callable[[], T]) -> T:
        """Return what `make` gives, computed once for the life of the snapshot."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            return self._kept[key]

    @property
    def kept_bytes(self) -> int:
        """How much of the cache is used."""
        return int(self._cache.currsize)

    def remembers(self, key: Hashable) -> bool:
        """Say whether the cache holds what belongs to a key."""
        return key in self._cache

    def remember(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` gives (arrays), from a cache bounded by CACHE_BYTES.

        What has not been used for longest goes first. Threads do not wait for what others make.
        """
        with self._cache_lock:
            if key in self._cache:
                kept: T = self._cache[key][1]
                return kept
        value = make()
        with self._cache_lock, contextlib.suppress(ValueError):  # larger than the whole cache
            self._cache[key] = (key, value)
        return value

    # Columns

    def column(self, name: str) -> list[Any | None]:
        """Return the reader of a column in each segment, None where a segment has no such column."""
        return self._columns[name]

    def integers(self, name: str) -> NDArray[np.int64]:
        """Return the values of an integer column, by document; MISSING for none."""

        def make() -> NDArray[np.int64]:
            values = np.full(self.size, MISSING)
            for segment, reader in zip(self.segments, self.column(name), strict=True):
                if isinstance(reader, IntColumn.Reader):
                    values[segment.base : segment.base + segment.size] = reader.values
            return values

        return self._keep(("integers", name), make)

    def codes(self, name: str) -> Codes:
        """Return a column of codes, with one list of values for all segments."""

        def make() -> Codes:
            if self.schema[name].column_type is None:
                found = ((s.base, s.terms[name]) for s in self.segments if name in s.terms)
                return Codes.of_terms(found)
            return Codes.of(self._parts(name), self.size)

        return self._keep(("codes", name), make)

    def ranks(self, name: str) -> NDArray[np.int64]:
        """Return where the key of each document comes among all keys of a field; MISSING for none."""
        key = self.schema[name].order
        return self._keep(("ranks", name), lambda: self.codes(name).ranks(key, self.size))

    def _parts(self, name: str) -> Iterator[tuple[int, int, CodesColumn.Reader]]:
        for segment, reader in zip(self.segments, self.column(name), strict=True):
            if isinstance(reader, CodesColumn.Reader):
                yield segment.base, segment.size, reader

    def lengths(self, name: str) -> NDArray[np.float64]:
        """Return the length of a field in words, by document, as coarse as Whoosh keeps it."""

        def make() -> NDArray[np.float64]:
            codes = np.zeros(self.size, np.uint8)
            for segment, column in zip(self.segments, self._lengths[name], strict=True):
                raw = np.frombuffer(column, np.uint8)
                codes[segment.base : segment.base + len(raw)] = raw
            return _LENGTHS[codes]

        return self._keep(("lengths", name), make)

    def average_length(self, name: str) -> float:
        """Return the mean length of a field as Whoosh computes it (deleted documents included)."""
        total = sum(s.reader.field_length(name) for s in self.segments)
        return total / (self.size or 1) or 1.0

    def norms(self, name: str) -> NDArray[np.float64]:
        """Return the lengths of a field in relation to the mean, by document."""
        return self._keep(("norms", name), lambda: self.lengths(name) / self.average_length(name))

    def sizes(self, name: str) -> NDArray[np.int64]:
        """Return how many code units the folded text of a field has, by document."""

        def make() -> NDArray[np.int64]:
            sizes = np.zeros(self.size, np.int64)
            for segment, reader in self.exact(name):
                ends = reader.starts[: segment.size + 1].astype(np.int64)
                sizes[segment.base : segment.base + segment.size] = np.diff(ends) - 1
            return sizes

        return self._keep(("sizes", name), make)

    def stored(self, number: int) -> dict[str, Any]:
        """Return the stored fields of a document."""
        segment = next(s for s in self.segments if number < s.base + s.size)
        with self._lock:  # Whoosh reads them through a shared file position
            return dict(segment.reader.stored_fields(number - segment.base))

    # Leaves

    def postings(self, name: str, term: bytes) -> Postings:
        """Return the documents (ascending) and frequencies of a term over all segments."""
        return self.remember(("postings", name, term), lambda: self._postings(name, term))

    def _postings(self, name: str, term: bytes) -> Postings:
        having = list(self._having(name, term))
        size = sum(terms.document_frequency(number) for _, terms, number in having)
        documents, frequencies = np.empty(size, np.int64), np.empty(size)
        done = 0
        for segment, terms, number in having:
            found, times = terms.postings(number)
            part = slice(done, done := done + len(found))
            np.add(found, segment.base, out=documents[part], dtype=np.int64)
            frequencies[part] = times
        return documents, frequencies

    def is_restored(self, name: str) -> bool:
        """Say whether a field has restored readings whose words are not those of the first ones."""

        def look() -> bool:
            return any(
                s.terms[name].begins(RESTORED.encode()) for s in self.segments if name in s.terms
            )

        return self._keep(("restored", name), look)

    def document_frequency(self, name: str, term: bytes) -> int:
        """Return in how many documents a term stands, deleted ones included."""
        found = self._having(name, term)
        return sum(terms.document_frequency(number) for _, terms, number in found)

    def document_frequencies(self, name: str, terms: Sequence[bytes]) -> NDArray[np.int64]:
        """Return for each of many terms in how many documents it stands; one call takes less than many."""
        total = np.zeros(len(terms), np.int64)
        for segment in self.segments:
            if name in segment.terms:
                total += segment.terms[name].document_frequencies(terms)
        return total

    def _having(self, name: str, term: bytes) -> Iterator[tuple[Segment, FieldTerms, int]]:
        """Yield the segments that have a term, with the field's terms and the number among these."""
        for segment in self.segments:
            if name in segment.terms:
                number = segment.terms[name].number(term)
                if number >= 0:
                    yield segment, segment.terms[name], number

    def exact(self, name: str) -> list[tuple[Segment, ExactColumn.Reader]]:
        """Return the character layer of a field in each segment that has one."""
        return [
            (segment, reader)
            for segment, reader in zip(self.segments, self.column(name), strict=True)
            if isinstance(reader, ExactColumn.Reader)
        ]

    def joined(self, name: str) -> JoinedColumn:
        """Return the character layers of a field in all segments as one."""

        def make() -> JoinedColumn:
            return JoinedColumn((segment.base, reader) for segment, reader in self.exact(name))

        return self._keep(("joined", name), make)

    def characters(self, name: str) -> int:
        """Return about how many characters a field has in all documents."""
        return sum(len(reader.code_units) for _, reader in self.exact(name))

    def bigram_counts(self, name: str, wanted: CodeUnits) -> NDArray[np.int64]:
        """Return how often each bigram of a string stands in a field, deleted texts included."""
        total = np.zeros(max(0, len(wanted) - 1), np.int64)
        for _, reader in self.exact(name):
            total += reader.bigram_counts(wanted)
        return total

    def count_bound(self, name: str, wanted: CodeUnits) -> int:
        """Return an upper bound of how often a string stands in a field, deleted texts included."""
        return sum(reader.count_bound(wanted) for _, reader in self.exact(name))

    def counts(
        self,
        name: str,
        wanted: CodeUnits,
        *,
        second: bool,
        within: NDArray[np.int64] | None = None,
    ) -> Postings:
        """Return the documents in which a string stands in a field (ascending) and how often.

        With `within` (documents, ascending) others may be left out; if that is few, they are.
        """
        if within is not None and len(within) * _FEW_SHARE > self.size:
            within = None
        key = ("exact", name, wanted.tobytes(), second)
        if within is None or self.remembers(key):
            return self.remember(key, lambda: self._counts(name, wanted, second, None))
        return self._counts(name, wanted, second, within)

    def _counts(
        self,
        name: str,
        wanted: CodeUnits,
        second: bool,
        within: NDArray[np.int64] | None,
    ) -> Postings:
        documents, numbers = self.joined(name).counts(wanted, second=second, within=within)
        return documents, numbers.astype(np.float64)


def cost(entry: tuple[Hashable, Any]) -> int:
    """Return about how many bytes a key and its value take in the cache.

    Most of what visitors ask for stands nowhere or in few documents, so arrays are small beside what is
    around them: counting their bytes alone would let the cache of a busy site grow without end.
    """
    return size_of(entry) + _SLOT


def size_of(value: Any) -> int:
    """Return about how many bytes a value takes: arrays and what they are views of, tuples, queries."""
    size = sys.getsizeof(value)
    # Most are: telling what else they may be would take longer than counting.
    if type(value) in _PLAIN:
        return size
    if isinstance(value, np.ndarray):
        if isinstance(value.base, np.ndarray):
            return size + size_of(value.base)
        return size if value.base is None else size + value.nbytes
    if isinstance(value, tuple | list):
        return size + sum(map(size_of, value))
    if isinstance(value, dict):
        return size + sum(map(size_of, value)) + sum(map(size_of, value.values()))
    if hasattr(value, "__dict__"):
        return size + size_of(vars(value))
    if is_dataclass(value):  # with slots
        return size + sum(size_of(getattr(value, f.name)) for f in fields(value))
    return size
