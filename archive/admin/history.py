"""Where a speech's values come from and what they were: rows for the desk's tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from archive.admin.difference import same_beginning
from archive.ingest.rules import EvidenceRule, RemovalRule
from archive.models import Source, Speech, SpeechType, SpeechVersion, State
from archive.models.speech import VERSIONED
from archive.templatetags.yinde import shortened

_COLUMNS = {field.name: field for field in Speech._meta.fields}
QUIET = {"removed", "provenance", "html"}  # follow from the text, or are shown elsewhere

MOST_ROWS = 200
MOST_VERSIONS = 20
MOST_QUOTED = 500
MOST_COMPARED = 5_000
"""A page of the desk shows so many rows and earlier versions, and so many characters of each text."""
_BEFORE_CHANGE = 100


@dataclass(frozen=True)
class EvidenceRow:
    """Why a column holds what it holds."""

    label: str
    rule: str
    text: str
    guessed: bool


@dataclass(frozen=True)
class RemovedRow:
    """One span that cleaning took away, with its place in the text as it came in."""

    rule: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class RemovedRows:
    """The first of the spans that cleaning took away, and how many there are."""

    rows: tuple[RemovedRow, ...]
    count: int

    @property
    def left(self) -> int:
        """How many spans were taken away beside those in the rows."""
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Change:
    """One column of an earlier version that differs from the version after it."""

    label: str
    before: str
    after: str
    long: bool


@dataclass(frozen=True)
class VersionRow:
    """An earlier version with what the next one changed."""

    version: SpeechVersion
    changes: tuple[Change, ...]


def label_of(column: str) -> str:
    """Return a column's name as people read it."""
    return str(_COLUMNS[column].verbose_name)


def labels_of(columns: Collection[str]) -> str:
    """Return the names of some columns, in the order of the form; quiet ones if there are no others."""
    listed = [column for column in VERSIONED if column in columns]
    loud = [column for column in listed if column not in QUIET]
    return "、".join(map(label_of, loud or listed))


def moment_of(version: SpeechVersion) -> str:
    """Return when a version was replaced, to the minute: the name that the desk shows it under."""
    return f"{timezone.localtime(version.changed_at):%Y-%m-%d %H:%M}"


def removed_rows(removed: Sequence[Mapping[str, Any]]) -> RemovedRows:
    """Return what cleaning took away, in the order of the text."""
    rows = (
        RemovedRow(
            RemovalRule.reason_for(span["rule"]),
            span["start"],
            span["end"],
            shortened(span["text"], MOST_QUOTED),
        )
        for span in removed[:MOST_ROWS]
    )
    return RemovedRows(tuple(rows), len(removed))


def evidence_rows(provenance: Mapping[str, Mapping[str, Any]]) -> list[EvidenceRow]:
    """Return the evidence for each column, in the order of the form."""
    return [
        EvidenceRow(
            label=label_of(column),
            rule=EvidenceRule.reason_for(found.get("rule", "")),
            text=shortened(found.get("text", ""), MOST_QUOTED),
            guessed=bool(found.get("guessed")),
        )
        for column in VERSIONED
        if (found := provenance.get(column))
    ]


def versions_of(speech: Speech, skip: int = 0) -> list[VersionRow]:
    """Return earlier versions, latest first, each beside what followed it; `skip` later ones left out."""
    versions = speech.versions.filter(pending=False).select_related("changed_by", "original")
    rows: list[VersionRow] = []
    after = speech.version_values()
    listed = versions[skip : skip + MOST_VERSIONS]
    if skip and (first := listed.first()):
        followed = speech.versions.filter(pk__gt=first.pk, taken=True).order_by("pk").first()
        after = followed.values if followed else after
    for version in listed:
        rows.append(VersionRow(version, tuple(_changes(version.values, after))))
        if version.taken:
            after = version.values
    return rows


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    return [
        Change(
            label_of(column),
            *_compared(shown(column, before[column]), shown(column, after[column])),
            long=column == "text",
        )
        for column in VERSIONED
        if column in before and column not in QUIET and before[column] != after[column]
    ]


def _compared(before: str, after: str) -> tuple[str, str]:
    """Return both values; of long ones what begins shortly before they differ."""
    if max(len(before), len(after)) <= MOST_COMPARED:
        return before, after
    same = max(0, same_beginning(before, after) - _BEFORE_CHANGE)
    head = _("（前 %(count)s 字相同）") % {"count": f"{same:,}"} if same else ""
    before, after = (shortened(each[same:], MOST_COMPARED) for each in (before, after))
    return head + before, head + after


def shown(column: str, value: Any) -> str:
    """Return a value of a version as people read it."""
    if value in (None, "", []):
        return _("（空）")
    if column == "source":
        return str(Source.objects.filter(pk=value).first() or f"#{value}")
    if column == "type":
        return str(dict(SpeechType.choices).get(value, value))
    if column == "state":
        return str(dict(State.choices).get(value, value))
    return "、".join(value) if isinstance(value, list) else str(value)
