"""Generate a corpus in the manner of the archive: seeded, Zipf-like, with recurring wordings.

Words come from jieba's own dictionary by their frequency; formulae (fixed sequences of words) and
quotations recur Zipf-like, as they do in official prose, and what follows a word is mostly one of few.
Then come years, Latin terms, a few masked spellings and characters beyond the BMP, punctuation,
paragraphs; sources, types, dates.

Measured against six million characters of official documents: 3,440 different characters (there 3,360),
290,000 pairs (270,000; words that follow each other by chance have 570,000), entropy of a character given
the one before it 4.9 bits (4.9).
"""

from __future__ import annotations

import json
import math
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.text.han import SEGMENTED

# Raise when the same parameters give other documents than before.
VERSION = 3
_HAN = re.compile(f"[{SEGMENTED}]+")
FORMULAE, QUOTATIONS, SOURCES = 20_000, 200, 40
# Prose uses the commonest words of a dictionary, and these more than it says.
_WORDS, _SHARPER = 15_000, 1.15
# A unit is followed by one of so many, the first of them most often; every fourth by any.
_FOLLOWERS, _CHAIN = 10, 4
TYPES = [
    "speech",
    "discussion",
    "reflection",
    "theory",
    "lecture",
    "mobilisation",
    "report",
    "document",
    "news",
    "other",
]
WELL_KNOWN = (
    "功成不必在我，功成必定有我",
    "不忘初心，牢记使命",
    "绿水青山就是金山银山",
    "空谈误国，实干兴邦",
    "打铁必须自身硬",
    "千磨万击还坚劲，任尔东西南北风",
    "为政以德，譬如北辰，居其所而众星共之",
)
_MARKS = {"，": 0.55, "。": 0.2, "、": 0.09, "；": 0.05, "。\n": 0.06, "：": 0.03, "！": 0.02}
_ODD = ("PPT", "5G", "GDP", "APP", "C919", "24字", "9000万", "○", "國際論壇")
_RARE = ("D员", "D性", "𠮷")
_MARK_SHARE = 0.36
# A text keeps to its subject: this share of its units is among those of its beginning.
_REPEATED_SHARE, _BEGINNING = 0.5, 0.15
# Characters of the average document, and how much lengths spread (sigma of a log-normal). A few are longer
# by so many times at the most: reports and statutes.
_MEAN_SIZE, _SPREAD = 3700, 0.65
_LONG_SHARE, _LONGER = 0.005, 25
_LONGEST_UNITS = 30_000
_BATCH = 500


def generated(documents: int, seed: int = 1) -> Path:
    """Return the file of a generated corpus, made now or by an earlier call with these arguments."""
    folder = Path(tempfile.gettempdir()) / f"yinde-benchmarks-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"corpus-v{VERSION}-{documents}-{seed}.jsonl"
    if not path.exists():
        partial = path.with_suffix(f".{os.getpid()}")
        with partial.open("w", encoding="utf-8") as file:
            for row in rows(documents, seed):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        partial.rename(path)
    return path


def rows(documents: int, seed: int = 1) -> Iterator[dict[str, str]]:
    """Yield the rows of a generated corpus; the same for the same arguments."""
    rng = np.random.default_rng(seed)
    words, frequencies = dictionary_words()
    vocabulary = Vocabulary(rng, words, frequencies)
    for start in range(0, documents, _BATCH):
        yield from vocabulary.batch(min(_BATCH, documents - start))


def dictionary_words() -> tuple[list[str], NDArray[np.float64]]:
    """Return the commonest Han words of jieba's dictionary and how often each should come."""
    spec = find_spec("jieba")
    if spec is None or spec.origin is None:
        raise RuntimeError("jieba is not installed")
    words, frequencies = [], []
    with (Path(spec.origin).parent / "dict.txt").open(encoding="utf-8") as file:
        for line in file:
            word, frequency, _kind = line.split(" ")
            if _HAN.fullmatch(word):
                words.append(word)
                frequencies.append(float(frequency))
    weights = np.array(frequencies) ** _SHARPER
    common = np.argsort(-weights, kind="stable")[:_WORDS]
    return [words[number] for number in common.tolist()], weights[common]


class Vocabulary:
    """What texts are drawn from: units (words, formulae, quotations …), each with its chance."""

    def __init__(
        self, rng: np.random.Generator, words: list[str], frequencies: NDArray[np.float64]
    ) -> None:
        self._rng = rng
        self._chances = _cumulated(frequencies)
        self._words = words
        formulae = self._sequences(FORMULAE, 2, 4)
        plain = self._sequences(QUOTATIONS - len(WELL_KNOWN), 3, 9)
        quotations = [f"“{each}”" for each in (*WELL_KNOWN, *plain)]
        odd = [*_ODD, *(f"{year}年" for year in range(2010, 2027))]
        groups: list[tuple[float, list[str], NDArray[np.float64]]] = [
            (0.3, words, frequencies),
            (0.693, formulae, 1 / np.arange(10, 10 + FORMULAE)),
            (0.003, quotations, 1 / np.arange(1, 1 + QUOTATIONS)),
            (0.0039, odd, np.ones(len(odd))),
            (0.0001, list(_RARE), np.ones(len(_RARE))),
        ]
        self._units = [unit for _, units, _ in groups for unit in units] + list(_MARKS)
        chances = np.concatenate([share * w / w.sum() for share, _, w in groups])
        self._unit_chances = _cumulated(chances)
        self._first_mark = len(self._units) - len(_MARKS)
        self._followers = self._draw(self._unit_chances, self._first_mark * _FOLLOWERS).reshape(
            -1, _FOLLOWERS
        )
        self._mark_chances = _cumulated(np.array(list(_MARKS.values())))
        sizes = np.fromiter(map(len, self._units), np.int64, len(self._units))
        mean = float(sizes[: self._first_mark] @ chances) / float(chances.sum())
        marks = _MARK_SHARE * (1 - _MARK_SHARE)  # no two stand together
        self._mean_unit = mean * (1 - marks) + marks

    def _draw(self, chances: NDArray[np.float64], count: int) -> NDArray[np.int64]:
        return np.searchsorted(chances, self._rng.random(count), "right")

    def _sequences(self, count: int, shortest: int, longest: int) -> list[str]:
        sizes = self._rng.integers(shortest, longest + 1, count)
        drawn = iter(self._draw(self._chances, int(sizes.sum())).tolist())
        return ["".join(self._words[next(drawn)] for _ in range(size)) for size in sizes.tolist()]

    def batch(self, count: int) -> Iterator[dict[str, str]]:
        """Yield some documents."""
        mean = math.log(_MEAN_SIZE / self._mean_unit) - _SPREAD**2 / 2
        sizes = self._rng.lognormal(mean, _SPREAD, count)
        long = self._rng.random(count) < _LONG_SHARE
        sizes[long] *= self._rng.uniform(3, _LONGER, int(long.sum()))
        sizes = np.clip(sizes, 60, _LONGEST_UNITS).astype(np.int64)
        units = self._units_of(sizes)
        titles = self._sequences(count, 3, 6)
        sources = self._draw(_cumulated(1 / np.arange(1, SOURCES + 1)), count).tolist()
        types = self._draw(_cumulated(1 / np.arange(1, len(TYPES) + 1)), count).tolist()
        ends = np.cumsum(sizes)
        for title, end, size, source, kind in zip(
            titles, ends.tolist(), sizes.tolist(), sources, types, strict=True
        ):
            numbers = units[end - size : end].tolist()
            yield {
                "title": title,
                "text": "".join(map(self._units.__getitem__, numbers)).strip() + "。",
                "source": f"站点{source + 1:02}",
                "type": TYPES[kind],
                "date": self._date(),
            }

    def _units_of(self, sizes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the units of texts of so many units, one text after the other."""
        count = int(sizes.sum())
        units = self._draw(self._unit_chances, count)
        repeated = np.flatnonzero(self._rng.random(count) < _REPEATED_SHARE)
        owners = np.repeat(np.arange(len(sizes)), sizes)[repeated]
        within = (self._rng.random(len(repeated)) * sizes[owners] * _BEGINNING).astype(np.int64)
        units[repeated] = units[(np.cumsum(sizes) - sizes)[owners] + within]
        for step in range(1, _CHAIN):
            at = np.arange(step, count, _CHAIN)
            nth = (self._rng.random(len(at)) ** 2 * _FOLLOWERS).astype(np.int64)
            units[at] = self._followers[units[at - 1], nth]
        marked = self._rng.random(count) < _MARK_SHARE
        marked[1:] &= ~marked[:-1]
        found = np.flatnonzero(marked)
        units[found] = self._first_mark + self._draw(self._mark_chances, len(found))
        return units

    def _date(self) -> str:
        """A date from 2010 to mid 2026: most to the day, some to the month or year, some unknown."""
        day = np.datetime64("2010-01-01") + int(self._rng.integers(0, 6000))
        precision = self._rng.random()
        return str(day)[: 10 if precision < 0.8 else 7 if precision < 0.88 else 4] * (
            precision < 0.95
        )


def _cumulated(weights: Sequence[float] | NDArray[Any]) -> NDArray[np.float64]:
    """Return the cumulated chances, from which `searchsorted` draws."""
    total = np.cumsum(np.asarray(weights, np.float64))
    chances: NDArray[np.float64] = total / total[-1]
    chances[-1] = 1.0
    return chances
