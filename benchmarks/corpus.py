"""The documents that are measured: a file of them, or generated ones."""

from __future__ import annotations

import gzip
import json
import lzma
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

_PARTIAL_DATE = re.compile(r"[12]\d{3}(-\d\d(-\d\d(T\d\d:\d\d:\d\d)?)?)?")


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

    A row must have a `text`; title, source, type and date are made up for where they are missing.
    """

    path: Path
    limit: int | None = None

    def __iter__(self) -> Iterator[Document]:
        with _opener(self.path)(self.path, "rt", encoding="utf-8") as file:
            rows = (row for row in map(json.loads, file) if row.get("text"))
            for number, row in enumerate(islice(rows, self.limit), 1):
                yield _document(number, row)

    @cached_property
    def sizes(self) -> list[int]:
        """Characters of each document, in order."""
        return [document.size for document in self]

    @property
    def characters(self) -> int:
        """Characters of all documents, titles included."""
        return sum(self.sizes)

    def first(self, count: int) -> Corpus:
        """The first documents of the corpus."""
        return Corpus(self.path, min(count, len(self.sizes)))


def _opener(path: Path) -> Callable[..., TextIO]:
    openers: dict[str, Any] = {".xz": lzma.open, ".gz": gzip.open}
    opener: Callable[..., TextIO] = openers.get(path.suffix, open)
    return opener


def _document(number: int, row: dict[str, Any]) -> Document:
    text = str(row["text"])
    date = str(row.get("date") or "")
    return Document(
        number=number,
        title=str(row.get("title") or text.lstrip()[:30].strip() or "无题")[:500],
        text=text,
        source=str(row.get("source") or "其他")[:200],
        type=str(row.get("type") or "other"),
        date=date if _PARTIAL_DATE.fullmatch(date) else "",
    )
