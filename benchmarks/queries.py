"""What is asked: strings and lines of words, taken from the texts themselves."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.corpus import Corpus, Document
from search.text.fold import fold
from search.text.han import SEGMENTED
from search.text.segmenter import cut

KINDS = ("word", "and", "run", "or", "not", "near")
NEAR_DISTANCE = 12
_HAN = re.compile(f"[{SEGMENTED}]+")


@dataclass(frozen=True)
class WordQuery:
    """Some words and how they are joined; `line` is how a visitor of Yinde types it."""

    kind: str
    words: tuple[str, ...]

    @property
    def line(self) -> str:
        """The visitor's line."""
        match self.kind:
            case "or":
                return " OR ".join(self.words)
            case "not":
                return f"{self.words[0]} -{self.words[1]}"
            case "near":
                return f" NEAR/{NEAR_DISTANCE} ".join(self.words)
            case "run":
                return "".join(self.words)
        return " ".join(self.words)


def word_queries(corpus: Corpus, per_kind: int, seed: int = 2) -> list[WordQuery]:
    """Return queries of every kind; their words stand in some document, often ones more often."""
    rng = random.Random(seed)
    queries = []
    for document in _sample(corpus, per_kind, rng):
        # Words as they stand, None where one cannot be asked for.
        words = [word if _is_word(word) else None for word in cut(fold(document.text))]
        present = [word for word in words if word] or ["工作"]
        queries += [WordQuery(kind, _words(kind, words, present, rng)) for kind in KINDS]
    return queries


def _words(
    kind: str, words: Sequence[str | None], present: Sequence[str], rng: random.Random
) -> tuple[str, ...]:
    count = {"word": 1, "and": rng.randint(2, 4), "run": rng.randint(2, 4)}.get(kind, 2)
    if kind in ("run", "near"):
        starts = [i for i in range(len(words) - count + 1) if all(words[i : i + count])]
        if starts:
            start = rng.choice(starts)
            return tuple(word for word in words[start : start + count] if word)
    chosen = list(dict.fromkeys(rng.choices(present, k=count * 3)))[:count]
    return tuple((chosen * count)[:count])


def _is_word(word: str) -> bool:
    return len(word) > 1 and bool(_HAN.fullmatch(word))


def _sample(corpus: Corpus, count: int, rng: random.Random) -> Iterator[Document]:
    """Yield `count` documents at random, some perhaps more than once."""
    wanted = Counter(rng.choices(range(1, len(corpus.sizes) + 1), k=count))
    for document in corpus:
        for _ in range(wanted[document.number]):
            yield document


def frequent_strings(
    documents: Iterable[Document], singles: int = 15, pairs: int = 15
) -> list[str]:
    """Return the most frequent characters (的) and pairs of them (发展) of some documents."""
    one: Counter[str] = Counter()
    two: Counter[str] = Counter()
    for document in documents:
        folded = fold(document.text)
        one.update(folded)
        two.update(a + b for a, b in pairwise(folded))
    return [s for s, _ in one.most_common(singles)] + [s for s, _ in two.most_common(pairs)]
