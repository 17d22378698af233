"""Are all the documents found that hold a string, and no others?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import timed
from benchmarks.peers.fts5 import Fts5
from benchmarks.peers.stock import Stock
from benchmarks.peers.tantivy_index import Tantivy
from benchmarks.plan import Plan
from benchmarks.report import Report
from benchmarks.spans import Span, blocks, holding, random_spans
from benchmarks.yinde import Yinde

PART = "Recall of random spans"
Truth = Sequence[NDArray[np.int64]]


@dataclass
class Score:
    """Means over spans; a span for which nothing is found has no precision, and counts as right."""

    recalls: list[float] = field(default_factory=list)
    precisions: list[float] = field(default_factory=list)
    wrong: list[Span] = field(default_factory=list)

    def add(self, span: Span, found: set[int], truth: set[int]) -> None:
        """Take in the answer for one span."""
        right = len(found & truth)
        self.recalls.append(right / len(truth))
        self.precisions.append(right / len(found) if found else 1.0)
        if found != truth:
            self.wrong.append(span)


def run(plan: Plan, report: Report) -> None:
    """Ask everybody for random spans and compare with what the texts hold."""
    spans = random_spans(plan.corpus, plan.spans)
    truth, seconds = timed(lambda: holding(blocks(plan.corpus), [span.folded for span in spans]))
    report.say(f"looked for {len(spans):,} spans in all texts, without an index: {seconds:.0f} s")
    _compare(report, Yinde.name, Yinde().exact, spans, truth)
    few = slice(0, None, max(1, len(spans) // plan.peers_spans))
    _compare(
        report,
        Tantivy.name,
        Tantivy(plan.folder / "tantivy").exact,
        spans[few],
        truth[few],
    )
    fts5 = Fts5(plan.folder / "fts5.sqlite3")
    _compare(report, Fts5.name, fts5.exact, spans[few], truth[few])
    fts5.close()
    inside = [
        (span, found[found <= plan.subset])
        for span, found in zip(spans, truth, strict=True)
        if span.number <= plan.subset
    ][: plan.stock_spans]
    _compare(
        report,
        Stock.name,
        Stock(plan.folder / "stock").exact,
        [span for span, _ in inside],
        [found for _, found in inside],
        f"within {plan.subset:,} documents",
    )


def _compare(
    report: Report,
    who: str,
    exact: Callable[[str], set[int]],
    spans: Sequence[Span],
    truth: Truth,
    note: str = "",
) -> None:
    score = Score()
    for span, documents in zip(spans, truth, strict=True):
        score.add(span, exact(span.raw), set(documents.tolist()))
    counted = f"{len(spans):,} spans" + (f" {note}" if note else "")
    report.add(PART, "recall", who, 100 * float(np.mean(score.recalls)), "%", counted)
    report.add(PART, "precision", who, 100 * float(np.mean(score.precisions)), "%")
    exactly = 1 - len(score.wrong) / max(1, len(spans))
    report.add(PART, "spans with exactly the right documents", who, 100 * exactly, "%")
    if who == Yinde.name:
        for span in score.wrong[:5]:
            report.say(f"wrong: document {span.number}, {span.raw!r}")
