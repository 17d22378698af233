"""The draft of each waiting upload: made once from its file, kept until it is confirmed.

A draft is kept as the JSON that came out of the child process, under a digest of all that it was made
from: the bytes of the file, its name, what is said of the batch, and the pipeline itself. What is
taken back is checked again. A draft that is missing, damaged or of another pipeline is made anew from
the original, which is exact; so nothing depends on this folder, and its size is bounded.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from django.conf import settings

from archive.ingest.errors import IngestError
from archive.ingest.sandbox import messages
from archive.ingest.sandbox.reader import read_one
from archive.ingest.values import Draft, Hints
from archive.models import Source, UploadItem

MAX_BYTES = 256 << 20
MAX_FILES = 1_000
MAX_AGE = 14 * 24 * 3600  # seconds

_ROOT = Path(__file__).parents[2]
_PROGRAM = (_ROOT / "archive", _ROOT / "search" / "text")  # the pipeline asks both: outline, dates
_LIBRARIES = ("bleach", "charset-normalizer", "defusedxml", "lxml", "nh3")
_DIGEST = 64  # characters before the JSON, by which damage is told

logger = logging.getLogger(__name__)


def hints_of(source: Source | None, kind: str) -> Hints:
    """Return what the pipeline is told about every item of a batch."""
    return Hints(source=source.name if source else "", type=kind)


def draft_of(item: UploadItem) -> tuple[Draft, bytes]:
    """Return the draft of an item and the bytes of its file. Raises IngestError."""
    original = item.original
    if original is None or not original.is_there:
        raise IngestError("unreadable", item.name)
    draft = _kept(_path(item))
    with original.open() as file:
        if draft is None:
            hints = hints_of(item.batch.source, item.batch.type)
            draft = read_one(file, item.name, hints, is_row=item.is_row)
            keep(item, draft)
            file.seek(0)
        return draft, file.read()


def keep(item: UploadItem, draft: Draft) -> None:
    """Keep the draft of an item that waits; where the disk will not, it is made again later."""
    path = _path(item)
    payload = messages.pack(draft)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            partial = Path(file.name)
            try:
                file.write(sha256(payload).hexdigest().encode() + payload)
                file.flush()
                partial.rename(path)
            except OSError:
                partial.unlink()
                raise
    except OSError as error:
        logger.warning("a draft could not be kept: %s", error)
    sweep()


def forget(item: UploadItem) -> None:
    """Remove the draft of an item that waits no more."""
    _remove(_path(item))


def sweep() -> int:
    """Remove the drafts that are too old, and the oldest beyond the bounds; return how many."""
    count = size = 0
    too_old = time.time() - MAX_AGE
    for number, (changed, length, path) in enumerate(sorted(_files(), reverse=True), 1):
        size += length
        if changed < too_old or number > MAX_FILES or size > MAX_BYTES:
            _remove(Path(path))
            count += 1
    return count


def _files() -> Iterator[tuple[float, int, str]]:
    """Yield when each file of the folder was written, its length and where it is."""
    with suppress(OSError), os.scandir(settings.DRAFTS_DIR) as entries:
        for entry in entries:
            with suppress(OSError):  # another process has just swept it
                found = entry.stat()
                yield found.st_mtime, found.st_size, entry.path


def _remove(path: Path) -> None:
    with suppress(
        OSError
    ):  # another process was faster, or the disk will not: nothing depends on it
        path.unlink()


def _path(item: UploadItem) -> Path:
    """Return where the draft of an item is kept."""
    made_from = (
        _pipeline(),
        item.original.sha256 if item.original else "",
        item.name,
        item.is_row,
        asdict(hints_of(item.batch.source, item.batch.type)),
    )
    return Path(settings.DRAFTS_DIR) / sha256(json.dumps(made_from).encode()).hexdigest()


@cache
def _pipeline() -> str:
    """Return a digest of the program and the libraries that make drafts."""
    digest = sha256(sys.version.encode())
    for path in sorted(path for folder in _PROGRAM for path in folder.rglob("*.py")):
        digest.update(path.read_bytes())
    for library in _LIBRARIES:
        digest.update(metadata.version(library).encode())
    return digest.hexdigest()


def _kept(path: Path) -> Draft | None:
    """Return a draft that was kept, None if there is none or it is damaged."""
    try:
        kept = path.read_bytes()
        digest, payload = kept[:_DIGEST], kept[_DIGEST:]
        if digest != sha256(payload).hexdigest().encode():
            raise ValueError("damaged")
        draft = messages.unpack(payload)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        logger.warning("a kept draft could not be read: %s", error)
        return None
    return draft if isinstance(draft, Draft) else None
