"""Write a draft into the database as a speech or the new state of one, in one transaction.

Everything before this is pure. Saving never depends on the index: the index learns of a change
from the outbox, which is written in the same transaction.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import DatabaseError, connection, models, transaction
from django.utils.translation import gettext as _

from archive.ingest.store.duplicates import (
    COLUMNS,
    Outcome,
    address_of,
    external_id,
    find_source,
    fit,
    is_source_given,
    judge,
)
from archive.ingest.values import Draft, Item
from archive.models import (
    ItemStatus,
    Original,
    Source,
    Speech,
    SpeechVersion,
    State,
    UploadBatch,
    UploadItem,
)
from archive.models.fields import storable
from archive.proposals import must_wait, propose

_LOCK = 0x59494E4445  # any number: the name of a lock of PostgreSQL's
_MAX_EVIDENCE = 500  # characters: enough to see where a value was read


def store(
    draft: Draft,
    content: bytes,
    name: str,
    *,
    source: Source | None = None,
    publish: bool = False,
    keep_both: bool = False,
    replaces: Speech | None = None,
    batch: UploadBatch | None = None,
    user: User | None = None,
) -> Outcome:
    """Store one draft and the original file it was read from; one transaction.

    `content` is kept byte for byte. `source` overrides what the draft says of its source.
    A draft that is held is stored for an editor to look at and never published. An editor may
    decide otherwise than `judge`: `keep_both` stores a twin as a new speech, `replaces` makes the
    draft the new version of that speech. With `batch` an item of the batch records the outcome.
    """
    with transaction.atomic():
        _one_at_a_time()
        source = source or find_source(draft)
        decided = _decided(draft, keep_both=keep_both, replaces=replaces)
        outcome = decided or judge(draft, content, source=source)
        original = None
        if outcome.status != ItemStatus.DUPLICATE:
            original = Original.objects.keep(content, name, is_row=draft.is_row)
            outcome = _write(outcome, draft, original, source=source, publish=publish, user=user)
        if batch:
            item = UploadItem(batch=batch, name=name, original=original, is_row=draft.is_row)
            record(item, outcome)
    return outcome


def _decided(draft: Draft, *, keep_both: bool, replaces: Speech | None) -> Outcome | None:
    """Return what an editor has decided a draft is, None where that is to be judged."""
    if replaces:
        return Outcome(ItemStatus.CHANGED, replaces)
    if keep_both:
        status = ItemStatus.HELD if draft.held_reason else ItemStatus.NEW
        return Outcome(status, None, draft.held_reason)
    return None


def _write(
    found: Outcome,
    draft: Draft,
    original: Original,
    *,
    source: Source | None,
    publish: bool,
    user: User | None,
) -> Outcome:
    """Make a draft the new state of the speech that it was found to be, or a new speech."""
    if found.speech is None:
        speech = _create(draft, original, source=source, publish=publish)
        return Outcome(found.status, speech, found.reason)
    stayed = _update(found.speech, draft, original, source=source, user=user)
    reason = "；".join(filter(None, (found.reason, stayed)))
    return Outcome(ItemStatus.CHANGED, found.speech, reason)


def _one_at_a_time() -> None:
    """Have others who store wait for the end of this transaction: they would miss what it brings.

    With SQLite they wait already, from the beginning of theirs.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def refused(error: DatabaseError) -> Outcome:
    """Return what became of an item that the database would not take."""
    said = _("数据库不接受这一份：%(detail)s") % {"detail": error}
    return Outcome(ItemStatus.FAILED, None, said)


def keep(batch: UploadBatch, item: Item, outcome: Outcome) -> UploadItem:
    """Keep the original of an item that waits or is held; return its record on the batch."""
    with transaction.atomic():
        original = Original.objects.keep(item.content, item.name, is_row=item.is_row)
        row = UploadItem(batch=batch, name=item.name, original=original, is_row=item.is_row)
        record(row, outcome)
    return row


def record(item: UploadItem, outcome: Outcome) -> None:
    """Save what became of an item of a batch."""
    item.name = storable(item.name)[:500]
    item.status = outcome.status
    item.reason = storable(outcome.reason)[:500]
    item.error = [outcome.error.code, storable(outcome.error.detail)] if outcome.error else []
    item.speech = outcome.speech
    item.save()


def _new_source(draft: Draft) -> Source:
    """Return the source that a draft names and the archive does not know yet."""
    name = name_of_source(draft) or str(_("来源不详"))
    domain = "" if is_source_given(draft) else storable(draft.source_domain)
    row, _created = Source.objects.get_or_create(
        name=name,
        defaults={
            "slug": Source.objects.free_slug(domain.removeprefix("www.") or name),
            "domains": [domain] if domain else [],
        },
    )
    return row


def name_of_source(draft: Draft) -> str:
    """Return what a source that a draft names would be called, "" if it names none."""
    return storable(draft.source_name).strip()[:200] or storable(draft.source_domain)[:200]


def _create(draft: Draft, original: Original, *, source: Source | None, publish: bool) -> Speech:
    shown = publish and not draft.held_reason and draft.text.strip()
    return Speech.objects.create(
        **_values(draft),
        source=source or _new_source(draft),
        state=State.PUBLISHED if shown else State.DRAFT,
        held_reason=fit("held_reason", draft.held_reason),
        original=original,
        external_id=external_id(draft),
    )


def _update(
    speech: Speech,
    draft: Draft,
    original: Original,
    *,
    source: Source | None,
    user: User | None,
) -> str:
    """Make a draft the new state of a speech; what an editor corrected by hand stays as it is.

    Returns a sentence that says what stayed, or "". Where the text stayed, what came in is kept as
    a version that was not taken, so that nothing is lost and the same file is known next time.
    """
    speech.refresh_from_db(from_queryset=Speech.objects.select_for_update())
    values = _values(draft) | {"source": source or _source_of_update(draft, speech)}
    by_hand = speech.by_hand() & values.keys()
    stays = by_hand | ({"html", "removed"} if "text" in by_hand else set())
    if user and must_wait(speech, user):
        fresh = {column: value for column, value in _as_json(values).items() if column not in stays}
        _let_wait(speech, fresh, original, user)
        return _("已发布的内容未动，改动待批准")
    before = speech.version_values()
    for column in values.keys() - stays:
        setattr(speech, column, values[column])
    speech.held_reason = ""
    speech.external_id = external_id(draft) or speech.external_id
    evidence = {column: before["provenance"][column] for column in by_hand}
    speech.provenance = {**values["provenance"], **evidence}
    if "text" in by_hand:
        _save(speech, before | _as_json(values), original, user, taken=False)
    else:
        replaced, speech.original = speech.original, original
        _save(speech, before, replaced, user)
    labels = [str(COLUMNS[column].verbose_name) for column in COLUMNS if column in by_hand]
    return _("人工修订过的未覆盖：%(names)s") % {"names": "、".join(labels)} if labels else ""


def _let_wait(speech: Speech, fresh: dict[str, Any], original: Original, user: User) -> None:
    """Keep values to be agreed to; what changes nothing is kept as a version that was not taken."""
    reason = _("导入更新")
    if not propose(speech, fresh, user, reason=reason, original=original):
        speech.versions.create(
            values=fresh, taken=False, original=original, changed_by=user, reason=reason
        )


def _save(
    speech: Speech,
    values: dict[str, Any],
    original: Original | None,
    user: User | None,
    *,
    taken: bool = True,
) -> None:
    """Save a speech that an import has changed, with a version of these values."""
    SpeechVersion.objects.record(
        speech, values, by=user, reason=_("导入更新"), original=original, taken=taken
    )


def _source_of_update(draft: Draft, speech: Speech) -> Source:
    return _new_source(draft) if draft.source_name or draft.source_domain else speech.source


def _values(draft: Draft) -> dict[str, Any]:
    """Return the draft's values as the columns of `Speech` can hold them."""
    return {
        "title": fit("title", draft.title.strip()) or str(_("无题")),
        "type": draft.type,
        "date": draft.date,
        "original_url": address_of(draft),
        "source_line": fit("source_line", draft.source_line),
        "site_column": fit("site_column", draft.site_column),
        "site_tags": [storable(tag) for tag in draft.site_tags],
        "author": fit("author", draft.author),
        "hit_count": _count(draft.hit_count, models.BigIntegerField.MAX_BIGINT),
        "declared_length": _count(draft.declared_length, 2**31 - 1),
        "text": storable(draft.text),
        "html": storable(draft.html),
        "removed": [
            {
                "start": span.start,
                "end": span.end,
                "rule": span.rule.value,
                # NUL is shown by its sign: what was removed should still be seen.
                "text": storable(span.text.replace("\x00", "␀")),
            }
            for span in draft.removed
        ],
        "provenance": provenance_of(draft),
    }


def _as_json(values: dict[str, Any]) -> dict[str, Any]:
    """Return values of columns as `Speech.version_values` writes them."""
    return values | {"source": values["source"].pk, "date": str(values["date"])}


def provenance_of(draft: Draft) -> dict[str, dict[str, Any]]:
    """Return the draft's evidence as the column holds it, by the names of the columns."""
    return {
        "source" if name == "source_name" else name: {
            "rule": found.rule.value,
            "text": storable(found.text)[:_MAX_EVIDENCE],
            "guessed": found.guessed,
        }
        for name, found in draft.provenance.items()
    }


def _count(number: int | None, most: int) -> int | None:
    """Return a number read from a page, or None where it cannot be one."""
    return number if number is not None and 0 <= number <= most else None
