"""The terms of a field: the most frequent with a beginning, the one spelt most like a word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from whoosh.support.levenshtein import damerau_levenshtein

from search.index.format.fields import RESTORED
from search.index.format.postings import FieldTerms
from search.index.read.snapshot import Snapshot
from search.text.fold import fold
from search.text.han import SEGMENTED
from search.text.segmenter import words

# A short beginning fits many terms; so many of each segment are looked at, in their own order.
_TERMS_LOOKED_AT = 2000
_SPELT = re.compile(r"[^\W_]+")
_SEGMENTED = re.compile(f"[{SEGMENTED}]")


def beginning(terms: FieldTerms, prefix: str) -> Iterator[tuple[int, str]]:
    """Yield (number, term) of the terms of a segment that begin with a string."""
    encoded = prefix.encode()
    for number in range(terms.at_or_after(encoded), len(terms)):
        term = terms[number]
        if not term.startswith(encoded):
            return
        if not term.startswith(RESTORED.encode()):
            yield number, term.decode()


def frequent(
    snapshot: Snapshot, name: str, prefix: str, bits: NDArray[np.bool_], limit: int
) -> list[tuple[str, int]]:
    """Return (term, number of documents of `bits`) for the most frequent terms of a field."""
    counts: Counter[str] = Counter()
    for segment in snapshot.segments:
        if name in segment.terms:
            terms = segment.terms[name]
            visible = bits[segment.base : segment.base + segment.size]
            for number, term in islice(beginning(terms, prefix), _TERMS_LOOKED_AT):
                counts[term] += int(visible[terms.postings(number)[0]].sum())
    found = [(term, n) for term, n in counts.items() if n]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:limit]


def separate_words(text: str) -> tuple[str, ...]:
    """Return the different words of a text, folded, each as it stands between blanks and marks.

    The words of the index are cut from folded text, which has no blanks: Latin words run together.
    """
    found: dict[str, None] = {}
    for run in _SPELT.findall(text):
        folded = fold(run)
        if folded:
            found |= dict.fromkeys(words(folded) if _SEGMENTED.search(folded) else [folded])
    return tuple(found)


def distance(left: str, right: str) -> int:
    """Return how many letters must be changed, left out, put in or exchanged with a neighbour."""
    if not left or not right:
        return len(left) + len(right)
    return int(damerau_levenshtein(left, right))


def is_near(word: str, like: str, *, prefix: int, edits: int) -> bool:
    """Say whether a word begins like another and differs from it in so many letters at most."""
    return (
        word[:prefix] == like[:prefix]
        and abs(len(word) - len(like)) <= edits
        and distance(word, like) <= edits
    )


def nearest(snapshot: Snapshot, name: str, word: str) -> str | None:
    """Return the word of a field that is spelt most like one, the most frequent of several.

    It begins with the same character and differs in two others at most.
    """
    found: Counter[str] = Counter()
    for segment in snapshot.segments:
        if name in segment.terms:
            for number, term in beginning(segment.terms[name], word[:1]):
                if abs(len(term) - len(word)) <= 2 and distance(term, word) <= 2:
                    found[term] += segment.terms[name].document_frequency(number)
    return min(found, key=lambda term: (distance(term, word), -found[term], term), default=None)
