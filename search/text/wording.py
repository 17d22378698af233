"""How much of their wording two texts share."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from search.text.fold import fold_map

# So many characters of a text are read, and what lies between two marks counts from so many on.
_MOST_READ = 20_000
_SHORTEST = 4


def phrases(text: str) -> frozenset[str]:
    """Return what stands between marks and blanks in the beginning of a text, folded.

    >>> sorted(phrases("绿水青山，就是金山银山；好！"))
    ['就是金山银山', '绿水青山']
    """
    folded = fold_map(text[:_MOST_READ])
    cuts = [0, *(np.flatnonzero(np.diff(folded.starts) > 1) + 1).tolist(), len(folded.text)]
    parts = (folded.text[start:end] for start, end in pairwise(cuts))
    return frozenset(part for part in parts if len(part) >= _SHORTEST)


def shared(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of the characters of two texts that stands in phrases of both: from 0 to 1."""
    whole = sum(map(len, one)) + sum(map(len, other))
    return 2 * sum(map(len, one & other)) / whole if whole else 0.0
