"""Bring files into the archive from the command line."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from django.core.management.base import CommandError, OutputWrapper
from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from tqdm import tqdm

from archive.ingest.batch import Plan, ReportRow, files_in, items_of, load, report_to
from archive.ingest.read.printable import printable_name
from archive.models import ItemStatus, Source, SpeechType, UploadBatch
from search.background import BackgroundCommand
from search.sync.follow import behind, follow
from search.sync.outbox import deferred

COUNTED = ("new", "changed", "duplicate", "held", "failed")
STEP = 500  # items between two turns of the index, and between two lines of plain progress
REASONS_SHOWN = 20  # of what failed, and of what is held


class Command(BackgroundCommand):
    """Import files, folders, zips and .jsonl files, however large."""

    help = (
        "Import HTML, text, .docx, .zip and .jsonl (.xz, .gz) files or folders of them. "
        "Safe to repeat: what the archive has already is reported as duplicate."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--source", metavar="SLUG", help="short name of the source of all")
        parser.add_argument("--type", default="", help=f"one of {', '.join(SpeechType.values)}")
        parser.add_argument("--publish", action="store_true", help="publish what is not held")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument(
            "--report", type=Path, metavar="FILE", help="write a row an item to FILE (.csv, .json)"
        )

    def handle(self, *, paths: list[Path], report: Path | None, **options: Any) -> None:
        """Run the import and print the counts."""
        missing = [str(path) for path in paths if not path.exists()]
        if missing:
            raise CommandError(f"No such file or folder: {', '.join(missing)}")
        plan = Plan(
            source=_source(options["source"]),
            type=options["type"],
            publish=options["publish"],
            dry_run=options["dry_run"],
        )
        counts: Counter[str] = Counter()
        try:
            with ExitStack() as stack:
                try:
                    add = stack.enter_context(report_to(report)) if report else _nowhere
                except OSError as error:
                    raise CommandError(f"The report cannot be written: {error}") from error
                progress = stack.enter_context(Progress(self.stderr, paths))
                self._run(paths, plan, add, progress, counts)
        except (DatabaseError, InterfaceError, OSError) as error:
            raise CommandError(_stopped(error, counts, dry_run=plan.dry_run)) from error
        if plan.dry_run:
            self.stdout.write("Dry run: nothing was stored.")
        self.stdout.write(_counted(counts))
        if counts.total() == counts[ItemStatus.FAILED]:
            raise CommandError("Nothing could be read.")

    def _run(
        self,
        paths: list[Path],
        plan: Plan,
        add: Callable[[ReportRow], None],
        progress: Progress,
        counts: Counter[str],
    ) -> None:
        batch = None if plan.dry_run else _batch(paths, plan)
        with deferred():
            for line in load(items_of(paths, plan.hints, progress.advance), plan, batch):
                counts[line.status] += 1
                add(line)
                told = line.status in (ItemStatus.FAILED, ItemStatus.HELD)
                if told and counts[line.status] <= REASONS_SHOWN:
                    progress.say(f"{line.status}: {line.name}: {line.reason}")
                if counts.total() % STEP == 0:
                    progress.step(counts.total())
                    if batch:
                        follow(patient=True)
        if batch:
            self._follow_to_the_end()
            batch.finished_at = timezone.now()
            batch.save(update_fields=["finished_at"])

    def _follow_to_the_end(self) -> None:
        """Let the index catch up while it makes headway; the import does not depend on it."""
        before: int | None = -1
        while (left := behind()) not in (0, before):
            follow(patient=True)
            before = left
        if left is None:
            self.stderr.write("The index could not be built yet; it will be by itself.")
        elif left:
            self.stderr.write(f"The index has still to follow {left} changes; it will by itself.")


class Progress:
    """How far the import is: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, stream: OutputWrapper, paths: list[Path]) -> None:
        self.stream = stream
        total = sum(path.stat().st_size for path, _name in files_in(paths))
        self.bar = tqdm(
            total=total, unit="B", unit_scale=True, file=sys.stderr, disable=not stream.isatty()
        )
        self.total, self.done = total, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.bar.close()

    def advance(self, count: int) -> None:
        """Note that `count` more bytes of the files have been worked through."""
        self.done += count
        self.bar.update(count)

    def step(self, items: int) -> None:
        """Say how many items are done, where there is no bar."""
        if self.bar.disable:
            self.stream.write(f"{items:,} items · {self.done / max(self.total, 1):.0%}")

    def say(self, text: str) -> None:
        """Print a line without spoiling the bar."""
        if self.bar.disable:
            self.stream.write(text)
        else:
            self.bar.write(text, file=sys.stderr)


def _counted(counts: Counter[str]) -> str:
    return " · ".join(f"{name} {counts[name]}" for name in COUNTED)


def _stopped(error: Exception, counts: Counter[str], *, dry_run: bool) -> str:
    """Return the line that an import ends with which could not go on: a full disk, a locked database."""
    reason = " ".join(str(error).split())
    if dry_run:
        return f"Stopped: {reason}. Nothing was stored (dry run)."
    return (
        f"Stopped: {reason}. Stored so far: {_counted(counts)}. "
        "Run the same command again: it goes on with the rest."
    )


def _source(slug: str | None) -> Source | None:
    if slug is None:
        return None
    source = Source.objects.filter(slug=slug).first()
    if source is None:
        known = ", ".join(Source.objects.order_by("slug").values_list("slug", flat=True))
        raise CommandError(f"No source has the short name {slug!r}. There are: {known or 'none'}")
    return source


def _batch(paths: list[Path], plan: Plan) -> UploadBatch:
    label = "import_speeches " + " ".join(printable_name(path.name) for path in paths)
    given = plan.type if plan.type in SpeechType.values else ""
    return UploadBatch.objects.create(label=label[:255], source=plan.source, type=given)


def _nowhere(_line: ReportRow) -> None:
    """Drop a row of the report: no report was asked for."""
