"""Read files in a child process that may die of them: the same functions as `pipeline`, walled off.

One worker serves a whole process and is started when first needed; it costs half a second once and
a millisecond a file. Plain text, rows and what cannot be read at all stay in this process: only the
parsers of HTML and Word are worth a wall. A file that takes more than the worker's memory or time
is one failed file, and the next one gets a fresh worker.
"""

from __future__ import annotations

import atexit
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from archive.dates import PartialDate
from archive.ingest import pipeline, worker
from archive.ingest.errors import IngestError
from archive.ingest.extract import ZIP
from archive.ingest.values import Draft, Evidence, Hints, Member, Removed

MEMORY = 512 << 20  # bytes of address space
CPU_SECONDS = 10  # for one file
WALL_SECONDS = 60  # for one file: the limit on CPU time strikes first unless the machine is busy

_ROOT = Path(__file__).parents[2]  # where the child finds our packages
_NO_HINTS = Hints()


def draft(content: bytes, name: str, hints: Hints = _NO_HINTS) -> Draft:
    """Read one file as `pipeline.draft` does. Raises IngestError("gave-up") when it takes too much."""
    if content.startswith(ZIP) or b"<" in content[:100_000]:
        return _worker.draft(content, name, hints)
    return pipeline.draft(content, name, hints)


def draft_member(member: Member, hints: Hints = _NO_HINTS) -> Draft:
    """Read what `expand` gave as `pipeline.draft_member` does, files walled off."""
    if member.error is None and member.row is None:
        return draft(member.content, member.name, hints)
    return pipeline.draft_member(member, hints)


class Worker:
    """A child process that is started when needed and again after it died; safe across threads."""

    def __init__(
        self, memory: int = MEMORY, cpu: int = CPU_SECONDS, wall: float = WALL_SECONDS
    ) -> None:
        self._limits = [str(memory), str(cpu)]
        self._seconds = wall
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def draft(self, content: bytes, name: str, hints: Hints) -> Draft:
        """Have one file read."""
        with self._lock:
            process = self._running()
            try:
                answer = self._ask(process, content, {"name": name, "hints": asdict(hints)})
            except (OSError, EOFError, TimeoutError) as error:
                self._stop()
                raise IngestError("gave-up", name) from error
        if "error" in answer:
            code, detail = answer["error"]
            raise IngestError(code, detail)
        return _draft(answer["draft"])

    def stop(self) -> None:
        """End the child process, if there is one."""
        with self._lock:
            self._stop()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():  # a fork must not share its parent's pipes
            self._process = None
        if self._process is not None and self._process.poll() is not None:
            self._stop()
        if self._process is None:
            self._owner = os.getpid()
            self._process = subprocess.Popen(  # noqa: S603  our own module, no shell
                [sys.executable, "-m", worker.__name__, *self._limits],
                cwd=_ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        return self._process

    def _stop(self) -> None:
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()
            self._process.communicate()
        self._process = None

    def _ask(
        self, process: subprocess.Popen[bytes], content: bytes, request: dict[str, Any]
    ) -> dict[str, Any]:
        assert process.stdin is not None  # noqa: S101  both are pipes
        assert process.stdout is not None  # noqa: S101
        worker.send(process.stdin, json.dumps(request).encode())
        worker.send(process.stdin, content)
        process.stdin.flush()
        deadline = time.monotonic() + self._seconds
        length = _read(process.stdout, worker.LENGTH.size, deadline)
        answer: dict[str, Any] = json.loads(
            _read(process.stdout, worker.LENGTH.unpack(length)[0], deadline)
        )
        return answer


def _read(stream: IO[bytes], size: int, deadline: float) -> bytes:
    """Read exactly `size` bytes before the deadline."""
    parts = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while len(parts) < size:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise TimeoutError
            part = os.read(stream.fileno(), size - len(parts))
            if not part:
                raise EOFError
            parts += part
    return bytes(parts)


def _draft(values: dict[str, Any]) -> Draft:
    """Make a draft of plain values again."""
    return Draft(
        **{
            **values,
            "date": PartialDate(values["date"]["iso"]),
            "site_tags": tuple(values["site_tags"]),
            "removed": tuple(Removed(**one) for one in values["removed"]),
            "provenance": {name: Evidence(**one) for name, one in values["provenance"].items()},
        }
    )


_worker = Worker()
atexit.register(_worker.stop)
