"""The longest part of a string that stands in the texts, where the whole of it does not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from search.index.format.exact import code_units
from search.index.read.snapshot import Snapshot
from search.index.sets import Bits, united


def longest_part(
    snapshot: Snapshot, names: Sequence[str], folded: str, allowed: Bits, *, restore: bool
) -> tuple[str, int]:
    """Return the longest part of a folded string, and in how many of the allowed documents it stands.

    A part stands within one of some fields. The first of several as long, "" where no character stands.
    """

    def count(part: str) -> int:
        wanted = code_units(part)
        found = [snapshot.counts(name, wanted, second=restore)[0] for name in names]
        return int(allowed[united(found)].sum())

    if whole := count(folded):
        return folded, whole
    best, documents = "", 0
    for piece in _pieces(snapshot, names, folded):
        start = 0
        # If a string stands somewhere so do its parts: two ends moving forward see every longest part.
        for end in range(1, len(piece) + 1):
            while end - start > len(best):
                if standing := count(piece[start:end]):
                    best, documents = piece[start:end], standing
                else:
                    start += 1
    return best, documents


def _pieces(snapshot: Snapshot, names: Sequence[str], folded: str) -> list[str]:
    """Cut a string where two of its characters stand side by side nowhere, told by directories alone."""
    wanted = code_units(folded)
    if len(wanted) != len(folded):  # characters of two code units: rare, and only slower
        return [folded]
    places = sum(snapshot.bigram_counts(name, wanted) for name in names)
    ends = [*(np.flatnonzero(places == 0) + 1).tolist(), len(folded)]
    return [folded[start:end] for start, end in zip([0, *ends], ends, strict=False)]
