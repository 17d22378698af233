"""Read files in child processes that may die of them; no byte of a foreign file is parsed here.

A child gets a file as an open descriptor and answers with the bytes and the draft of every item in
it, while we store the one before. It serves one file after the other: it costs half a second once
and a millisecond a file. An item that takes more than its memory or time is one failed item, and
the next one is read by a fresh child.
"""

from __future__ import annotations

import atexit
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from archive.ingest.errors import IngestError
from archive.ingest.read.containers import LIMITS
from archive.ingest.read.printable import MAX_NAME, printable_name
from archive.ingest.sandbox import messages, worker
from archive.ingest.values import Draft, Hints, Item

MEMORY = 512 << 20  # bytes of address space
CPU_SECONDS = 10  # for one item
WALL_SECONDS = 60  # for one item: the limit on CPU time strikes first unless the machine is busy
CHILDREN = 2  # at work for one process at the same time; who comes later waits
FILES = 1_000  # that one child reads before a fresh one takes its place
DEATHS = 20  # that one file may cause before the rest of it is left unread

_ROOT = Path(__file__).parents[3]  # where the child finds our packages
_MAX_CONTENT = 2 * LIMITS.file  # a line of a .jsonl is bounded a little later than a file
_NO_HINTS = Hints()


def read_all(file: IO[bytes], name: str, hints: Hints = _NO_HINTS) -> Iterator[Item]:
    """Yield what is in a file: one item, or those of a zip or a .jsonl; never none."""
    with _children.lent() as child:
        yield from child.read(file, name, hints)


def read_one(
    file: IO[bytes], name: str, hints: Hints = _NO_HINTS, *, is_row: bool = False
) -> Draft:
    """Read one item again, a file or a row of a table. Raises IngestError."""
    with _children.lent() as child:
        items = list(child.read(file, name, hints, alone="row" if is_row else "file"))
    item = items[0] if items else Item(name, b"", IngestError("gave-up"))
    if isinstance(item.read, IngestError):
        raise item.read
    return item.read


class Child:
    """A child process, started when needed and again after it died; for one thread at a time."""

    def __init__(
        self, memory: int = MEMORY, cpu: int = CPU_SECONDS, wall: float = WALL_SECONDS
    ) -> None:
        self._limits = [str(memory), str(cpu)]
        self._seconds = wall
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._files = 0
        self._head: dict[str, Any] | None = None  # of the item that is being read
        self.owner = os.getpid()

    def read(
        self, file: IO[bytes], name: str, hints: Hints = _NO_HINTS, *, alone: str = ""
    ) -> Iterator[Item]:
        """Yield the items of a file, or the file as the one item ("file", "row") that it is.

        After a death reading goes on behind the item that caused it.
        """
        name = printable_name(name)
        done = deaths = 0
        stuck = -1  # where a child died between two items; at the second time nothing leads on
        with _descriptor(file) as descriptor:
            while True:
                request = {"name": name, "hints": asdict(hints), "alone": alone, "skip": done}
                self._head = None
                finished = False
                try:
                    for item in self._answers(request, descriptor):
                        yield item
                        done += 1
                    finished = True
                except (OSError, EOFError, ValueError):
                    pass
                finally:
                    if not finished:
                        self.stop()
                if finished:
                    return
                deaths += 1
                if self._head is None and stuck != done:
                    stuck = done
                    continue
                yield self._killed(name)
                done += 1
                if alone or self._head is None:
                    return
                if deaths >= DEATHS:
                    yield _item({"name": name}, b"", IngestError("rest", f"{deaths}"))
                    return

    def stop(self) -> None:
        """End the child process, if there is one."""
        process, self._process = self._process, None
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()
        if process is not None and self.owner == os.getpid():
            process.kill()
            process.wait()

    def _killed(self, name: str) -> Item:
        """Return the item that a child died of: the one announced, or the file as a whole."""
        return _item(self._head or {"name": name}, b"", IngestError("gave-up"))

    def _answers(self, request: dict[str, Any], descriptor: int) -> Iterator[Item]:
        channel = self._running()
        channel.settimeout(self._seconds)
        messages.send(channel, messages.encoded(request), descriptor)
        while head := messages.decoded(messages.receive(channel, messages.MAX_HEAD, self._seconds)):
            kinds = {"name": str, "position": int, "is_row": bool}
            if any(type(head.get(name)) is not kind for name, kind in kinds.items()):
                raise ValueError("no head")
            self._head = head
            read = messages.unpack(messages.receive(channel, messages.MAX_DRAFT, self._seconds))
            content = messages.receive(channel, _MAX_CONTENT, self._seconds)
            yield _item(head, content, read)
            self._head = None

    def _running(self) -> socket.socket:
        self._files += 1
        if self._files > FILES or (self._process and self._process.poll() is not None):
            self.stop()
        if self._channel is None:
            self._files = 1
            self._channel, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603  our own module, no shell
                    [sys.executable, "-m", worker.__name__, *self._limits],
                    cwd=_ROOT,
                    env={"PYTHONUTF8": "1"},  # no secrets of ours
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                )
        return self._channel


class _Children:
    """The children of this process, lent to one thread each; idle ones are kept for the next."""

    def __init__(self) -> None:
        self._idle: list[Child] = []
        self._places = threading.BoundedSemaphore(CHILDREN)

    @contextmanager
    def lent(self) -> Iterator[Child]:
        """Lend a child, an idle one if there is one."""
        with self._places:
            child = self._taken()
            try:
                yield child
            finally:
                self._idle.append(child)

    def _taken(self) -> Child:
        with suppress(IndexError):
            while True:
                child = self._idle.pop()
                if child.owner == os.getpid():  # a fork must not share its parent's
                    return child
        return Child()

    def stop(self) -> None:
        """End all children that are not lent."""
        for child in self._idle:
            child.stop()


def _item(head: dict[str, Any], content: bytes, read: Draft | IngestError) -> Item:
    name = printable_name(head["name"])[:MAX_NAME] or str(_("（无名）"))
    return Item(name, content, read, head.get("position", 0), head.get("is_row", False))


@contextmanager
def _descriptor(file: IO[bytes]) -> Iterator[int]:
    """Give the descriptor of an open file; what stands in memory is written to one without a name."""
    try:
        descriptor = file.fileno()
    except (AttributeError, io.UnsupportedOperation):
        with tempfile.TemporaryFile() as copy:
            file.seek(0)
            shutil.copyfileobj(file, copy)
            copy.flush()
            yield copy.fileno()
    else:
        yield descriptor


_children = _Children()
atexit.register(_children.stop)
