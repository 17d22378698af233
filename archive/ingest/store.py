"""The last step of ingest: put a draft into the archive, in one transaction.

Everything before this is pure. Saving never depends on the index: the index learns of a change
from the outbox, which is written in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from archive.ingest.values import Draft
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
from archive.models.original import media_type_of
from archive.models.speech import digest_of

_COLUMNS = {field.name: field for field in Speech._meta.fields}


@dataclass(frozen=True)
class Outcome:
    """What became of one draft, with the speech it became or was found to be.

    `reason` is for people: which document it duplicates, why it is held, what was not overwritten.
    """

    status: ItemStatus
    speech: Speech | None = None
    reason: str = ""


def judge(draft: Draft, content: bytes, name: str, *, source: Source | None = None) -> Outcome:
    """Say what `store` would do with a draft, by reading only.

    A duplicate is judged by its text or its original file, in whatever state the other one is; a
    change by the address it was read from or, for a row of a table, by source, title and date.
    """
    twin = _same_text(draft) or _same_file(sha256(content).hexdigest())
    if twin:
        return twin
    if draft.held_reason:
        return Outcome(ItemStatus.HELD, None, draft.held_reason)
    known = _known_as(draft, name, source)
    if known:
        reason = _("更新 #%(id)s《%(title)s》") % {"id": known.pk, "title": known.title}
        return Outcome(ItemStatus.CHANGED, known, reason)
    return Outcome(ItemStatus.NEW)


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
        if replaces:
            verdict = Outcome(ItemStatus.CHANGED, replaces)
        elif keep_both:
            held = ItemStatus.HELD if draft.held_reason else ItemStatus.NEW
            verdict = Outcome(held, None, draft.held_reason)
        else:
            verdict = judge(draft, content, name, source=source)

        original = None
        if verdict.status != ItemStatus.DUPLICATE:
            original = Original.objects.keep(content, name)
        if original and verdict.speech:
            kept = _update(verdict.speech, draft, original, source, user)
            reason = "；".join(filter(None, (verdict.reason, kept)))
            verdict = Outcome(ItemStatus.CHANGED, verdict.speech, reason)
        elif original:
            speech = _create(draft, original, source, publish)
            verdict = Outcome(verdict.status, speech, verdict.reason)
        if batch:
            record(UploadItem(batch=batch, name=name, original=original), verdict)
    return verdict


def record(item: UploadItem, outcome: Outcome) -> None:
    """Save what became of an item of a batch."""
    item.name = storable(item.name)[:500]
    item.status = outcome.status
    item.reason = storable(outcome.reason)[:500]
    item.speech = outcome.speech
    item.save()


def source_of(draft: Draft) -> Source:
    """Return the source that a draft names by name, short name or domain; made if not known."""
    source = find_source(draft)
    if source:
        return source
    name = _source_name(draft) or str(_("来源不详"))
    domain = storable(draft.source_domain)
    row, _created = Source.objects.get_or_create(
        name=name,
        defaults={
            "slug": Source.objects.free_slug(domain.removeprefix("www.") or name),
            "domains": [domain] if domain else [],
        },
    )
    return row


def _source_name(draft: Draft) -> str:
    return storable(draft.source_name).strip()[:200] or storable(draft.source_domain)[:200]


def find_source(draft: Draft) -> Source | None:
    """Return the source that a draft names, if it is known."""
    name = storable(draft.source_name).strip()[:200]
    if name:
        named = Source.objects.filter(models.Q(name=name) | models.Q(slug=name)).first()
        if named:
            return named
    return Source.objects.for_domain(draft.source_domain) if draft.source_domain else None


def _same_text(draft: Draft) -> Outcome | None:
    if not draft.text:
        return None
    digest = digest_of(storable(draft.text))
    twin = Speech.objects.light().filter(text_sha256=digest).order_by("pk").first()
    return _duplicate(twin, _("正文相同")) if twin else None


def _same_file(digest: str) -> Outcome | None:
    twin = Speech.objects.light().filter(original__sha256=digest).order_by("pk").first()
    if twin:
        return _duplicate(twin, _("原始文件相同"))
    # An earlier state of a speech that has moved on must not bring itself back.
    version = SpeechVersion.objects.filter(original__sha256=digest).select_related("speech").first()
    return _duplicate(version.speech, _("与一个旧版本的原始文件相同")) if version else None


def _duplicate(twin: Speech, how: str) -> Outcome:
    reason = _("与 #%(id)s《%(title)s》（%(state)s）重复：%(how)s") % {
        "id": twin.pk,
        "title": twin.title,
        "state": twin.get_state_display(),
        "how": how,
    }
    return Outcome(ItemStatus.DUPLICATE, twin, reason)


def _known_as(draft: Draft, name: str, source: Source | None) -> Speech | None:
    """Return the speech that this draft is another state of, if the draft says so itself."""
    address = _address(draft)
    if address and _is_a_page(address):
        found = Speech.objects.filter(original_url=address).order_by("pk").first()
        if found:
            return found
    # Pages of one site share titles; only a table's own columns make an identity.
    if media_type_of(name) != "application/json" or not draft.date:
        return None
    source = source or find_source(draft)
    if not source:
        return None
    return (
        Speech.objects.filter(source=source, title=_fit("title", draft.title), date=draft.date)
        .order_by("pk")
        .first()
    )


def _is_a_page(address: str) -> bool:
    """Whether an address names one page; a site's front page is no identity of what it shows."""
    parts = urlsplit(address)
    return parts.path.strip("/") != "" or parts.query != ""


def _create(draft: Draft, original: Original, source: Source | None, publish: bool) -> Speech:
    shown = publish and not draft.held_reason and draft.text.strip()
    return Speech.objects.create(
        **_values(draft),
        source=source or source_of(draft),
        state=State.PUBLISHED if shown else State.DRAFT,
        held_reason=_fit("held_reason", draft.held_reason),
        original=original,
    )


def _update(
    speech: Speech,
    draft: Draft,
    original: Original,
    source: Source | None,
    user: User | None,
) -> str:
    """Make a draft the new state of a speech; what an editor corrected by hand stays as it is.

    Returns a sentence that says what stayed, or "". Where the text stayed, what came in is kept as
    a version that was not taken, so that nothing is lost and the same file is known next time.
    """
    speech.refresh_from_db(from_queryset=Speech.objects.select_for_update())
    before = speech.snapshot()
    values = _values(draft) | {"source": source or _source_of_update(draft, speech)}
    by_hand = speech.by_hand() & values.keys()
    stays = by_hand | ({"html", "removed"} if "text" in by_hand else set())
    for column in values.keys() - stays:
        setattr(speech, column, values[column])
    speech.held_reason = ""
    speech.provenance = {
        **values["provenance"],
        **{column: before["provenance"][column] for column in by_hand},
    }

    version = SpeechVersion(
        speech=speech,
        values=before,
        original=speech.original,
        changed_by=user,
        reason=_("导入更新"),
    )
    if "text" in by_hand:
        came = {"source": values["source"].pk, "date": str(values["date"])}
        version.values, version.original = {**before, **values, **came}, original
        version.taken = False
    else:
        speech.original = original
    version.save()
    speech.save()
    labels = [str(_COLUMNS[column].verbose_name) for column in _COLUMNS if column in by_hand]
    return _("人工修订过的未覆盖：%(names)s") % {"names": "、".join(labels)} if labels else ""


def _source_of_update(draft: Draft, speech: Speech) -> Source:
    return source_of(draft) if draft.source_name or draft.source_domain else speech.source


def _values(draft: Draft) -> dict[str, Any]:
    """Return the draft's values as the columns of `Speech` can hold them."""
    return {
        "title": _fit("title", draft.title.strip()) or str(_("无题")),
        "type": draft.type,
        "date": draft.date,
        "original_url": _address(draft),
        "source_line": _fit("source_line", draft.source_line),
        "site_column": _fit("site_column", draft.site_column),
        "site_tags": [storable(tag) for tag in draft.site_tags],
        "author": _fit("author", draft.author),
        "hit_count": _count(draft.hit_count, models.BigIntegerField.MAX_BIGINT),
        "declared_length": _count(draft.declared_length, 2**31 - 1),
        "text": storable(draft.text),
        "html": storable(draft.html),
        "removed": [
            {
                "start": span.start,
                "end": span.end,
                "rule": span.rule,
                # NUL is shown by its sign: what was removed should still be seen.
                "text": storable(span.text.replace("\x00", "␀")),
            }
            for span in draft.removed
        ],
        "provenance": provenance_of(draft),
    }


def provenance_of(draft: Draft) -> dict[str, dict[str, Any]]:
    """Return the draft's evidence as the column holds it, by the names of the columns."""
    return {
        "source" if name == "source_name" else name: {
            "rule": found.rule,
            "text": storable(found.text),
            "guessed": found.guessed,
        }
        for name, found in draft.provenance.items()
    }


def _fit(column: str, text: str) -> str:
    """Return `text` as a column holds it: PostgreSQL refuses what is longer than declared."""
    return storable(text)[: _COLUMNS[column].max_length]


def _address(draft: Draft) -> str:
    """Return the draft's address as the column holds it; a part of it would be another address."""
    address = iri_to_uri(storable(draft.original_url.strip()))
    return address if address == _fit("original_url", address) else ""


def _count(number: int | None, most: int) -> int | None:
    """Return a number read from a page, or None where it cannot be one."""
    return number if number is not None and 0 <= number <= most else None
