"""Where the sentences and paragraphs of a folded text begin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from search.text.fold import Folded
from search.text.punctuation import PARAGRAPH_ENDS, SENTENCE_ENDS

_SENTENCE = np.zeros(0x10000, bool)
_SENTENCE[[ord(character) for character in SENTENCE_ENDS]] = True


def boundaries(text: str, folded: Folded) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return where sentences and paragraphs of `text` begin, as positions in its folded form.

    Positions count UTF-16 code units of the folded text, ascend and begin with 0.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    ends = np.flatnonzero(_SENTENCE[np.minimum(codes, 0xFFFF)])
    breaks = ends[codes[ends] == ord(PARAGRAPH_ENDS)]
    return _begin_after(ends, folded), _begin_after(breaks, folded)


def _begin_after(offsets: NDArray[np.intp], folded: Folded) -> NDArray[np.uint32]:
    at = np.searchsorted(folded.starts, offsets, "right")
    if not folded.text.isascii():
        wide = np.frombuffer(folded.text.encode("utf-32-le"), np.uint32) > 0xFFFF
        if wide.any():
            at = at + np.concatenate(([0], np.cumsum(wide)))[at]
    return np.unique(np.concatenate(([0], at))).astype(np.uint32)
