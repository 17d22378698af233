"""The terms of a field of keys: those that begin with a string, most frequent first."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from search.index.read.snapshot import Snapshot

# A short beginning fits many terms; so many of each segment are looked at, in their own order.
_MOST = 2000


def frequent(
    snapshot: Snapshot, name: str, beginning: str, mask: NDArray[np.bool_], limit: int
) -> list[tuple[str, int]]:
    """Return (term, number of documents of `mask`) for the most frequent terms of a field."""
    counts: Counter[str] = Counter()
    prefix = beginning.encode()
    for segment in snapshot.segments:
        terms = segment.terms.get(name)
        if terms is None:
            continue
        visible = mask[segment.base : segment.base + segment.size]
        first = terms.at_or_after(prefix)
        for number in range(first, min(len(terms), first + _MOST)):
            term = terms[number]
            if not term.startswith(prefix):
                break
            counts[term.decode()] += int(visible[terms.postings(number)[0]].sum())
    found = [(term, n) for term, n in counts.items() if n]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:limit]
