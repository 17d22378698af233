"""What a folder may hold after a power cut, as POSIX allows it.

Only fsync makes anything durable: of a file its content, of a folder its entries. What happened since
may have reached the disk or not, each entry for itself and in any order; a file whose content was
not flushed may be empty, cut short, zeros, or whole. Real file systems are kinder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

# An entry: the number of a file, the target of a link, or "/" for a folder.
Entry = int | str
Entries = dict[str, Entry]
Content = dict[int, bytes]
FOLDER = "/"


@dataclass(frozen=True)
class Moment:
    """What was durable and what there was, just before an fsync. `done` counts what was promised."""

    durable: dict[str, Entries]
    flushed: Content
    live: dict[str, Entries]
    content: Content
    done: int

    def after_a_cut(self, random: Random, likely: float) -> dict[str, bytes | str | None]:
        """Return one state of the disk: content of files, targets of links, None for folders.

        `likely` is how likely it is that what was not flushed is there.
        """
        state: dict[str, bytes | str | None] = {}
        self._fill("", state, random, likely)
        return state

    def _fill(
        self, folder: str, state: dict[str, bytes | str | None], random: Random, likely: float
    ) -> None:
        entries = dict(self.durable.get(folder, {}))
        live = self.live.get(folder, {})
        for name in sorted({*entries, *live}):
            if entries.get(name) != live.get(name) and random.random() < likely:
                if name in live:
                    entries[name] = live[name]
                else:
                    del entries[name]
        for name, entry in entries.items():
            path = os.path.join(folder, name)
            if isinstance(entry, int):
                state[path] = self._content(entry, random, likely)
            elif entry == FOLDER:
                state[path] = None
                self._fill(path, state, random, likely)
            else:
                state[path] = entry

    def _content(self, number: int, random: Random, likely: float) -> bytes:
        flushed, live = self.flushed.get(number, b""), self.content.get(number, b"")
        if flushed == live or random.random() < likely:
            return live
        return random.choice([flushed, b"", live[: random.randrange(len(live))], bytes(len(live))])


class Disk:
    """Records the moments of a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.moments: list[Moment] = []
        self.done = 0
        self._durable: dict[str, Entries] = {}
        self._flushed: Content = {}
        self._known: dict[int, tuple[tuple[int, int], bytes]] = {}
        self._kept: list[int] = []  # open, so that the number of a removed file is not given again

    @contextmanager
    def recording(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Record each fsync, carrying out none."""
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", self._fsync)
            yield
        for descriptor in self._kept:
            os.close(descriptor)

    def _fsync(self, descriptor: int) -> None:
        path = os.path.relpath(os.readlink(f"/proc/self/fd/{descriptor}"), self.root)
        if path.startswith(".."):
            return
        self.take()
        if os.path.isdir(self.root / path):
            folder = "" if path == "." else path
            self._durable[folder] = self._entries(folder)
        else:
            self._kept.append(os.dup(descriptor))
            number = os.fstat(descriptor).st_ino
            self._flushed[number] = self._read(self.root / path)[1]

    def take(self) -> None:
        """Record this moment."""
        live, content = {}, {}
        folders = [""]
        while folders:
            folder = folders.pop()
            live[folder] = self._entries(folder)
            for name, entry in live[folder].items():
                path = os.path.join(folder, name)
                if entry == FOLDER:
                    folders.append(path)
                elif isinstance(entry, int):
                    number, content[entry] = self._read(self.root / path)
                    assert number == entry
        durable = {folder: dict(entries) for folder, entries in self._durable.items()}
        content = {**{n: c for n, (_, c) in self._known.items()}, **content}
        self.moments.append(Moment(durable, dict(self._flushed), live, content, self.done))

    def _entries(self, folder: str) -> Entries:
        entries: Entries = {}
        for entry in os.scandir(self.root / folder):
            if entry.is_symlink():
                entries[entry.name] = os.readlink(entry.path)
            else:
                entries[entry.name] = FOLDER if entry.is_dir() else entry.inode()
        return entries

    def _read(self, path: Path) -> tuple[int, bytes]:
        state = path.stat()
        stamp = (state.st_size, state.st_mtime_ns)
        if state.st_ino not in self._known or self._known[state.st_ino][0] != stamp:
            self._known[state.st_ino] = (stamp, path.read_bytes())
        return state.st_ino, self._known[state.st_ino][1]


def write(state: dict[str, bytes | str | None], root: Path) -> None:
    """Make a state of the disk in a folder."""
    root.mkdir()
    for name, what in state.items():
        path = root / name
        if what is None:
            path.mkdir()
        elif isinstance(what, str):
            path.symlink_to(what)
        else:
            path.write_bytes(what)
