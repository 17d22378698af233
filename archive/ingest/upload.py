"""Uploads in two steps: what came in is read and shown; nothing enters the archive until confirmed.

    stage -> a batch whose items wait, or are held, each with its original file kept
    preview -> what was understood of an item, and what the archive has already
    confirm -> one transaction that stores the item, as the editor decided

The draft that stage makes is kept (`drafts`) for the steps after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath
from time import monotonic
from typing import IO, Any

from django.contrib.auth.models import User
from django.db import DataError, IntegrityError, transaction
from django.db.models import QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from archive.ingest import drafts
from archive.ingest.errors import IngestError
from archive.ingest.read.formats import ZIP
from archive.ingest.rules import EvidenceRule
from archive.ingest.sandbox.reader import read_all
from archive.ingest.store.duplicates import Outcome, find_source, judge, unread
from archive.ingest.store.speeches import keep, name_of_source, record, store
from archive.ingest.store.speeches import refused as refused_by_database
from archive.ingest.values import Draft, Evidence, Item
from archive.models import ItemStatus, Source, Speech, UploadBatch, UploadItem
from search.text.dates import PartialDate

MAX_ITEMS = 500
PATIENCE = 120  # seconds that one request may read files for
WORD_NAMES = (".docx", ".docm")
OTHER_NAMES = (".doc", ".exe", ".gif", ".jpeg", ".jpg", ".pdf", ".png", ".rtf", ".xls", ".xlsx")

_SCRIPT = re.compile(rb"<script|<[^<>]+\son[a-z]+\s*=|javascript:", re.IGNORECASE)


class Decision(TextChoices):
    """What an editor wants to become of an item."""

    STORE = "store", gettext_lazy("入库")
    CLEARED = "cleared", gettext_lazy("核对无误，照常入库")
    VERSION = "version", gettext_lazy("作为已有材料的新版本")
    BOTH = "both", gettext_lazy("另存一份")
    SKIP = "skip", gettext_lazy("跳过")


@dataclass(frozen=True)
class Preview:
    """What was understood of a waiting item, and what storing it would do."""

    item: UploadItem
    draft: Draft
    verdict: Outcome
    is_word: bool
    has_scripts: bool

    @property
    def notice(self) -> str:
        """Say that the name of the file promises another kind of file than it is, if so."""
        suffix = PurePath(self.item.name).suffix.lower()
        other = WORD_NAMES + OTHER_NAMES
        if suffix in WORD_NAMES if self.is_word else suffix not in other:
            return ""
        kind = _("Word 文档") if self.is_word else _("文本")
        return _("扩展名是 %(suffix)s，内容却是%(kind)s；已按内容读取。") % {
            "suffix": suffix or _("（无）"),
            "kind": kind,
        }

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What may be decided, the proposed decision first; a new version needs another document."""
        if self.verdict.status == ItemStatus.DUPLICATE:
            return (Decision.SKIP, Decision.VERSION, Decision.BOTH)
        if self.verdict.status == ItemStatus.CHANGED:
            return (Decision.VERSION, Decision.BOTH, Decision.SKIP)
        if self.verdict.status == ItemStatus.HELD:
            return (Decision.STORE, Decision.CLEARED, Decision.VERSION, Decision.SKIP)
        return (Decision.STORE, Decision.VERSION, Decision.SKIP)


@dataclass(frozen=True)
class Choice:
    """What an editor decided about an item, with the values as corrected.

    `replaces` is the key of the speech that a new version replaces.
    """

    decision: Decision
    title: str
    source: str
    date: PartialDate
    type: str
    replaces: int | None = None


@dataclass(frozen=True)
class Staged:
    """The batch, or None where nothing could be read; and what was refused, with the reasons."""

    batch: UploadBatch | None
    refused: tuple[tuple[str, str], ...]


def stage(
    files: Iterable[tuple[str, IO[bytes]]],
    user: User,
    source: Source | None = None,
    kind: str = "",
) -> Staged:
    """Read files and keep what can be read as waiting items of a new batch.

    Where nothing can be read nothing is written. What is held is kept, too, with its reason, but
    does not wait: nobody can confirm it. What is refused among others is recorded on the batch with
    its reason.
    """
    hints = drafts.hints_of(source, kind)
    batch: UploadBatch | None = None
    refused: list[tuple[str, Outcome]] = []
    for item, outcome in _bounded(i for name, file in files for i in read_all(file, name, hints)):
        if outcome.status == ItemStatus.FAILED:
            refused.append((item.name, outcome))
            continue
        with transaction.atomic():
            if batch is None:
                batch = UploadBatch.objects.create(created_by=user, source=source, type=kind)
            kept = keep(batch, item, outcome)
        if isinstance(item.read, Draft):
            drafts.keep(kept, item.read)
    if batch:
        _close(batch, refused)
    return Staged(batch, tuple((name, outcome.reason) for name, outcome in refused))


def _bounded(items: Iterable[Item]) -> Iterator[tuple[Item, Outcome]]:
    """Yield what was read with what becomes of it: it waits, is held or has failed.

    The last has failed if it was one too many, or came too late.
    """
    kept = refused = 0
    until = monotonic() + PATIENCE
    for item in items:
        if left_out := _beyond(max(kept, refused), until):
            yield item, Outcome(ItemStatus.FAILED, None, left_out)
            return
        outcome = Outcome(ItemStatus.WAITING)
        if isinstance(item.read, IngestError):
            outcome = unread(item.read)
        if outcome.status == ItemStatus.FAILED:
            refused += 1
        else:
            kept += 1
        yield item, outcome


def _close(batch: UploadBatch, refused: Iterable[tuple[str, Outcome]]) -> None:
    """Name a batch after what is in it, and record what was refused beside that."""
    batch.label = _label(batch)
    batch.save(update_fields=["label"])
    for name, outcome in refused:
        record(UploadItem(batch=batch, name=name), outcome)
    _finish(batch)


def _beyond(count: int, until: float) -> str:
    """Say why the rest of an upload is left out, "" while it is not."""
    if count >= MAX_ITEMS:
        said = _("一次最多 %(count)s 份，其余未读入；更多请用 import_speeches 命令。")
        return said % {"count": MAX_ITEMS}
    if monotonic() > until:
        said = _("读取已超过 %(seconds)s 秒，其余未读入；请分几次上传，或用 import_speeches 命令。")
        return said % {"seconds": PATIENCE}
    return ""


def preview(item: UploadItem) -> Preview:
    """Say what was understood of a waiting item and what the archive has already. Raises IngestError."""
    draft, content = drafts.draft_of(item)
    verdict = judge(draft, content, source=item.batch.source)
    return Preview(
        item,
        draft,
        verdict,
        is_word=content.startswith(ZIP),
        has_scripts=_SCRIPT.search(content) is not None,
    )


def source_name(draft: Draft, batch: UploadBatch) -> str:
    """Return the name of the source that an item would get, "" if nothing names one."""
    source = batch.source or find_source(draft)
    return source.name if source else name_of_source(draft)


def confirm(
    item: UploadItem, user: User, choice: Choice | None = None, *, publish: bool = False
) -> Outcome:
    """Store a waiting item in one transaction and record the outcome.

    Without a `choice` the item is stored as it was understood. An item that is no longer waiting
    stays as it is: confirming twice stores once. What cannot be read any more has failed.
    """
    read: tuple[Draft, bytes] | IngestError
    try:
        read = drafts.draft_of(item)  # before the transaction: others wait to write meanwhile
    except IngestError as error:
        read = error
    with transaction.atomic():
        locked = UploadItem.objects.select_for_update().get(pk=item.pk)
        if locked.status != ItemStatus.WAITING:
            return Outcome(ItemStatus(locked.status), locked.speech, locked.reason)
        if isinstance(read, IngestError):
            outcome = unread(read)
        else:
            try:
                with transaction.atomic():
                    outcome = _store(locked, *read, user, choice, publish=publish)
            except (DataError, IntegrityError) as error:
                outcome = refused_by_database(error)
        record(locked, outcome)
        _finish(locked.batch)
    drafts.forget(item)
    return outcome


def discard(batch: UploadBatch, items: QuerySet[UploadItem]) -> None:
    """Leave out what waits in a batch."""
    for item in items:
        drafts.forget(item)
    items.update(status=ItemStatus.SKIPPED)
    _finish(batch)


def _finish(batch: UploadBatch) -> None:
    """Note the time when nothing waits in a batch any more."""
    with transaction.atomic():
        # Of two who finish the last items together one must see what the other did.
        UploadBatch.objects.select_for_update().get(pk=batch.pk)
        if not batch.items.filter(status=ItemStatus.WAITING).exists():
            batch.finished_at = timezone.now()
            batch.save(update_fields=["finished_at"])


def proposed(shown: Preview) -> Choice:
    """Return the choice that leaves everything as it was understood."""
    draft = shown.draft
    name = source_name(draft, shown.item.batch)
    known = shown.verdict.speech
    return Choice(
        shown.decisions[0], draft.title, name, draft.date, draft.type, known.pk if known else None
    )


def _store(
    item: UploadItem,
    draft: Draft,
    content: bytes,
    user: User,
    choice: Choice | None,
    *,
    publish: bool,
) -> Outcome:
    source = item.batch.source
    if choice is None:
        return store(draft, content, item.name, source=source, publish=publish, user=user)
    if choice.decision == Decision.SKIP:
        verdict = judge(draft, content, source=source)
        skipped = Outcome(ItemStatus.SKIPPED)
        return verdict if verdict.status == ItemStatus.DUPLICATE else skipped

    if choice.source != source_name(draft, item.batch):
        source = None
        draft = _corrected(replace(draft, source_domain=""), user, source_name=choice.source)
    draft = _corrected(draft, user, title=choice.title, date=choice.date, type=choice.type)
    if choice.decision == Decision.CLEARED:
        draft = replace(draft, held_reason="")
    replaces = None
    if choice.decision == Decision.VERSION and choice.replaces:
        replaces = Speech.objects.filter(pk=choice.replaces).first()
    return store(
        draft,
        content,
        item.name,
        source=source,
        publish=publish,
        keep_both=choice.decision == Decision.BOTH,
        replaces=replaces,
        user=user,
    )


def _corrected(draft: Draft, user: User, **values: Any) -> Draft:
    """Return the draft with an editor's values, each marked as such where it differs."""
    changed = {column: new for column, new in values.items() if new != getattr(draft, column)}
    found = Evidence(EvidenceRule.BY_HAND, user.get_username(), guessed=False)
    marks = dict.fromkeys(changed, found)
    return replace(draft, **changed, provenance={**draft.provenance, **marks})


def _label(batch: UploadBatch) -> str:
    items = batch.items.all()
    first, count = items[0].name, items.count()
    if count == 1:
        return first[:200]
    return _("%(name)s 等 %(count)s 份") % {"name": first[:200], "count": count}
