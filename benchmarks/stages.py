"""The parts of a run, in their order, and what is to be reached."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from benchmarks import build, load, pages, ranking, recall, speed, update
from benchmarks.plan import Plan
from benchmarks.report import Goal, Report

# `update` and `load` come last: they change the index that the others measure.
PARTS: Mapping[str, Callable[[Plan, Report], None]] = {
    "build": build.run,
    "recall": recall.run,
    "speed": speed.run,
    "ranking": ranking.run,
    "pages": pages.run,
    "update": update.run,
    "load": load.run,
}
GOALS = (
    Goal(build.PART, "speed", 2.0, least=True),
    Goal(build.PART, "on disk", 8.0),
    Goal(build.PART, "speed against tantivy", 1.0, least=True),
    Goal(recall.PART, "recall", 100.0, least=True),
    Goal(recall.PART, "precision", 100.0, least=True),
    Goal(recall.PART, "spans with exactly the right documents", 100.0, least=True),
    Goal(speed.STRINGS, "asked first, median", 1.0),
    Goal(speed.STRINGS, "asked first, worst", 50.0),
    Goal(speed.WORDS, "asked again, median", 5.0),
    Goal(speed.WORDS, "asked first, median", 50.0),
    Goal(speed.WORDS, "index reopened, median", 50.0),
    Goal(speed.SUBSET, "asked first, faster than stock", 50.0, least=True),
    Goal(speed.MEMORY, "engine beyond maps", 300.0),
    Goal(pages.PART, "one client, p95", 60.0),
    Goal(pages.PART, "against tantivy's page", 1.2),
    Goal(update.PART, "one findable, worst", 1.0),
    Goal(update.PART, "many findable", 10.0),
    Goal(load.PART, "during an import, p95", 500.0),
    Goal(load.PART, "during an import, failed", 0.0),
    Goal(load.PART, "during a rebuild, p95", 500.0),
    Goal(load.PART, "during a rebuild, failed", 0.0),
    Goal(load.PART, "files not found afterwards", 0.0),
    Goal(load.PART, "differences of index and database", 0.0),
)
# What must hold however large the corpus is; the other figures grow with it.
LARGE_GOALS = (
    *(goal for goal in GOALS if goal.part in (build.PART, recall.PART, update.PART)),
    Goal(speed.MEMORY, "engine beyond maps", 300.0),
    Goal(pages.PART, "one client, p95", 250.0),
)


def run(parts: Collection[str], plan: Plan, report: Report) -> None:
    """Carry out the chosen parts."""
    for name, part in PARTS.items():
        if name in parts:
            part(plan, report)
