"""A sentence remembered wrongly must bring its document first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.bm25 import Bm25, bigrams, characters
from benchmarks.known_items import CHANGES, known_items, reciprocal_rank
from benchmarks.peers.stock import Stock
from benchmarks.plan import Plan
from benchmarks.report import Report
from benchmarks.yinde import Yinde, numbers

PART = "Ranking of known items, mean reciprocal rank at 10"


def run(plan: Plan, report: Report) -> None:
    """Ask everybody the same over the same few documents."""
    documents = plan.corpus.first(plan.subset)
    items = known_items(documents, plan.known_items)
    ours = Yinde("subset")
    contestants: dict[str, Callable[[str], Sequence[int]]] = {
        Yinde.name: lambda line: numbers(ours.words(line)),
        Stock.name: Stock(plan.folder / "stock").ranked,
        "BM25 characters": Bm25(documents, characters).best,
        "BM25 bigrams": Bm25(documents, bigrams).best,
    }
    for who, ask in contestants.items():
        ranks = {item: reciprocal_rank(ask(item.line), item.number) for item in items}
        for change in CHANGES:
            mean = _mean([rank for item, rank in ranks.items() if item.change == change])
            report.add(PART, f"words {change}", who, mean, "")
        note = f"{len(items):,} queries over {plan.subset:,} documents"
        report.add(PART, "all", who, _mean(list(ranks.values())), "", note)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / max(1, len(values))
