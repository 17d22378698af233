"""How what was asked may have been meant, by the words that there are."""

from __future__ import annotations

from search.haystack.layout import WORDS
from search.index.read.snapshot import Snapshot
from search.index.read.terms import nearest, separate_words


def suggestion(snapshot: Snapshot, name: str, line: str) -> str | None:
    """Return a line with words of a field for those that it does not have; None if nothing is better."""
    field = name + WORDS if name + WORDS in snapshot.schema else name
    asked = separate_words(line)
    meant = [_meant(snapshot, field, word) for word in asked]
    better = any(each is not None for each in meant)
    return " ".join(m or word for m, word in zip(meant, asked, strict=True)) if better else None


def _meant(snapshot: Snapshot, field: str, word: str) -> str | None:
    """Return the word most like one that a field does not have, None if it has it or none is."""
    if snapshot.document_frequency(field, word.encode()):
        return None
    return nearest(snapshot, field, word)
