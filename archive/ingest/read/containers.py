"""Open what holds several materials: .zip and .jsonl, also packed as .xz or .gz, one at a time.

Everything is bounded while it is read, not by what a header says. Names inside an archive are
shown, never used as paths. A member that cannot be read is yielded with its error and the rest
go on; a file that cannot be read at all raises IngestError.
"""

from __future__ import annotations

import codecs
import contextlib
import gzip
import io
import json
import lzma
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from archive.ingest.errors import IngestError
from archive.ingest.read.formats import ZIP
from archive.ingest.read.printable import MAX_NAME, printable_name
from archive.ingest.values import Member


@dataclass(frozen=True)
class Limits:
    """Bounds of one upload: bytes of a material, entries, unpacked bytes in all, and their ratio."""

    file: int = 20_000_000
    entries: int = 5_000
    unpacked: int = 500_000_000
    ratio: int = 200
    ratio_from: int = 5_000_000  # unpacked bytes before the ratio is looked at


LIMITS = Limits()


@dataclass
class _Budget:
    """How many bytes may still be unpacked from one file, whatever they are packed in."""

    name: str
    left: int

    def spend(self, count: int) -> None:
        """Take off what has been unpacked; IngestError("bomb") when that is too much."""
        self.left -= count
        if self.left < 0:
            raise IngestError("bomb", self.name)


_CHUNK = 1 << 18
_XZ_MEMORY = 128 << 20  # bytes; the dictionary of xz -9 takes 65 million
_XZ, _GZIP = b"\xfd7zXZ\x00", b"\x1f\x8b"
_ROWS = (".jsonl", ".ndjson")
_JUNK = re.compile(r"(?:^|/)(?:__MACOSX/|\.(?=[^./])|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
    struct.error,
    RuntimeError,
)


def expand(content: bytes | IO[bytes], name: str, limits: Limits = LIMITS) -> Iterator[Member]:
    """Yield the materials in a file; `content` is its bytes or a binary file that can seek."""
    name = printable_name(name)
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    start = file.read(8)
    file.seek(0)
    if start.startswith(ZIP) and not _is_document(file):
        yield from _zip(file, name, limits)
    else:
        yield from _open(file, name, limits, _Budget(name, limits.unpacked))


def _open(file: IO[bytes], name: str, limits: Limits, budget: _Budget) -> Iterator[Member]:
    """Open what is no archive of files: rows, packed or not, or one material."""
    start = file.read(8)
    file.seek(0)
    chunks = iter(lambda: file.read(_CHUNK), b"")
    for magic, suffix, unpacked in ((_XZ, ".xz", _unxz), (_GZIP, ".gz", _gunzip)):
        if start.startswith(magic):
            name = name[: -len(suffix)] if name.lower().endswith(suffix) else name
            chunks = _bounded(unpacked(file), file, name, limits, budget)
    if name.lower().endswith(_ROWS):
        yield from _rows(chunks, name, limits)
    else:
        yield Member(name, _whole(chunks, name, limits))


def _is_document(file: IO[bytes]) -> bool:
    """Tell whether a zip is one document of an office program, or too broken to tell."""
    try:
        with zipfile.ZipFile(file) as package:
            parts = package.namelist()
    except _DAMAGED:
        return False
    finally:
        file.seek(0)
    return not {"[Content_Types].xml", "mimetype", "OFD.xml"}.isdisjoint(parts)


def _zip(file: IO[bytes], name: str, limits: Limits) -> Iterator[Member]:
    try:
        package = zipfile.ZipFile(file)
    except _DAMAGED as error:
        raise IngestError("damaged", name) from error
    budget = _Budget(name, limits.unpacked)
    with package:
        entries = package.infolist()
        if len(entries) > limits.entries:
            raise IngestError("too-large", f"{name} > {limits.entries:,}")
        for entry in entries:
            called = _name(entry)
            if _is_folder(entry, called) or _JUNK.search(called):
                continue
            shown = printable_name(called)
            try:
                content = _entry(package, entry, called, shown, limits)
                budget.spend(len(content))
                yield from _open(io.BytesIO(content), shown, limits, budget)
            except IngestError as error:
                yield Member(shown, error=error)
            if budget.left < 0:
                return


def _is_folder(entry: zipfile.ZipInfo, called: str) -> bool:
    """Tell whether an entry is a folder; what has a folder's name and holds bytes is none."""
    return called.endswith("/") and not entry.file_size


def _name(entry: zipfile.ZipInfo) -> str:
    """Return what an entry is called; old Chinese archives do not say it is GBK."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        with contextlib.suppress(UnicodeEncodeError):
            packed = name.encode("cp437")
            try:
                name = packed.decode("utf-8")
            except UnicodeDecodeError:
                name = packed.decode("gb18030", "replace")
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _entry(
    package: zipfile.ZipFile, entry: zipfile.ZipInfo, called: str, name: str, limits: Limits
) -> bytes:
    """Read one entry, as much of it as the bounds allow; `name` is `called` as it is shown."""
    if not name:
        raise IngestError("no-name")
    if _is_unsafe(called):
        raise IngestError("unsafe-name", name)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise IngestError("link", name)
    if entry.flag_bits & 0x1:
        raise IngestError("encrypted", name)
    try:
        with package.open(entry) as packed:
            content = packed.read(limits.file + 1)
    except _DAMAGED as error:
        raise IngestError("damaged", name) from error
    if len(content) > limits.file:
        raise IngestError("too-large", f"{name} > {limits.file // 1_000_000} MB")
    if len(content) > max(limits.ratio_from, limits.ratio * entry.compress_size):
        raise IngestError("bomb", name)
    if content.startswith(ZIP) and not _is_document(io.BytesIO(content)):
        raise IngestError("nested", name)
    return content


def _is_unsafe(called: str) -> bool:
    """Tell whether a name reaches outside, hides what it is or is none that anybody would give."""
    steps = called.split("/")
    reaches_out = ".." in steps or not (steps[0] and steps[-1]) or _DRIVE.match(called) is not None
    return reaches_out or bool(_CONTROL.search(called)) or len(called) > MAX_NAME


def _unxz(file: IO[bytes]) -> Iterator[bytes]:
    """Unpack .xz with a bound on memory, which lzma.open does not offer."""
    data = file.read(_CHUNK)
    while data:
        decoder = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
        while not decoder.eof:
            if decoder.needs_input and not data:
                data = file.read(_CHUNK)
                if not data:
                    raise EOFError
            yield decoder.decompress(data, max_length=_CHUNK)
            data = b""
        # several streams may follow each other, with zero bytes between
        data = decoder.unused_data.lstrip(b"\0") or file.read(_CHUNK).lstrip(b"\0")


def _gunzip(file: IO[bytes]) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file) as unpacked:
        yield from iter(lambda: unpacked.read(_CHUNK), b"")


def _bounded(
    chunks: Iterator[bytes], packed: IO[bytes], name: str, limits: Limits, budget: _Budget
) -> Iterator[bytes]:
    """Pass on what is unpacked until it grows beyond its bounds."""
    count = 0
    try:
        for chunk in chunks:
            count += len(chunk)
            budget.spend(len(chunk))
            if count > max(limits.ratio_from, limits.ratio * packed.tell()):
                raise IngestError("bomb", name)
            yield chunk
    except _DAMAGED as error:
        raise IngestError("damaged", name) from error


def _whole(chunks: Iterator[bytes], name: str, limits: Limits) -> bytes:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > limits.file:
            raise IngestError("too-large", f"{name} > {limits.file // 1_000_000} MB")
    return bytes(content)


def _rows(chunks: Iterator[bytes], name: str, limits: Limits) -> Iterator[Member]:
    """Yield a member for each line; a line that is no record is an error of that member only."""
    try:
        for number, line in enumerate(_lines(chunks, name, limits), 1):
            if line.strip():
                yield read_line(line, f"{name}#{number}")
    except IngestError as error:
        yield Member(name, error=error)


def _lines(chunks: Iterator[bytes], name: str, limits: Limits) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
        if len(rest) > limits.file:
            raise IngestError("too-large", f"{name} > {limits.file // 1_000_000} MB")
    yield rest


def read_line(line: bytes, name: str) -> Member:
    """Read a line of a .jsonl; one that is no record is a member with an error."""
    try:
        row = json.loads(line.removeprefix(codecs.BOM_UTF8))
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        return Member(name, line, error=IngestError("bad-row", name))
    return Member(name, line, row)
