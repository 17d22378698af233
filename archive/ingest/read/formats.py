"""Which format a file has, by its first bytes and never by its name, and the text read out of it."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import PurePath

from archive.ingest.errors import IngestError
from archive.ingest.read import page, word
from archive.ingest.read.encoding import decode
from archive.ingest.values import Extracted

MAX_BYTES = 20_000_000

_UNSUPPORTED = (
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Word 97–2003 (.doc)"),
    (b"{\\rtf", "RTF"),
    (b"MZ", "Windows 程序"),
    (b"\x7fELF", "程序"),
    (b"\x89PNG", "图片 PNG"),
    (b"\xff\xd8\xff", "图片 JPEG"),
    (b"GIF8", "图片 GIF"),
    (b"RIFF", "音频或图片"),
    (b"BM", "图片 BMP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"BZh", "bzip2"),
    (b"SQLite format 3", "SQLite"),
)
_BINARY_ONLY = (b"MZ", b"BM")  # could also begin a text: needs a zero byte to count
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_HTML_NAMES = (".html", ".htm", ".xhtml", ".shtml", ".asp", ".aspx", ".php", ".jsp")
_HTML_START = re.compile(
    r"\s*(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_HTML_TAG = re.compile(r"<(?:p|div|br|span|table|td|h[1-6]|a|body|meta)\b[^<>]*>", re.I)
_MHTML = re.compile(
    r"\A(?:[A-Za-z-]+:.*\n(?:[ \t].*\n)*){1,30}?Content-Type:\s*multipart/related", re.I
)
# Text by its bytes, but no text to read; rows of materials are .jsonl.
_DATA_NAMES = (".json", ".css", ".js", ".csv", ".xml", ".yaml", ".yml", ".py", ".sql")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MAX_CONTROL = 0.02


def extract(content: bytes, name: str) -> Extracted:
    """Return the text of one file. Raises IngestError when there is none to be had."""
    if not content.strip(b" \t\r\n\x00"):
        raise IngestError("empty")
    if len(content) > MAX_BYTES:
        raise IngestError("too-large", f"{name} > {MAX_BYTES // 1_000_000} MB")
    if content.startswith(ZIP):
        return _package(content, name)
    for magic, label in _UNSUPPORTED:
        if content.startswith(magic) and (magic not in _BINARY_ONLY or b"\x00" in content[:512]):
            raise IngestError("unsupported", label)
    if name.lower().endswith(_DATA_NAMES):
        raise IngestError("unsupported", PurePath(name).suffix)
    decoded = decode(content)
    _check_text(decoded.text)
    html = is_html(decoded.text, name)
    found = page.read(decoded.text) if html else Extracted(raw=decoded.text)
    return replace(
        found,
        encoding=decoded.encoding,
        replaced=decoded.replaced,
        declared=decoded.declared if decoded.overruled else "",
    )


def is_html(text: str, name: str = "") -> bool:
    """Tell whether a text is an HTML page: by how it begins, or by its name and its tags."""
    if _HTML_START.match(text[:5000]):
        return True
    tags = len(_HTML_TAG.findall(text[:20_000]))
    return tags >= (1 if name.lower().endswith(_HTML_NAMES) else 5)


def _package(content: bytes, name: str) -> Extracted:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
    except zipfile.BadZipFile as error:
        raise IngestError("damaged", name) from error
    if word.DOCUMENT in names:
        return word.read(content)
    raise IngestError("unsupported", PurePath(name).suffix or "zip")


def _check_text(text: str) -> None:
    if len(_CONTROL.findall(text[:20_000])) > _MAX_CONTROL * len(text[:20_000]):
        raise IngestError("unsupported", "二进制文件")
    if _MHTML.match(text[:5000]):
        raise IngestError("unsupported", "MHTML")
