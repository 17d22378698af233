"""Where the original files are kept: the storage named "originals" in STORAGES.

A file's name in it is made of its SHA-256, so equal names are equal bytes. Any storage of Django's may take
the place of the one here, which keeps them in a folder so that they survive a power cut.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, storages

from search.files import flush

# Begins the name of a file that is not yet whole.
_PARTIAL = "tmp"


def storage() -> Storage:
    """Return what keeps the originals."""
    return storages["originals"]


def keep(name: str, content: bytes) -> None:
    """Keep `content` as `name` unless it is kept already. Raises as the storage does."""
    kept_in = storage()
    if not kept_in.exists(name):
        kept_as = kept_in.save(name, ContentFile(content))
        if kept_as != name:  # somebody else was faster, and this storage keeps both
            kept_in.delete(kept_as)


def sweep() -> int:
    """Remove what killed processes left half written; return how many files."""
    kept_in = storage()
    return kept_in.sweep() if isinstance(kept_in, DurableStorage) else 0


class DurableStorage(FileSystemStorage):
    """A folder in which a file, once saved, is there whole or not at all, power cuts included.

    The folder is `location`, by default ORIGINALS_DIR. A name stands for its content: saving it again changes
    nothing. Others may write in the same folder, from other machines too where its locks hold there.
    """

    def __init__(self, location: str = "") -> None:
        super().__init__()
        self._folder = location

    @property
    def base_location(self) -> str:
        """The folder as the settings name it."""
        return self._folder or str(settings.ORIGINALS_DIR)

    @property
    def location(self) -> str:
        """The folder as an absolute path."""
        return os.path.abspath(self.base_location)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return the name itself: what stands under it already is the same."""
        return name

    def sweep(self) -> int:
        """Remove what killed processes left half written; return how many files."""
        count = 0
        for path in Path(self.location).glob(f"??/{_PARTIAL}*"):
            # Open for writing: without that some network file systems lock nothing.
            with contextlib.suppress(OSError), path.open("r+b") as file:  # locked, or just finished
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
                count += 1
        return count

    def _save(self, name: str, content: File[bytes]) -> str:
        path = Path(self.path(name))
        folder = path.parent
        _make(folder)
        with _partial_in(folder) as file:
            partial = Path(file.name)
            try:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                flush(partial)
            except OSError:
                partial.unlink()
                raise
            partial.rename(path)
        flush(folder)
        return name


def _make(folder: Path) -> None:
    """Make a folder and those above it; a power cut must not take a new one with all that is in it."""
    if not folder.exists():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        flush(folder.parent)


def _partial_in(folder: Path) -> IO[bytes]:
    """Open a new file that is locked as long as it is written, so that `sweep` leaves it alone."""
    while True:
        file = tempfile.NamedTemporaryFile(dir=folder, prefix=_PARTIAL, delete=False)  # noqa: SIM115
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:  # else it was swept before we locked it
            return file
        file.close()
