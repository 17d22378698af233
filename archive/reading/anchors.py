"""Addresses of paragraphs that outlast small corrections of a text."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

import numpy as np

from search.text.fold import fold_map


def anchored(text: str, before: int | None = None) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, anchor) of each paragraph that is not blank and begins `before` a place.

    The anchor is a digest of the folded paragraph, so an address that names it still leads there
    after other paragraphs, or this one's punctuation and markers, were cleaned again.
    """
    lines = text.split("\n")
    starts = np.cumsum([0, *(len(line) + 1 for line in lines)])
    folded = fold_map(text)  # at once: of a line it takes as long as of a page
    bounds = np.searchsorted(folded.starts, starts).tolist()
    seen: Counter[str] = Counter()
    for number, (line, start) in enumerate(zip(lines, starts.tolist(), strict=False)):
        if before is not None and start >= before:
            return
        if line.strip():
            anchor = _anchor(folded.text[bounds[number] : bounds[number + 1]] or line)
            seen[anchor] += 1
            yield start, start + len(line), f"{anchor}-{n}" if (n := seen[anchor]) > 1 else anchor


def _anchor(content: str) -> str:
    return f"p-{hashlib.sha256(content.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
