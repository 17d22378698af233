"""Sort all bigrams of the texts of a segment: the whole index of the character layer (see `exact`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

# Between texts stands a code unit that folding never yields.
SEPARATOR = 0
# A table of the text that holds every 256th position makes "which document" two look-ups.
BLOCK_BITS = 8
MAX_CODE_UNITS = 2**31
# So many positions are sorted at a time: it bounds memory, and small sorts are quicker.
_CHUNK = 4_000_000

CodeUnits: TypeAlias = NDArray[np.uint16]


@dataclass(frozen=True)
class EncodedText:
    """One folded text as the column keeps it.

    `sentences` and `paragraphs` are the positions at which one begins, ascending, 0 the first.
    """

    code_units: CodeUnits
    sentences: NDArray[np.uint32]
    paragraphs: NDArray[np.uint32]


def sort_bigrams(
    texts: Sequence[EncodedText], owners: Sequence[int], doccount: int
) -> dict[str, NDArray[Any]]:
    """Return the arrays of a column that holds some texts, whose documents are `owners`.

    Raises ValueError if that is too much text for one segment.
    """
    lengths = np.fromiter((len(text.code_units) + 1 for text in texts), np.int64, len(texts))
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    total = int(starts[-1])
    if total >= MAX_CODE_UNITS:
        raise ValueError("too much text for one segment")
    joined = np.full(total, SEPARATOR, "<u2")
    for text, start in zip(texts, starts, strict=False):
        joined[start : start + len(text.code_units)] = text.code_units
    positions = np.empty(int(np.count_nonzero(joined)), "<u4")
    bigrams, firsts = [np.empty(0, np.uint32)], [np.empty(0, np.int64)]
    done = 0
    for keys in _sorted_chunks(joined):
        positions[done : done + len(keys)] = keys
        sorted_bigrams = keys >> np.uint64(32)
        fresh = np.ones(len(keys), bool)
        fresh[1:] = sorted_bigrams[1:] != sorted_bigrams[:-1]
        at = np.flatnonzero(fresh)
        bigrams.append(sorted_bigrams[at].astype(np.uint32))
        firsts.append(at + done)
        done += len(keys)
    blocks = np.searchsorted(starts, np.arange(0, total + 1, 1 << BLOCK_BITS), "right") - 1
    return {
        "units": joined,
        "starts": starts.astype("<u4"),
        "owners": np.array(owners, "<u4"),
        "bigrams": np.concatenate(bigrams).astype("<u4"),
        "runs": np.concatenate([*firsts, [done]]).astype("<u4"),
        "positions": positions,
        "blocks": np.minimum(blocks, max(0, len(texts) - 1)).astype("<u4"),
        "sentences": _shifted([text.sentences for text in texts], starts),
        "paragraphs": _shifted([text.paragraphs for text in texts], starts),
    }


def _sorted_chunks(joined: CodeUnits) -> Iterator[NDArray[np.uint64]]:
    """Yield (bigram << 32 | position) of all positions but separators, ascending, in parts.

    One sort of such pairs is the fastest numpy has. Parts divide the bigrams by their first code unit.
    """
    counts = np.zeros(2**16, np.int64)
    for at in range(0, len(joined), _CHUNK):  # each takes eight bytes for a code unit
        counts += np.bincount(joined[at : at + _CHUNK], minlength=2**16)
    counts[SEPARATOR] = 0
    ends = np.cumsum(counts)
    low, done = SEPARATOR + 1, 0
    while done < ends[-1]:
        high = max(int(np.searchsorted(ends, done + _CHUNK, "right")), low + 1)
        places = np.flatnonzero((joined >= low) & (joined < high))
        keys = joined[places].astype(np.uint64)
        keys <<= np.uint64(16)
        # A text ends with a separator, so each of its code units has a neighbour.
        keys |= joined[places + 1]
        keys <<= np.uint64(32)
        keys |= places.astype(np.uint64)
        keys.sort()
        yield keys
        low, done = high, int(ends[high - 1])


def _shifted(parts: Sequence[NDArray[np.uint32]], offsets: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Return the arrays joined, each moved by its offset."""
    moved = [part + np.uint32(offset) for part, offset in zip(parts, offsets, strict=False)]
    return np.concatenate(moved).astype("<u4") if moved else np.empty(0, "<u4")
