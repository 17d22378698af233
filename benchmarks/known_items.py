"""Known items: sentences remembered wrongly, each with the document that it is remembered from."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from benchmarks.corpus import Corpus, Document
from search.text.fold import fold
from search.text.segmenter import cut

CHANGES = ("dropped", "swapped", "altered", "picked")
_DEPTH = 10
_SENTENCE = re.compile(r"[^。！？；\n]{12,60}")


@dataclass(frozen=True)
class KnownItem:
    """A line typed from memory and the document that it is remembered from."""

    change: str
    line: str
    number: int


def known_items(documents: Corpus, per_change: int, seed: int = 4) -> list[KnownItem]:
    """Return lines made from random sentences, as many for each way of changing one."""
    rng = random.Random(seed)
    chosen = Counter(rng.choices(range(1, len(documents.sizes) + 1), k=per_change))
    items, vocabulary = [], _vocabulary(islice(documents, 100))
    for document in documents:
        for _ in range(chosen[document.number]):
            items += [
                KnownItem(change, line, document.number)
                for change in CHANGES
                if (line := _remembered(document, change, vocabulary, rng))
            ]
    return items


def _vocabulary(documents: Iterable[Document]) -> list[str]:
    return [word for each in documents for word in cut(fold(each.text)) if len(word) > 1]


def _remembered(
    document: Document, change: str, vocabulary: Sequence[str], rng: random.Random
) -> str:
    """Return a random sentence of a document, changed; "" if there is none long enough."""
    sentences = [words for words in _sentences(document) if len(words) >= 6]
    if not sentences:
        return ""
    words = list(rng.choice(sentences))
    if len(words) > 16:
        start = rng.randrange(len(words) - 16)
        words = words[start : start + 16]
    match change:
        case "dropped":
            for _ in range(2):
                del words[rng.randrange(1, len(words) - 1)]
        case "swapped":
            at = rng.randrange(len(words) - 1)
            words[at], words[at + 1] = words[at + 1], words[at]
        case "altered":
            words[rng.randrange(len(words))] = rng.choice(vocabulary)
        case "picked":
            long = [word for word in dict.fromkeys(words) if len(word) > 1]
            return " ".join(rng.sample(long, min(4, len(long))))
    return "".join(words)


def _sentences(document: Document) -> Iterator[list[str]]:
    for sentence in _SENTENCE.findall(document.text):
        yield cut(fold(sentence))


def reciprocal_rank(found: Sequence[int], wanted: int) -> float:
    """Return 1 for the first place, 1/2 for the second …, 0 beyond the tenth."""
    ranks = (rank for rank, number in enumerate(found[:_DEPTH], 1) if number == wanted)
    return 1 / next(ranks, float("inf"))
