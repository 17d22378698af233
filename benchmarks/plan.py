"""How much of everything a run does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import Corpus

PARTS = ("build", "recall", "speed", "ranking", "pages", "update", "load")


@dataclass(frozen=True)
class Plan:
    """A run: what is measured, over how many documents, with how many queries, in which folder.

    `spans` is the number of random spans; every other number of queries follows from it. `subset`
    documents go to stock Haystack (and to whoever is compared with it).
    """

    corpus: Corpus
    folder: Path
    spans: int
    subset: int

    @property
    def exact_strings(self) -> int:
        """Random strings whose search is timed."""
        return max(10, self.spans // 10)

    @property
    def peers_spans(self) -> int:
        """Random spans asked of peers."""
        return max(10, self.spans // 10)

    @property
    def stock_spans(self) -> int:
        """Random spans asked of stock Haystack."""
        return max(10, self.spans // 50)

    @property
    def queries_per_kind(self) -> int:
        """Queries of words of each kind."""
        return max(3, self.spans // 250)

    @property
    def reopenings(self) -> int:
        """Queries for each of which the index is opened anew."""
        return max(3, self.spans // 100)

    @property
    def known_items(self) -> int:
        """Known-item queries of each kind."""
        return max(3, self.spans // 200)

    @property
    def requests(self) -> int:
        """Pages asked for, one after the other."""
        return max(10, self.spans // 50)

    @property
    def crowd_seconds(self) -> float:
        """How long 16 clients ask for pages at once."""
        return min(15.0, max(1.0, self.spans / 500))

    @property
    def new_documents(self) -> int:
        """Documents added to the living index."""
        return min(1000, len(self.corpus.sizes))
