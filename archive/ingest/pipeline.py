"""The pipeline: read, clean, describe. Pure: bytes in, a draft out.

`draft` reads one file, `draft_member` whatever `containers.expand` gives. Both are for files one trusts
(tests, benchmarks) and for the child process: the server reads all others through `sandbox`.
"""

from __future__ import annotations

from dataclasses import replace

from archive.ingest.clean import boilerplate, markup
from archive.ingest.describe import metadata, titles
from archive.ingest.describe.quality import held_reason
from archive.ingest.describe.rows import Row, read_row
from archive.ingest.errors import MAX_CHARACTERS, MAX_PARAGRAPHS, IngestError
from archive.ingest.read import page
from archive.ingest.read.formats import extract, is_html
from archive.ingest.rules import EvidenceRule
from archive.ingest.values import Draft, Evidence, Extracted, Hints, Member

_NO_HINTS = Hints()


def draft(content: bytes, name: str, hints: Hints = _NO_HINTS) -> Draft:
    """Read one file. Raises IngestError when it cannot be a material of the archive."""
    return understand(extract(content, name), name, hints)


def draft_member(member: Member, hints: Hints = _NO_HINTS) -> Draft:
    """Read what `expand` gave. What a row says of itself goes before `hints`."""
    if member.error:
        raise member.error
    if member.row is None:
        return draft(member.content, member.name, hints)
    row: Row = read_row(member.row, hints)
    _check_characters(row.text)
    extracted = page.read(row.text) if is_html(row.text) else Extracted(raw=row.text)
    found = understand(extracted, member.name, row.hints)
    return replace(found, is_row=True, external_id=row.external_id)


def understand(extracted: Extracted, name: str, hints: Hints = _NO_HINTS) -> Draft:
    """Clean an extracted text and gather what is known of it."""
    _check_characters(extracted.raw)
    _check_paragraphs(extracted.raw)
    titled = bool(hints.title or extracted.meta.get("title"))
    found = boilerplate.survey(extracted.raw, titled=titled)
    title, evidence = titles.find_title(extracted, found, hints, name)
    standing = "" if evidence.rule is EvidenceRule.FIRST_SENTENCE else title
    cleaned = boilerplate.finish(found, standing)
    if not cleaned.text or not title:
        raise IngestError("no-text")
    facts = metadata.collect(metadata.Material(extracted, found, cleaned, title, hints))
    return Draft(
        title=title,
        text=cleaned.text,
        html=markup.fragment(extracted, cleaned.paragraphs),
        raw=extracted.raw,
        removed=cleaned.removed,
        held_reason=held_reason(cleaned.text, title, extracted.replaced),
        encoding=extracted.encoding,
        provenance={"title": evidence, **_reading(extracted), **facts.evidence},
        **facts.values,
    )


def _check_characters(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise IngestError("too-many-characters", f"{len(text):,}")


def _check_paragraphs(text: str) -> None:
    count = sum(1 for line in text.splitlines() if line.strip())
    if count > MAX_PARAGRAPHS:
        raise IngestError("too-many-paragraphs", f"{count:,}")


def _reading(extracted: Extracted) -> dict[str, Evidence]:
    """Say how the text was got out of the file."""
    found = {}
    if extracted.declared:
        found["encoding"] = Evidence(
            EvidenceRule.DECLARED_WRONGLY, extracted.declared, guessed=True
        )
    if extracted.replaced:
        found["replaced"] = Evidence(
            EvidenceRule.UNDECODABLE_BYTES, str(extracted.replaced), guessed=False
        )
    if extracted.main:
        found["text"] = Evidence(EvidenceRule.MAIN_PART, extracted.main, guessed=True)
    return found
