"""The files as they came in, byte for byte."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import mimetypes
import os
import tempfile
from pathlib import Path, PurePath
from typing import IO

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from archive.models.fields import storable
from search.files import flush

# Begins the name of a file that is not yet whole.
_PARTIAL = "tmp"
ROW = "application/json"  # the media type of a line of a .jsonl


class OriginalQuerySet(models.QuerySet["Original"]):
    """Questions about original files, and the way they are kept."""

    def keep(self, content: bytes, name: str, *, is_row: bool = False) -> Original:
        """Keep `content` on disk under its SHA-256 and return its row; equal bytes are kept once.

        The file is flushed before the row exists, so that a row always has its file, whatever is
        cut off in between; a file without a row does no harm. Raises OSError if it cannot be kept.
        """
        digest = hashlib.sha256(content).hexdigest()
        path = path_of(digest)
        if not path.exists():
            _write(content, path)
        row, _created = self.get_or_create(
            sha256=digest,
            defaults={
                "name": storable(name)[:255],
                "media_type": ROW if is_row else media_type_of(name),
                "size": len(content),
            },
        )
        return row


class Original(models.Model):
    """One original file. Its bytes never change and are never sent to a visitor as HTML."""

    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    name = models.CharField(_("文件名"), max_length=255)
    media_type = models.CharField(_("媒体类型"), max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("字节数"))
    kept_at = models.DateTimeField(_("收到时间"), auto_now_add=True)

    objects = OriginalQuerySet.as_manager()

    class Meta:
        verbose_name = _("原始文件")
        verbose_name_plural = pgettext_lazy("plural", "原始文件")

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where the bytes are."""
        return path_of(self.sha256)

    def read(self) -> bytes:
        """Return the bytes."""
        return self.path.read_bytes()


def media_type_of(name: str) -> str:
    """Return the media type that the suffix of a file's name promises."""
    # Only the suffix: guess_type takes a whole name for an address, and believes one like data:…
    return mimetypes.guess_type(f"file{PurePath(name).suffix}")[0] or ""


def path_of(sha256: str) -> Path:
    """Return where the file with that digest is kept."""
    return Path(settings.ORIGINALS_DIR) / sha256[:2] / sha256


def _write(content: bytes, path: Path) -> None:
    """Put `content` at `path` so that it is there whole or not at all, power cuts included."""
    folder = path.parent
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        flush(folder.parent)  # else a power cut could take the new folder with all that is in it
    with _partial_in(folder) as file:
        partial = Path(file.name)
        try:
            file.write(content)
            file.flush()
            flush(partial)
        except OSError:
            partial.unlink()
            raise
        partial.rename(path)
    flush(folder)


def _partial_in(folder: Path) -> IO[bytes]:
    """Open a new file that is locked as long as it is written, so that `sweep` leaves it alone."""
    while True:
        file = tempfile.NamedTemporaryFile(dir=folder, prefix=_PARTIAL, delete=False)  # noqa: SIM115
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:  # else it was swept before we locked it
            return file
        file.close()


def sweep() -> int:
    """Remove what killed processes left half written; return how many files."""
    count = 0
    for path in Path(settings.ORIGINALS_DIR).glob(f"??/{_PARTIAL}*"):
        with contextlib.suppress(OSError), path.open("rb") as file:  # locked, or just finished
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
            count += 1
    return count
