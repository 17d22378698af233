"""The documents that are measured: a file of them, or generated ones."""

from __future__ import annotations

import gzip
import json
import lzma
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from search.text.dates import PartialDate


@dataclass(frozen=True)
class Document:
    """One material. `number` counts from 1 and is its key everywhere; `date` may be partial or ""."""

    number: int
    title: str
    text: str
    source: str
    type: str
    date: str

    @property
    def year(self) -> str:
        """The year as all contestants count it."""
        return self.date[:4] or "unknown"

    @property
    def size(self) -> int:
        """Characters of title and text."""
        return len(self.title) + len(self.text)


@dataclass(frozen=True)
class Corpus:
    """A .jsonl file, perhaps compressed, read as often as it is iterated over; `limit` rows of it.

    What no index could take is left out and counted in `left_out`: rows that are no JSON object or have no
    text, and single values, which are then made up as if they were missing.
    """

    path: Path
    limit: int | None = None

    def __iter__(self) -> Iterator[Document]:
        return self._documents(Counter())

    def _documents(self, left_out: Counter[str]) -> Iterator[Document]:
        with _opener(self.path)(self.path, "rb") as file:
            rows = (row for row in (_row(line, left_out) for line in file) if row)
            for number, row in enumerate(islice(rows, self.limit), 1):
                yield _document(number, row, left_out)

    @cached_property
    def _survey(self) -> tuple[list[int], Counter[str]]:
        left_out: Counter[str] = Counter()
        return [document.size for document in self._documents(left_out)], left_out

    @property
    def sizes(self) -> list[int]:
        """Characters of each document, in order."""
        return self._survey[0]

    @property
    def left_out(self) -> Counter[str]:
        """How many rows and values were left out, by what was wrong with them."""
        return self._survey[1]

    @property
    def characters(self) -> int:
        """Characters of all documents, titles included."""
        return sum(self.sizes)

    def first(self, count: int) -> Corpus:
        """The first documents of the corpus."""
        return Corpus(self.path, min(count, len(self.sizes)))


def _opener(path: Path) -> Callable[..., BinaryIO]:
    openers: dict[str, Any] = {".xz": lzma.open, ".gz": gzip.open}
    opener: Callable[..., BinaryIO] = openers.get(path.suffix, open)
    return opener


def _row(line: bytes, left_out: Counter[str]) -> dict[str, Any] | None:
    """Return a row that has a text, None for any other."""
    if not line.strip():
        return None
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        left_out["rows that are no JSON"] += 1
        return None
    if not isinstance(row, dict):
        left_out["rows that are no object"] += 1
    elif not _is_text(row.get("text") or ""):
        left_out["rows whose text is no text"] += 1
    elif not (row.get("text") or "").strip():
        left_out["rows without text"] += 1
    else:
        return row
    return None


def _is_text(value: object) -> bool:
    """Say whether a value is a string that a database takes: no NUL, no lone surrogates."""
    return isinstance(value, str) and not any(
        char == "\0" or "\ud800" <= char <= "\udfff" for char in set(value)
    )


def _document(number: int, row: dict[str, Any], left_out: Counter[str]) -> Document:
    def value(name: str) -> str:
        found = row.get(name) or ""
        if _is_text(found):
            return str(found).strip()
        left_out[f"values of {name}"] += 1
        return ""

    text, date = str(row["text"]), value("date")
    try:
        PartialDate(date)
    except ValueError:
        left_out["values of date"] += 1
        date = ""
    return Document(
        number=number,
        title=(value("title") or text.lstrip()[:30].strip())[:500],
        text=text,
        source=value("source")[:200].strip() or "其他",
        type=value("type") or "other",
        date=date,
    )
