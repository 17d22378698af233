"""Random spans of the texts, and every document they stand in, found without any index.

The finder looks at every position of every folded text. Read character by character it would be
`str.find`, span by span; here all spans are looked for in one pass: the first four UTF-16 units of
each position, packed in a number, say which spans might begin there, and those are compared to
their end. A test compares it with `str.find`.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.corpus import Corpus
from search.text.fold import fold
from search.text.restore import fold_restored

_PREFIX = 4
_BLOCK_UNITS = 4_000_000
# Hashes of this many bits tell most positions at which nothing can begin.
_HASH_BITS = 22
_HASH = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Span:
    """A piece of the text of document `number`, as it stands there and folded."""

    number: int
    raw: str
    folded: str


def random_spans(corpus: Corpus, count: int, seed: int = 1, longest: int = 40) -> list[Span]:
    """Return spans of 1 to `longest` characters from anywhere in the texts, by number of document.

    Every document is as likely as it is long. What folds to nothing (mere punctuation) is left out.
    """
    rng = random.Random(seed)
    wanted = Counter(rng.choices(range(1, len(corpus.sizes) + 1), corpus.sizes, k=count))
    spans = []
    for document in corpus:
        for _ in range(wanted[document.number]):
            size = rng.randint(1, longest)
            start = rng.randint(0, max(0, len(document.text) - size))
            raw = document.text[start : start + size]
            if folded := fold(raw):
                spans.append(Span(document.number, raw, folded))
    return spans


@dataclass(frozen=True)
class Block:
    """The folded texts of some documents, one after the other, each followed by zeros.

    Piece i begins at `starts[i]` and belongs to document `numbers[i]`.
    """

    units: NDArray[np.uint16]
    starts: NDArray[np.int64]
    numbers: NDArray[np.int64]

    def documents(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the documents that positions lie in, each once."""
        return np.unique(self.numbers[np.searchsorted(self.starts, positions, "right") - 1])


def blocks(corpus: Corpus) -> Iterator[Block]:
    """Yield all there is to be found: titles, texts, and texts with masked spellings read back."""
    pieces: list[tuple[int, NDArray[np.uint16]]] = []
    size = 0
    for document in corpus:
        readings = [fold(document.title), fold(document.text)]
        readings += [each.text for each in [fold_restored(document.text)] if each is not None]
        for folded in readings:
            pieces.append((document.number, _units(folded)))
            size += len(folded)
        if size >= _BLOCK_UNITS:
            yield _block(pieces)
            pieces, size = [], 0
    if pieces:
        yield _block(pieces)


def _block(pieces: Sequence[tuple[int, NDArray[np.uint16]]]) -> Block:
    lengths = np.array([len(units) + _PREFIX for _, units in pieces])
    starts = np.cumsum(lengths) - lengths
    units = np.zeros(int(lengths.sum()), np.uint16)
    for start, (_, piece) in zip(starts.tolist(), pieces, strict=True):
        units[start : start + len(piece)] = piece
    return Block(units, starts, np.array([number for number, _ in pieces]))


def _units(folded: str) -> NDArray[np.uint16]:
    return np.frombuffer(folded.encode("utf-16-le"), "<u2")


def holding(parts: Iterable[Block], wanted: Sequence[str]) -> list[NDArray[np.int64]]:
    """Return for each folded string the numbers of all documents that hold it, ascending."""
    strings = list(dict.fromkeys(wanted))
    groups = [_Group(n, strings) for n in range(1, _PREFIX + 1)]
    found: dict[str, list[NDArray[np.int64]]] = defaultdict(list)
    for block in parts:
        for group in groups:
            for string, positions in group.search(block.units):
                found[string].append(block.documents(positions))
    nothing = [np.empty(0, np.int64)]
    return [np.unique(np.concatenate(found.get(string, nothing))) for string in wanted]


class _Group:
    """The strings that have `prefix` units at least (`_PREFIX`) or exactly (fewer)."""

    def __init__(self, prefix: int, strings: Iterable[str]) -> None:
        self._prefix = prefix
        self._strings: defaultdict[int, list[tuple[str, NDArray[np.uint16]]]] = defaultdict(list)
        for string in strings:
            units = _units(string)
            if min(len(units), _PREFIX) == prefix:
                self._strings[int(self._keys(units)[0])].append((string, units))
        self._keys_wanted = np.array(sorted(self._strings), np.uint64)
        self._maybe = np.zeros(1 << _HASH_BITS, bool)
        self._maybe[_hashes(self._keys_wanted)] = True

    def _keys(self, units: NDArray[np.uint16]) -> NDArray[np.uint64]:
        """Return for each position the units that begin there, packed."""
        count = len(units) - self._prefix + 1
        keys = np.zeros(max(0, count), np.uint64)
        for offset in range(self._prefix):
            keys <<= np.uint64(16)
            keys |= units[offset : offset + count]
        return keys

    def search(self, units: NDArray[np.uint16]) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """Yield each string that stands in `units` with the positions where it begins."""
        if not self._strings:
            return
        keys = self._keys(units)
        positions = np.flatnonzero(self._maybe[_hashes(keys)])
        keys = keys[positions]
        order = np.argsort(keys, kind="stable")
        keys, positions = keys[order], positions[order]
        lows = np.searchsorted(keys, self._keys_wanted)
        highs = np.searchsorted(keys, self._keys_wanted, "right")
        for key, low, high in zip(self._keys_wanted.tolist(), lows, highs, strict=True):
            for string, wanted in self._strings[key] if low < high else ():
                at = _beginning(units, positions[low:high], wanted)
                if len(at):
                    yield string, at


def _hashes(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return (keys * _HASH) >> np.uint64(64 - _HASH_BITS)


def _beginning(
    units: NDArray[np.uint16], positions: NDArray[np.int64], wanted: NDArray[np.uint16]
) -> NDArray[np.int64]:
    """Return those positions at which `wanted` begins; the prefix is known to stand there."""
    positions = positions[positions <= len(units) - len(wanted)]
    for offset in range(_PREFIX, len(wanted)):
        positions = positions[units[positions + offset] == wanted[offset]]
    return positions
