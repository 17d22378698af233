"""Build every contestant's index over the same documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks import yinde
from benchmarks.measure import Measured, folder_bytes, in_child, timed
from benchmarks.peers import fts5, stock, tantivy_index
from benchmarks.plan import Plan
from benchmarks.report import Report

PART = "Build"


def run(plan: Plan, report: Report) -> None:
    """Fill the database, then build one index after the other."""
    _, seconds = timed(yinde.fill_database, plan.corpus)
    report.say(f"filled the database in {seconds:.0f} s")
    characters, living = plan.corpus.characters, yinde.index_folder()

    one = in_child(yinde.build, 1)
    _say(report, f"{yinde.NAME}, one process", one, characters, living)
    _say(report, yinde.NAME, in_child(yinde.build, None), characters, living)

    path = plan.folder / "tantivy"
    built = in_child(tantivy_index.build, plan.corpus, path)
    _say(report, tantivy_index.NAME, built, characters, path)

    path = plan.folder / "fts5.sqlite3"
    built = in_child(fts5.build, plan.corpus, path)
    _say(report, fts5.NAME, built, characters, path)

    ratio = report.value(PART, "speed", yinde.NAME) / report.value(
        PART, "speed", tantivy_index.NAME
    )
    report.add(PART, "speed against tantivy", yinde.NAME, ratio, "times")

    in_child(yinde.build_subset, plan.subset)
    path = plan.folder / "stock"
    built = in_child(stock.build, plan.subset, path)
    few = plan.corpus.first(plan.subset)
    _say(report, stock.NAME, built, few.characters, path, f"over {plan.subset:,} documents only")
    whole = built.seconds * characters / few.characters
    note = "extrapolated linearly"
    report.add(PART, "time for the corpus", stock.NAME, whole, "s", note)


def _say(
    report: Report, who: str, built: Measured[Any], characters: int, path: Path, note: str = ""
) -> None:
    report.add(PART, "speed", who, characters / built.seconds / 1e6, "M characters/s", note)
    report.add(PART, "on disk", who, folder_bytes(path) / characters, "bytes/character")
    report.add(PART, "peak memory of a process", who, built.peak_bytes / 2**20, "MB")
    per_million = built.processor_seconds / (characters / 1e6)
    report.add(PART, "processor time", who, per_million, "s/M characters")
    if not note:
        report.add(PART, "time for the corpus", who, built.seconds, "s")
