"""The values that cross the borders of the ingest pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archive.ingest.errors import IngestError
from archive.ingest.rules import EvidenceRule, RemovalRule
from search.text.dates import UNKNOWN, PartialDate


@dataclass(frozen=True)
class Hints:
    """What is known from outside the file: a row's columns, or what an editor or the command says.

    Empty means not known. `type` may be one of our codes or Chinese labels; anything else is kept
    as the site's column and the type is guessed. `date` is any form that `printed_dates.given` reads.
    """

    title: str = ""
    type: str = ""
    date: str = ""
    source: str = ""
    url: str = ""
    column: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """Why a value is what it is: the rule that gave it and the words it was read from.

    `guessed` is False where the value stands in the file in so many words or was given as a hint.
    """

    rule: EvidenceRule
    text: str
    guessed: bool


@dataclass(frozen=True)
class Removed:
    """A span that cleaning took away: `raw[start:end] == text`, by `rule`.

    Offsets are characters of `Draft.raw`: the decoded text of a plain text file, or the text that
    was extracted from HTML, .docx or a row.
    """

    start: int
    end: int
    text: str
    rule: RemovalRule


@dataclass(frozen=True)
class Member:
    """One material of an uploaded or imported file, not yet understood.

    `row` is set for a line of .jsonl, whose bytes are `content`. `error` is set when this member
    cannot be read; the others of the same archive go on.
    """

    name: str
    content: bytes = b""
    row: Mapping[str, Any] | None = None
    error: IngestError | None = None


@dataclass(frozen=True)
class Draft:
    """Everything that was understood of one file; nothing has been written yet.

    `text` holds paragraphs separated by one newline, `html` the same as sanitised HTML, `raw` the
    text before cleaning that `removed` points into. `provenance` maps a field's name to its
    evidence. `held_reason` says (in Chinese) why an editor should look first; "" means fine.
    `is_row` says that it was read from a row of a table, `external_id` what the table calls that row.
    """

    title: str
    text: str
    html: str = ""
    type: str = "other"
    date: PartialDate = UNKNOWN
    source_name: str = ""
    source_domain: str = ""
    source_line: str = ""
    original_url: str = ""
    site_column: str = ""
    site_tags: tuple[str, ...] = ()
    author: str = ""
    hit_count: int | None = None
    declared_length: int | None = None
    raw: str = ""
    removed: tuple[Removed, ...] = ()
    provenance: Mapping[str, Evidence] = field(default_factory=dict)
    held_reason: str = ""
    encoding: str = ""
    is_row: bool = False
    external_id: str = ""


@dataclass(frozen=True)
class Item:
    """One material of a file as the child process read it: its bytes, and its draft or what is wrong.

    `position` is how many bytes of the file have been worked through, `is_row` says that it is a row
    of a table. What cannot be read has its bytes only where it is held.
    """

    name: str
    content: bytes
    read: Draft | IngestError
    position: int = 0
    is_row: bool = False


@dataclass(frozen=True)
class Block:
    """A paragraph of HTML or Word within `Extracted.raw`; `tag` is what it was: p, h2, li, tr …"""

    start: int
    end: int
    tag: str


@dataclass(frozen=True)
class Mark:
    """An inline element within `Extracted.raw`: strong, em, or a with its `href`."""

    start: int
    end: int
    tag: str
    href: str = ""


@dataclass(frozen=True)
class Extracted:
    """The text of a file before cleaning, with what the format says beside the text.

    `raw` is the decoded text of a plain text file, or the lines of the main part of a page.
    `before` and `after` are the page's lines around that part, nearest the part last and first:
    metadata is read from them, nothing of them becomes text. `meta` holds names of the page's head
    in lower case (title, h1, date names, canonical …). `blocks` is empty where there is no markup.
    `declared` is the charset that the file names when it is not the one it is in, `replaced` counts
    bytes shown as U+FFFD, `main` names the element that held the text.
    """

    raw: str
    encoding: str = ""
    replaced: int = 0
    declared: str = ""
    main: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    marks: tuple[Mark, ...] = ()
