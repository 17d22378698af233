"""`python -m benchmarks`: measure Yinde beside what a user might pick instead. See docs/benchmarks.md."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import django

from benchmarks.corpus import Corpus
from benchmarks.generate import generated
from benchmarks.plan import PARTS, Plan
from benchmarks.repeat import repeated
from benchmarks.report import Report

_GENERATED = 30_000
# Beyond this a tenth of the queries is enough, and other goals hold.
_LARGE = 100_000
_RESULTS = Path(__file__).resolve().parent / "results"


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "corpus", nargs="?", type=Path, help="a .jsonl[.xz|.gz] file; default: generated"
    )
    parser.add_argument("--documents", type=int, help="so many documents (default: all, or 30,000)")
    parser.add_argument(
        "--copies", type=int, default=1, help="each text so many times, all but the first changed"
    )
    parser.add_argument("--spans", type=int, help="random spans; other queries in proportion")
    parser.add_argument("--subset", type=int, default=3000, help="documents for stock Haystack")
    parser.add_argument("--parts", default=",".join(PARTS), help=f"default: {','.join(PARTS)}")
    parser.add_argument("--folder", type=Path, help="build here and keep it; later parts reuse it")
    parser.add_argument(
        "--json", type=Path, help="where the figures go (default: benchmarks/results)"
    )
    chosen = parser.parse_args(argv)
    chosen.parts = chosen.parts.split(",")
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if "build" not in chosen.parts and not chosen.folder:
        parser.error("without the part build there must be a --folder from an earlier run")
    return chosen


@contextmanager
def prepared(folder: Path | None) -> Iterator[Path]:
    """Set Django up in a folder of the run, which is removed at the end unless it was given."""
    with tempfile.TemporaryDirectory(prefix="yinde-benchmark-") as temporary:
        path = (folder or Path(temporary)).resolve()
        for name in ("DATABASE_URL", "SEARCH_URL", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG"):
            os.environ.pop(name, None)
        os.environ |= {"DATA_DIR": str(path), "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
        django.setup()
        yield path


def main() -> None:
    """Carry out a run and sum it up."""
    chosen = arguments()
    path = chosen.corpus or generated(chosen.documents or _GENERATED)
    corpus = Corpus(path, chosen.documents)
    if chosen.copies > 1:
        corpus = Corpus(repeated(corpus, chosen.copies))
    documents = len(corpus.sizes)
    for what, count in sorted(corpus.left_out.items()):
        print(f"Left out of {path.name}: {count:,} {what}")
    if not documents:
        sys.exit(f"{path.name} has no document that can be measured.")
    with prepared(chosen.folder) as folder:
        plan = Plan(
            corpus,
            folder,
            spans=chosen.spans or (10_000 if documents <= _LARGE else 1_000),
            subset=min(chosen.subset, documents),
        )
        # The stages import models, which Django lets nobody do before it is set up.
        stages = importlib.import_module("benchmarks.stages")
        report = Report(corpus.path.name, documents, corpus.characters)
        stages.run(chosen.parts, plan, report)
        goals = stages.GOALS if documents <= _LARGE else stages.LARGE_GOALS
        print(report.summary(goals))
        now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        report.write(chosen.json or _RESULTS / f"{now}-{documents}.json", goals)


if __name__ == "__main__":
    main()
