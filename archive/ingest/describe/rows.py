"""A record of a .jsonl file: which of its columns say what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive.ingest.describe import kinds
from archive.ingest.errors import IngestError
from archive.ingest.read.printable import printable
from archive.ingest.values import Hints

_COLUMNS = {
    "text": ("text", "content", "body", "html", "正文", "内容"),
    "title": ("title", "标题"),
    "type": ("type", "类型"),
    "date": ("date", "published", "pubdate", "日期", "时间"),
    "source": ("source", "site", "来源"),
    "url": ("url", "link", "网址", "链接"),
    "column": ("column", "category", "栏目"),
    "author": ("author", "作者"),
    "tags": ("tags", "keywords", "标签", "关键词"),
}

_LONGEST = 2_000  # characters of a value beside the text; the longest column holds half of it


@dataclass(frozen=True)
class Row:
    """The text of a record and what the record says of it."""

    text: str
    hints: Hints
    external_id: str


def read_row(row: Mapping[str, Any], defaults: Hints) -> Row:
    """Read a record; `defaults` stand in for what it does not say.

    A type that is none of ours becomes the column, and then a type in `defaults` holds.
    Raises IngestError("bad-row") for a record without a text.
    """
    values = {name: _value(row, keys) for name, keys in _COLUMNS.items()}
    text = values.pop("text")
    if not text.strip():
        raise IngestError("bad-row", "text")
    tags = tuple(tag for tag in values.pop("tags").replace("、", ",").split(",") if tag.strip())
    if values["type"] and not kinds.parse(values["type"]) and defaults.type:
        values["column"] = values["column"] or values["type"]
        values["type"] = ""
    known = {name: printable(value)[:_LONGEST] for name, value in values.items() if value.strip()}
    given = {name: getattr(defaults, name) for name in values}
    own = row.get("id")
    external_id = printable(str(own).strip())[:_LONGEST] if isinstance(own, str | int) else ""
    return Row(text, Hints(**{**given, **known}, tags=tags or defaults.tags), external_id)


def _value(row: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    """Return the first of `keys` that holds text, a number or a list of them."""
    for key in keys:
        value = row.get(key)
        if isinstance(value, list):
            value = ",".join(str(part) for part in value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and value.strip():
            return value
    return ""
