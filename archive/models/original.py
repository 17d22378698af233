"""The files as they came in, byte for byte."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import PurePath

from django.core.files.base import File
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from archive import originals
from archive.models.fields import storable

ROW = "application/json"  # the media type of a line of a .jsonl


class OriginalQuerySet(models.QuerySet["Original"]):
    """Questions about original files, and the way they are kept."""

    def keep(self, content: bytes, name: str, *, is_row: bool = False) -> Original:
        """Keep `content` in the storage under its SHA-256 and return its row; equal bytes are kept once.

        The file is flushed before the row exists, so that a row always has its file, whatever is
        cut off in between; a file without a row does no harm. Raises OSError if it cannot be kept.
        """
        digest = hashlib.sha256(content).hexdigest()
        originals.keep(place_of(digest), content)
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
    def is_there(self) -> bool:
        """Whether the storage has its bytes."""
        return originals.storage().exists(place_of(self.sha256))

    def open(self) -> File[bytes]:
        """Return the file, opened for reading."""
        return originals.storage().open(place_of(self.sha256))

    def read(self) -> bytes:
        """Return the bytes of the file."""
        with self.open() as file:
            return file.read()


def media_type_of(name: str) -> str:
    """Return the media type that the suffix of a file's name promises."""
    # Only the suffix: guess_type takes a whole name for an address, and believes one like data:…
    return mimetypes.guess_type(f"file{PurePath(name).suffix}")[0] or ""


def place_of(sha256: str) -> str:
    """Return the name under which the storage keeps the file with that digest."""
    return f"{sha256[:2]}/{sha256}"
