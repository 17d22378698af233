"""Whether a draft is new to the archive: duplicates and changes, judged by reading only."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from django.db import models
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from archive.ingest.errors import IngestError
from archive.ingest.rules import EvidenceRule
from archive.ingest.values import Draft
from archive.models import ItemStatus, Original, Source, Speech
from archive.models.fields import storable
from archive.models.speech import digest_of

# What is shown of a twin, without its long text.
_SHOWN = Speech.objects.only("title", "state")
COLUMNS = {field.name: field for field in Speech._meta.fields}


@dataclass(frozen=True)
class Outcome:
    """What became of one draft, with the speech it became or was found to be.

    `reason` is for people: which document it duplicates, why it is held, what was not overwritten;
    `error` says the same of what could not be read, in whatever language.
    """

    status: ItemStatus
    speech: Speech | None = None
    reason: str = ""
    error: IngestError | None = None


def unread(error: IngestError) -> Outcome:
    """Return what becomes of an item that cannot be read: it has failed, or its original is held."""
    status = ItemStatus.HELD if error.is_held else ItemStatus.FAILED
    return Outcome(status, None, str(error), error)


def judge(draft: Draft, content: bytes, *, source: Source | None = None) -> Outcome:
    """Say what `store` would do with a draft, by reading only.

    A duplicate is judged by its text (unless rows of a table have numbers of their own) or its
    original file, in whatever state the other one is; a
    change by the address it was read from or, for a row of a table, by its number or, without one,
    by source, title and date.
    """
    own = external_id(draft)
    twin = _same_text(draft, own) or _same_file(sha256(content).hexdigest())
    if twin:
        return twin
    if draft.held_reason:
        return Outcome(ItemStatus.HELD, None, draft.held_reason)
    known = _known_as(draft, own, source)
    if known:
        reason = _("更新 #%(id)s《%(title)s》") % {"id": known.pk, "title": known.title}
        return Outcome(ItemStatus.CHANGED, known, reason)
    return Outcome(ItemStatus.NEW)


def find_source(draft: Draft) -> Source | None:
    """Return the source that a draft names, if it is known."""
    name = storable(draft.source_name).strip()[:200]
    if name:
        named = Source.objects.filter(models.Q(name=name) | models.Q(slug=name)).first()
        if named or is_source_given(draft):
            return named
    return Source.objects.for_domain(draft.source_domain) if draft.source_domain else None


def is_source_given(draft: Draft) -> bool:
    """Say whether the source's name was given from outside, not read from the page.

    Then its address proves nothing: one library's server shows the pages of many offices.
    """
    evidence = draft.provenance.get("source_name")
    return evidence is not None and evidence.rule is EvidenceRule.HINT


def _same_text(draft: Draft, own: str) -> Outcome | None:
    if not draft.text:
        return None
    twins = _SHOWN.filter(text_sha256=digest_of(storable(draft.text)))
    if own:
        # A table that gives two rows numbers of their own says that they are two documents.
        twins = twins.filter(external_id__in=["", own])
    twin = twins.order_by("pk").first()
    return _duplicate(twin, _("正文相同")) if twin else None


def _same_file(digest: str) -> Outcome | None:
    original = Original.objects.filter(sha256=digest).first()
    if not original:
        return None
    twin = _SHOWN.filter(original=original).order_by("pk").first()
    if twin:
        return _duplicate(twin, _("原始文件相同"))
    # An earlier state of a speech that has moved on must not bring itself back.
    twin = _SHOWN.filter(versions__original=original).order_by("pk").first()
    return _duplicate(twin, _("与一个旧版本的原始文件相同")) if twin else None


def _duplicate(twin: Speech, how: str) -> Outcome:
    reason = _("与 #%(id)s《%(title)s》（%(state)s）重复：%(how)s") % {
        "id": twin.pk,
        "title": twin.title,
        "state": twin.get_state_display(),
        "how": how,
    }
    return Outcome(ItemStatus.DUPLICATE, twin, reason)


def _known_as(draft: Draft, own: str, source: Source | None) -> Speech | None:
    """Return the speech that this draft is another state of, if the draft says so itself."""
    address = address_of(draft)
    if address and _is_a_page(address):
        found = Speech.objects.filter(original_url=address).order_by("pk").first()
        if found:
            return found
    rows = Speech.objects.filter(source=source or find_source(draft))
    if own and (found := rows.filter(external_id=own).order_by("pk").first()):
        return found
    # Pages of one site, and parts of one law, share titles: only a table's own columns, date
    # included, make an identity, and not where rows are told apart by numbers of their own.
    date = draft.provenance.get("date")
    if not draft.is_row or not draft.date or not date or date.rule is not EvidenceRule.HINT:
        return None
    title = fit("title", draft.title)
    return rows.filter(title=title, date=draft.date, external_id="").order_by("pk").first()


def external_id(draft: Draft) -> str:
    """Return what the table that a row comes from calls it, as the column holds it."""
    return fit("external_id", draft.external_id)


def _is_a_page(address: str) -> bool:
    """Whether an address names one page; a site's front page is no identity of what it shows."""
    parts = urlsplit(address)
    return parts.path.strip("/") != "" or parts.query != ""


def fit(column: str, text: str) -> str:
    """Return `text` as a column holds it: PostgreSQL refuses what is longer than declared."""
    return storable(text)[: COLUMNS[column].max_length]


def address_of(draft: Draft) -> str:
    """Return the draft's address as the column holds it, "" for what is none.

    A part of an address would be another one.
    """
    address = iri_to_uri(storable(draft.original_url.strip()))
    try:
        urlsplit(address)
    except ValueError:  # an open bracket, a port beyond all ports
        return ""
    return address if address == fit("original_url", address) else ""
