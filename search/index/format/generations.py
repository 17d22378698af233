"""Generations of an index: built beside the living one, swapped in by a symbolic link.

    <root>/current -> g-…       the living generation
    <root>/g-…/                 a Whoosh index and its fingerprint; its name ends with its inode number
    <root>/write.lock           held by whoever changes the living generation
    <root>/build.lock           held by whoever builds a new one

The folder is as trusted as code (Whoosh keeps pickles): it is private to the server.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whoosh.index import FileIndex

from search.errors import IndexBusy
from search.files import flush, locked
from search.index.format.storage import DurableStorage

FINGERPRINT = "fingerprint"
_CURRENT = "current"


class IndexFolder:
    """The folder of an index and its generations."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)
        self._link = self.root / _CURRENT

    def current(self) -> Path | None:
        """Return the folder of the living generation, None if there is none."""
        before = ""
        while True:
            try:
                name = os.readlink(self._link)
            except OSError:
                return None
            path = self.root / name
            if path.is_dir():
                return path
            if name == before:
                return None
            before = name  # swapped, and the old one removed, since the link was read: look again

    def living(self) -> str | None:
        """Return the name of the living generation, None if there is none or it is a copy of another."""
        path = self.current()
        try:
            return path.name if path and path.name.endswith(f"-{path.stat().st_ino}") else None
        except FileNotFoundError:
            return self.living()  # swapped, and removed

    def fingerprint(self) -> str:
        """Return what the living generation was built with, "" if there is none."""
        path = self.current()
        try:
            return (path / FINGERPRINT).read_text("utf-8") if path else ""
        except (OSError, UnicodeDecodeError):
            return ""

    def open(self, path: Path) -> FileIndex:
        """Open a generation. Raises whoosh.index.IndexError or OSError if it is broken."""
        return FileIndex(DurableStorage(str(path)))

    def create(self, schema: Any, fingerprint: str) -> Path:
        """Make a new, empty generation beside the living one and return its folder.

        No two machines give the same name, and of a copied folder the name does not hold.
        """
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.root / f"g-{time.strftime('%Y%m%d%H%M%S')}-{secrets.token_hex(4)}"
        path.mkdir(mode=0o700)
        try:
            path = path.rename(f"{path}-{path.stat().st_ino}")
            flush(self.root)
            FileIndex.create(DurableStorage(str(path)), schema, "MAIN")
            (path / FINGERPRINT).write_text(fingerprint, "utf-8")
            flush(path / FINGERPRINT)
            flush(path)
        except OSError:
            self.discard(path)
            raise
        return path

    def swap(self, path: Path) -> None:
        """Make a generation the living one, in one step, and remove the one before it."""
        before = self.current()
        link = self.root / f".{_CURRENT}-{secrets.token_hex(4)}"
        link.symlink_to(path.name)
        place = self.root / _CURRENT
        if place.is_dir() and not place.is_symlink():  # a copy made by a tool that follows links
            shutil.rmtree(place)
        link.rename(place)
        flush(self.root)
        if before is not None:
            self.discard(before)

    def discard(self, path: Path) -> None:
        """Remove a generation unless it is the living one. Readers keep what they have mapped."""
        if path != self.current():
            shutil.rmtree(path, ignore_errors=True)

    def prune(self) -> list[str]:
        """Remove what killed builds left behind and return its names. The caller holds both locks."""
        living = self.current()
        left = [path for path in self.root.glob("g-*") if path != living]
        for path in left:
            self.discard(path)
        for link in self.root.glob(f".{_CURRENT}-*"):
            link.unlink(missing_ok=True)
        return [path.name for path in left]

    def destroy(self) -> None:
        """Remove the living generation. The caller holds the write lock."""
        before = self.current()
        (self.root / _CURRENT).unlink(missing_ok=True)
        if before is not None:
            self.discard(before)

    @contextlib.contextmanager
    def lock(self, name: str, *, wait: float = 0.0) -> Iterator[None]:
        """Hold the lock `name` ("write" or "build").

        Raises IndexBusy if another holds it for longer than `wait` seconds.
        """
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(locked(self.root / f"{name}.lock", wait=wait))
            except BlockingIOError as error:
                raise IndexBusy(name) from error
            yield
