"""Invert the documents of a segment: from the words of each document to the documents of each word.

Whoosh makes a Python tuple of each posting. Here the words of a segment are numbered by a dictionary,
and its postings are 64-bit keys that are sorted once: number of the word, document, frequency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.index.format.postings import FieldTerms, InvertedField

# Bits of a key; the number of the word has the rest.
_DOCUMENT_BITS, _FREQUENCY_BITS = 24, 16
_NUMBER_SHIFT = np.uint64(_DOCUMENT_BITS + _FREQUENCY_BITS)
_MOST_FREQUENT = (1 << _FREQUENCY_BITS) - 1


class FieldInverter:
    """The postings of one field of a segment being written, as keys of 64 bits.

    A key packs (number of the word, document, frequency). `inner` gives the shorter words inside a
    word; they are worked out once for each different word, not each time it stands somewhere.
    """

    def __init__(self, inner: Callable[[str], Sequence[str]] | None = None) -> None:
        self._inner = inner
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._parts: list[NDArray[np.uint64]] = []
        self._expanded: list[NDArray[np.uint64]] = []
        self._single: list[tuple[int, int]] = []

    def add(self, document: int, words: list[str]) -> None:
        """Add the words of a document, repeated as they stand, one after the other."""
        numbers = np.fromiter(map(self._numbers.__getitem__, words), np.uint64, len(words))
        unique, frequencies = np.unique(numbers, return_counts=True)
        self._parts.append(_keys(unique, np.uint64(document), frequencies.astype(np.uint64)))

    def add_counted(self, document: int, words: Mapping[str, int]) -> None:
        """Add words of a document with their frequencies, and nothing inside them."""
        numbers = np.fromiter(map(self._numbers.__getitem__, words), np.uint64, len(words))
        frequencies = np.fromiter(words.values(), np.uint64, len(words))
        self._expanded.append(_keys(numbers, np.uint64(document), frequencies))

    def add_keys(self, document: int, keys: Iterable[str]) -> None:
        """Add strings that stand once in a document, and nothing inside them."""
        self._single.extend((self._numbers[key], document) for key in keys)

    def add_terms(self, terms: FieldTerms, new_numbers: NDArray[np.int64]) -> None:
        """Add all postings of a field of another segment.

        `new_numbers` gives the new number of each of its documents, -1 for those that are gone.
        """
        ends, documents, frequencies = terms.all_postings()
        names = (terms[i].decode() for i in range(len(terms)))
        numbers = np.fromiter(map(self._numbers.__getitem__, names), np.uint64, len(terms))
        sizes = np.diff(ends, prepend=0).astype(np.int64)
        moved = new_numbers[documents]
        kept = moved >= 0
        self._expanded.append(
            _keys(
                np.repeat(numbers, sizes)[kept],
                moved[kept].astype(np.uint64),
                frequencies[kept].astype(np.uint64),
            )
        )

    def finish(self) -> InvertedField:
        """Return all postings by term and document."""
        single = np.array(self._single, np.uint64).reshape(-1, 2)
        self._expanded.append(_keys(single[:, 0], single[:, 1], np.uint64(1)))
        keys = np.concatenate([*self._parts, *self._inner_keys(), *self._expanded])
        self._parts, self._expanded, self._single = [], [], []
        numbers = (keys >> _NUMBER_SHIFT).astype(np.int64)
        present = np.zeros(len(self._numbers), bool)
        present[numbers] = True
        encoded = [name.encode() for name in self._numbers]
        order = sorted(np.flatnonzero(present).tolist(), key=encoded.__getitem__)
        rank = np.zeros(len(encoded), np.uint64)
        rank[order] = np.arange(len(order), dtype=np.uint64)
        keys &= (np.uint64(1) << _NUMBER_SHIFT) - np.uint64(1)
        keys |= rank[numbers] << _NUMBER_SHIFT
        del numbers
        keys.sort()
        keys, frequencies = _summed(keys)
        ranks = (keys >> np.uint64(_DOCUMENT_BITS)).astype(np.int64)
        return InvertedField(
            terms=[encoded[i] for i in order],
            ends=np.cumsum(np.bincount(ranks, minlength=len(order))),
            documents=(keys & np.uint64((1 << _DOCUMENT_BITS) - 1)).astype(np.uint32),
            frequencies=frequencies,
        )

    def _inner_keys(self) -> list[NDArray[np.uint64]]:
        """Return the keys of the words inside the words added."""
        if self._inner is None or not self._parts:
            return []
        inner = [
            [self._numbers[each] for each in self._inner(word)] if len(word) > 2 else []
            for word in list(self._numbers)
        ]
        sizes = np.fromiter(map(len, inner), np.int64, len(inner))
        starts = np.cumsum(sizes) - sizes
        flat = np.fromiter(chain.from_iterable(inner), np.uint64, int(sizes.sum()))
        keys = np.concatenate(self._parts)
        numbers = (keys >> _NUMBER_SHIFT).astype(np.int64)
        repeats = sizes[numbers]
        first = np.cumsum(repeats) - repeats
        offsets = np.arange(int(repeats.sum())) - np.repeat(first, repeats)
        new = flat[np.repeat(starts[numbers], repeats) + offsets]
        low = (np.uint64(1) << _NUMBER_SHIFT) - np.uint64(1)
        return [(new << _NUMBER_SHIFT) | (np.repeat(keys, repeats) & low)]


def _keys(numbers: Any, documents: Any, frequencies: Any) -> NDArray[np.uint64]:
    frequencies = np.minimum(frequencies, np.uint64(_MOST_FREQUENT))
    keys: NDArray[np.uint64] = (
        (numbers << _NUMBER_SHIFT) | (documents << np.uint64(_FREQUENCY_BITS)) | frequencies
    )
    return keys


def _summed(keys: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """Return sorted keys without their frequencies, each once, and the sums of these.

    >>> once, three_times = (np.uint64(7 << 16 | n) for n in (1, 3))  # of one word in one document
    >>> _summed(np.array([once, three_times, np.uint64(8 << 16 | 2)]))
    (array([7, 8], dtype=uint64), array([4, 2], dtype=uint32))
    """
    frequencies = (keys & np.uint64(_MOST_FREQUENT)).astype(np.uint32)
    keys = keys >> np.uint64(_FREQUENCY_BITS)
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))[: len(keys)])
    if len(first) == len(keys):
        return keys, frequencies
    return keys[first], np.add.reduceat(frequencies, first, dtype=np.uint32)
