"""Bring many materials into the archive: the loop that the commands share.

Items are read (pure, slow) before the transaction and stored in groups, so that the database is
locked for moments only and memory does not grow with the input. Each item is atomic for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from archive.ingest.dedupe import Outcome, judge
from archive.ingest.errors import IngestError
from archive.ingest.expand import expand
from archive.ingest.isolate import draft_member
from archive.ingest.store import record, store
from archive.ingest.values import Draft, Hints, Member
from archive.models import ItemStatus, Source, UploadBatch, UploadItem
from archive.models.speech import digest_of

Read = Draft | IngestError

GROUP_ITEMS = 20  # how long others wait to write: a fifth of a second or so
GROUP_BYTES = 4 * 2**20


@dataclass(frozen=True)
class Line:
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


def members_of(
    paths: Iterable[Path], advance: Callable[[int], object] = lambda _count: None
) -> Iterator[Member]:
    """Yield the materials in files and folders, read as streams; what cannot be read is failed.

    `advance` is told how many more bytes of the files have been worked through.
    """
    for path, name in files_in(paths):
        done = 0
        try:
            with path.open("rb") as file:
                for member in opened(file, name):
                    yield member
                    position = max(file.tell(), done)  # a zip is not read from front to back
                    advance(position - done)
                    done = position
        except OSError as error:
            yield Member(name, error=IngestError("unreadable", error.strerror or str(error)))


def opened(file: IO[bytes], name: str) -> Iterator[Member]:
    """Yield the materials in one open file; one that cannot be read, or holds none, is failed."""
    empty = True
    try:
        for member in expand(file, name):
            empty = False
            yield member
    except IngestError as error:
        yield Member(name, error=error)
    else:
        if empty:
            yield Member(name, error=IngestError("empty"))


def load(
    members: Iterable[Member], plan: Plan = Plan(), batch: UploadBatch | None = None
) -> Iterator[Line]:
    """Read and store `members`, yielding a line for each once it is committed."""
    seen: set[str] = set()
    for group in _grouped(members, plan.hints):
        if plan.dry_run:
            yield from (_survey(member, read, plan, seen) for member, read in group)
        else:
            with transaction.atomic():
                lines = [_store(member, read, plan, batch) for member, read in group]
            yield from lines


def _grouped(members: Iterable[Member], hints: Hints) -> Iterator[list[tuple[Member, Read]]]:
    """Read the members and hand them on in groups bounded by number and by size."""
    group: list[tuple[Member, Read]] = []
    size = 0
    for member in members:
        try:
            group.append((member, draft_member(member, hints)))
        except IngestError as error:
            group.append((Member(member.name), error))
        size += len(member.content)
        if len(group) == GROUP_ITEMS or size >= GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _store(member: Member, read: Read, plan: Plan, batch: UploadBatch | None) -> Line:
    if isinstance(read, Draft):
        try:
            outcome = store(
                read,
                member.content,
                member.name,
                source=plan.source,
                publish=plan.publish,
                batch=batch,
            )
        except (DataError, IntegrityError) as error:  # of this item only; its savepoint is undone
            outcome = Outcome(ItemStatus.FAILED, None, str(error))
        else:
            return _line(member.name, outcome, read)
    else:
        outcome = Outcome(ItemStatus.FAILED, None, str(read))
    if batch:
        record(UploadItem(batch=batch, name=member.name), outcome)
    return _line(member.name, outcome)


def _survey(member: Member, read: Read, plan: Plan, seen: set[str]) -> Line:
    """Say what `_store` would do; `seen` are the texts met earlier in this run."""
    if isinstance(read, IngestError):
        return _line(member.name, Outcome(ItemStatus.FAILED, None, str(read)))
    digest = digest_of(read.text)
    if digest in seen:
        outcome = Outcome(ItemStatus.DUPLICATE, None, _("与本次导入中的另一份正文相同"))
    else:
        outcome = judge(read, member.content, source=plan.source)
    seen.add(digest)
    return _line(member.name, outcome, read)


def _line(name: str, outcome: Outcome, read: Draft | None = None) -> Line:
    speech = outcome.speech
    title = speech.title if speech else read.title if read else ""
    return Line(name, str(outcome.status), outcome.reason, speech.pk if speech else None, title)
