"""How long searches take, and how much memory of its own a worker needs for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from statistics import median
from typing import Any

from benchmarks.measure import Times, anonymous_bytes, in_child, timed
from benchmarks.peers.fts5 import Fts5
from benchmarks.peers.stock import Stock
from benchmarks.peers.tantivy_index import Tantivy
from benchmarks.plan import Plan
from benchmarks.queries import KINDS, WordQuery, frequent_strings, word_queries
from benchmarks.report import Report
from benchmarks.spans import random_spans
from benchmarks.yinde import Yinde

STRINGS, WORDS, SUBSET, KIND, MEMORY = (
    "Strings, with total and ten best",
    "Words, with total, ten best and three facets",
    "The same words over few documents",
    "Words by kind, asked first",
    "Memory",
)
_AGAIN = 3


@dataclass
class Timings:
    """Seconds of each call; `total` is how many documents were found in all."""

    first: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    reopened: list[float] = field(default_factory=list)
    total: int = 0


@dataclass(frozen=True)
class Worker:
    """What a fresh process measured of Yinde, and its memory beyond maps before and after."""

    strings: Timings
    words: Timings
    idle_bytes: int
    busy_bytes: int


def run(plan: Plan, report: Report) -> None:
    """Time strings and words."""
    strings = [span.raw for span in random_spans(plan.corpus, plan.exact_strings, seed=3)]
    strings += frequent_strings(islice(plan.corpus, 300))
    queries = word_queries(plan.corpus, plan.queries_per_kind)

    worker = in_child(_work, "default", strings, queries, plan.reopenings).value
    _say(report, STRINGS, Yinde.name, worker.strings, _slowest(worker.strings, strings))
    _say(report, WORDS, Yinde.name, worker.words)
    _say_kinds(report, Yinde.name, worker.words, queries)
    engine = worker.busy_bytes - worker.idle_bytes
    report.add(MEMORY, "engine beyond maps", Yinde.name, engine / 2**20, "MB")
    report.add(MEMORY, "worker beyond maps", Yinde.name, worker.busy_bytes / 2**20, "MB")

    tantivy, fts5 = Tantivy(plan.folder / "tantivy"), Fts5(plan.folder / "fts5.sqlite3")
    for peer in (tantivy, fts5):
        _say(report, STRINGS, peer.name, _times(peer.strings, strings))
        timings = _times(peer.words, queries)
        _say(report, WORDS, peer.name, timings)
        _say_kinds(report, peer.name, timings, queries)
    fts5.close()
    _beside_stock(plan, report, [query for query in queries if query.kind != "near"])


def _beside_stock(plan: Plan, report: Report, queries: Sequence[WordQuery]) -> None:
    """Compare with stock Haystack, which has no NEAR, over the documents that it holds."""
    ours = in_child(_work, "subset", [], queries, plan.reopenings).value.words
    _say(report, SUBSET, Yinde.name, ours, f"{plan.subset:,} documents")
    theirs = _times(Stock(plan.folder / "stock").words, queries)
    _say(report, SUBSET, Stock.name, theirs, f"{plan.subset:,} documents")
    for what in ("first", "again", "reopened"):
        slow = median(theirs.first if what == "reopened" else getattr(theirs, what))
        ratio = slow / median(getattr(ours, what))
        name = "index reopened" if what == "reopened" else f"asked {what}"
        report.add(SUBSET, f"{name}, faster than stock", Yinde.name, ratio, "times")


def _say(report: Report, part: str, who: str, timings: Timings, note: str = "") -> None:
    found = f"{timings.total:,} documents found in all"
    note = f"{found}; {note}" if note else found
    report.add_times(part, "asked first", who, Times.of(timings.first), note)
    report.add_times(part, "asked again", who, Times.of(timings.again))
    if timings.reopened:
        report.add_times(part, "index reopened", who, Times.of(timings.reopened))


def _say_kinds(report: Report, who: str, timings: Timings, queries: Sequence[WordQuery]) -> None:
    for kind in KINDS:
        times = [t for t, q in zip(timings.first, queries, strict=True) if q.kind == kind]
        report.add(KIND, f"{kind}, median", who, Times.of(times).median, "ms")


def _slowest(timings: Timings, strings: Sequence[str]) -> str:
    return f"slowest {max(zip(timings.first, strings, strict=True))[1]!r}"


def _work(
    alias: str, strings: Sequence[str], queries: Sequence[WordQuery], reopenings: int
) -> Worker:
    """Time everything in a process that does nothing else; its segmenter counts as the engine."""
    idle = anonymous_bytes()
    engine = Yinde(alias)
    lines = [query.line for query in queries]
    engine.words("测试")  # loads the segmenter
    engine.reopen()
    engine.words("测试")  # reads the columns of the facets
    words = _times(engine.words, lines)
    found = _times(engine.strings, strings)
    busy = anonymous_bytes()
    words.reopened = _reopened(engine, engine.words, lines, reopenings)
    found.reopened = _reopened(engine, engine.strings, strings, reopenings)
    return Worker(found, words, idle, busy)


def _reopened(
    engine: Yinde, ask: Callable[[str], Any], asked: Sequence[str], count: int
) -> list[float]:
    """Return the seconds of the first search after each of some commits."""
    times = []
    for each in asked[:: max(1, len(asked) // count)]:
        engine.reopen()
        times.append(timed(ask, each)[1])
    return times


def _times(ask: Callable[[Any], Any], asked: Sequence[Any]) -> Timings:
    timings = Timings()
    for each in asked:
        answer, seconds = timed(ask, each)
        timings.total += answer.count
        timings.first.append(seconds)
        timings.again.append(median(timed(ask, each)[1] for _ in range(_AGAIN)))
    return timings
