"""The pipeline: decode, extract, clean, sanitise, metadata. Pure: bytes in, a draft out."""

from __future__ import annotations

from archive.dates import PartialDate
from archive.ingest.errors import IngestError
from archive.ingest.values import Draft, Hints, Member


def draft(content: bytes, name: str, hints: Hints = Hints()) -> Draft:  # noqa: B008
    """Read one file. Raises IngestError when it cannot be a material of the archive."""
    if not content.strip():
        raise IngestError("empty")
    text = content.decode("utf-8", "replace").strip()
    title, _newline, rest = text.partition("\n")
    return Draft(
        title=hints.title or title.strip(),
        text=rest.strip() or title,
        raw=text,
        source_name=hints.source,
        encoding="utf-8",
    )


def draft_member(member: Member, hints: Hints = Hints()) -> Draft:  # noqa: B008
    """Read what `expand` gave; values of `hints` are used where a row has none of its own."""
    if member.error:
        raise member.error
    if member.row is None:
        return draft(member.content, member.name, hints)
    row = member.row
    return Draft(
        title=row.get("title", ""),
        text=row.get("text", ""),
        raw=row.get("text", ""),
        date=PartialDate(row.get("date", "")),
        source_name=row.get("source", "") or hints.source,
        original_url=row.get("url", ""),
        encoding="utf-8",
    )
