"""Bring many materials into the archive, and report what became of each: what the commands share.

Items are read (pure, slow) before the transaction and stored in groups, so that the database is
locked for moments only and memory does not grow with the input. Each item is atomic for itself.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TextIO

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from archive.ingest.errors import IngestError
from archive.ingest.read.printable import printable_name
from archive.ingest.sandbox.reader import read_all
from archive.ingest.store.duplicates import Outcome, judge, unread
from archive.ingest.store.speeches import keep, record, refused, store
from archive.ingest.values import Draft, Hints, Item
from archive.models import ItemStatus, Source, UploadBatch, UploadItem
from archive.models.speech import digest_of

GROUP_ITEMS = 20  # how long others wait to write: a fifth of a second or so
GROUP_BYTES = 4 * 2**20


@dataclass(frozen=True)
class ReportRow:
    """What became of one item, as the report says it; `id` is the speech's, if there is one."""

    name: str
    status: str
    reason: str = ""
    id: int | None = None
    title: str = ""


@dataclass(frozen=True)
class Plan:
    """How a run treats its items: the values given for all of them, and what is done with them."""

    source: Source | None = None
    type: str = ""
    publish: bool = False
    dry_run: bool = False

    @property
    def hints(self) -> Hints:
        """What the pipeline is told about every item."""
        return Hints(source=self.source.name if self.source else "", type=self.type)


def files_in(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Yield the files of `paths` with the names to report; folders in order, hidden files not."""
    for path in paths:
        if not path.is_dir():
            yield path, path.name
            continue
        for found in sorted(path.rglob("*")):
            inside = found.relative_to(path)
            if found.is_file() and not any(part.startswith(".") for part in inside.parts):
                yield found, inside.as_posix()


def items_of(
    paths: Iterable[Path], hints: Hints, advance: Callable[[int], object] = lambda _count: None
) -> Iterator[Item]:
    """Yield the materials in files and folders, read as streams; what cannot be read is failed.

    `advance` is told how many more bytes of the files have been worked through.
    """
    for path, name in files_in(paths):
        done = 0
        try:
            with path.open("rb") as file:
                for item in read_all(file, name, hints):
                    yield item
                    position = max(item.position, done)  # a zip is not read from front to back
                    advance(position - done)
                    done = position
        except OSError as error:
            reason = IngestError("unreadable", error.strerror or str(error))
            yield Item(printable_name(name), b"", reason)


def load(
    items: Iterable[Item], plan: Plan = Plan(), batch: UploadBatch | None = None
) -> Iterator[ReportRow]:
    """Store `items`, yielding a row of the report for each once it is committed."""
    seen: set[str] = set()
    for group in _grouped(items):
        if plan.dry_run:
            yield from (_survey(item, plan, seen) for item in group)
        else:
            with transaction.atomic():
                rows = [_store(item, plan, batch) for item in group]
            yield from rows


def _grouped(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Hand on the items in groups bounded by number and by size."""
    group: list[Item] = []
    size = 0
    for item in items:
        group.append(item)
        size += len(item.content)
        if len(group) == GROUP_ITEMS or size >= GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _store(item: Item, plan: Plan, batch: UploadBatch | None) -> ReportRow:
    if isinstance(item.read, Draft):
        try:
            outcome = store(
                item.read,
                item.content,
                item.name,
                source=plan.source,
                publish=plan.publish,
                batch=batch,
            )
        except (DataError, IntegrityError) as error:  # of this item only; its savepoint is undone
            outcome = refused(error)
        else:
            return _row(item, outcome)
    else:
        outcome = unread(item.read)
    if batch and outcome.status == ItemStatus.HELD:
        keep(batch, item, outcome)
    elif batch:
        record(UploadItem(batch=batch, name=item.name), outcome)
    return _row(item, outcome)


def _survey(item: Item, plan: Plan, seen: set[str]) -> ReportRow:
    """Say what `_store` would do; `seen` are the texts met earlier in this run."""
    if isinstance(item.read, IngestError):
        return _row(item, unread(item.read))
    digest = digest_of(item.read.text)
    if digest in seen:
        outcome = Outcome(ItemStatus.DUPLICATE, None, _("与本次导入中的另一份正文相同"))
    else:
        outcome = judge(item.read, item.content, source=plan.source)
    seen.add(digest)
    return _row(item, outcome)


def _row(item: Item, outcome: Outcome) -> ReportRow:
    read = item.read.title if isinstance(item.read, Draft) else ""
    speech = outcome.speech
    return ReportRow(
        item.name,
        str(outcome.status),
        outcome.reason,
        speech.pk if speech else None,
        speech.title if speech else read,
    )


@contextmanager
def report_to(path: Path) -> Iterator[Callable[[ReportRow], None]]:
    """Open a report and give the function that adds a row to it; `.json` makes an array.

    Raises OSError if the file cannot be written.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        yield from _json(file) if path.suffix.lower() == ".json" else _csv(file)


def defuse(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    text = "" if cell is None else cell
    if isinstance(text, str) and text.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + text
    return text


def _csv(file: TextIO) -> Iterator[Callable[[ReportRow], None]]:
    writer = csv.writer(file)
    writer.writerow([field.name for field in fields(ReportRow)])
    yield lambda row: writer.writerow([defuse(cell) for cell in asdict(row).values()])


def _json(file: TextIO) -> Iterator[Callable[[ReportRow], None]]:
    between = "[\n"

    def add(row: ReportRow) -> None:
        nonlocal between
        file.write(between + json.dumps(asdict(row), ensure_ascii=False))
        between = ",\n"

    yield add
    file.write("\n]\n" if between == ",\n" else "[]\n")
