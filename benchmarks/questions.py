"""`python -m benchmarks.questions SET…`: do questions find the passages that answer them?

A set is a folder with `queries.jsonl` (id, text), `corpus.jsonl` (id, title, text) and `qrels.tsv` (the id of
a query, that of a passage that answers it, a degree above 0). Beside what the site's pages list stands plain
BM25, which asks for nothing and ranks by words, characters or bigrams. Yinde's time is that of a whole page,
with the documents loaded and marked.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.__main__ import prepared
from benchmarks.bm25 import UNITS, Bm25
from benchmarks.corpus import Document
from benchmarks.known_items import reciprocal_rank
from benchmarks.measure import timed

_DEPTH = 10
Ask = Callable[[str], Sequence[int]]


@dataclass(frozen=True)
class QuestionSet:
    """Questions, passages numbered from 1, and by the number of a question those that answer it."""

    name: str
    questions: list[str]
    passages: list[Document]
    answers: list[set[int]]

    @classmethod
    def read(cls, folder: Path) -> QuestionSet:
        """Read a folder. Questions that nothing answers are left out. Raises OSError, ValueError."""
        rows = list(_rows(folder / "corpus.jsonl"))
        numbers = {row["id"]: number for number, row in enumerate(rows, 1)}
        passages = [
            Document(number, row.get("title") or "题", row["text"], "甲", "other", "")
            for number, row in enumerate(rows, 1)
        ]
        answers: dict[str, set[int]] = {}
        for line in (folder / "qrels.tsv").read_text("utf-8").splitlines():
            question, passage, degree = line.split("\t")
            if float(degree) > 0 and passage in numbers:
                answers.setdefault(question, set()).add(numbers[passage])
        asked = [row for row in _rows(folder / "queries.jsonl") if row["id"] in answers]
        texts = [row["text"] for row in asked]
        return cls(folder.name, texts, passages, [answers[row["id"]] for row in asked])


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


@dataclass(frozen=True)
class Score:
    """How well somebody answers a set; shares from 0 to 1, the median time of a question in seconds."""

    mrr: float
    recall: float
    empty: float
    seconds: float


def judge(asked: QuestionSet, ask: Ask) -> Score:
    """Ask all questions of a set; only the first ten answers count."""
    ranks, recalls, empty, times = [], [], 0, []
    for question, right in zip(asked.questions, asked.answers, strict=True):
        found, seconds = timed(ask, question)
        first = list(found)[:_DEPTH]
        ranks.append(max((reciprocal_rank(first, number) for number in right), default=0.0))
        recalls.append(len(right.intersection(first)) / len(right))
        empty += not first
        times.append(seconds)
    size = max(1, len(times))
    return Score(sum(ranks) / size, sum(recalls) / size, empty / size, float(np.median(times)))


def main(argv: Sequence[str] | None = None) -> None:
    """Ask every set of everybody and print a table for each."""
    parser = argparse.ArgumentParser(prog="benchmarks.questions", description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET", help="a folder")
    chosen = parser.parse_args(argv)
    try:
        sets = [QuestionSet.read(folder) for folder in chosen.sets]
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"not a set of questions: {error}")
    with prepared(None):
        # It imports models, which Django lets nobody do before it is set up.
        site = importlib.import_module("benchmarks.yinde")
        for each in sets:
            site.hold(each.passages)
            print(
                f"\n{each.name}: {len(each.questions):,} questions, {len(each.passages):,} passages"
            )
            print(f"  {'':16} {'MRR@10':>7} {'recall':>7} {'empty':>7} {'ms':>6}")
            plain = {
                f"BM25 {name}": Bm25(each.passages, units).best for name, units in UNITS.items()
            }
            for who, ask in {site.NAME: site.listed, **plain}.items():
                score = judge(each, ask)
                print(
                    f"  {who:16} {score.mrr:7.3f} {score.recall:7.3f} {score.empty:7.1%}"
                    f" {score.seconds * 1000:6.1f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
