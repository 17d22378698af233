"""Processes that a test starts, listens to and kills."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

Say = Callable[[str], None]
_FORK = multiprocessing.get_context("fork")


class Forked:
    """A process that runs `work(say, *args)` on the test's database and index.

    What it says, one line at a time, survives its death: it is in the pipe before `say` returns.
    Forking instead of starting Python anew makes hundreds of kills affordable.
    """

    def __init__(self, work: Callable[..., None], *args: Any) -> None:
        connections.close_all()  # SQLite's connections must not be shared with a child
        self._reader, writer = os.pipe()
        self.process: BaseProcess = _FORK.Process(target=self._run, args=(work, writer, args))
        self.process.start()
        os.close(writer)
        self._heard = b""
        self._lines: deque[str] = deque()

    def _run(self, work: Callable[..., None], writer: int, args: tuple[Any, ...]) -> None:
        os.close(self._reader)
        work(lambda line: os.write(writer, line.encode() + b"\n"), *args)

    def lines(self) -> Iterator[str]:
        """Yield what the process says, until it ends."""
        while True:
            while self._lines:
                yield self._lines.popleft()
            block = os.read(self._reader, 1 << 16)
            if not block:
                return
            *whole, self._heard = (self._heard + block).split(b"\n")
            self._lines.extend(line.decode() for line in whole)

    def wait_for(self, wanted: str) -> list[str]:
        """Return what the process says up to the line `wanted`."""
        heard = []
        for line in self.lines():
            heard.append(line)
            if line == wanted:
                return heard
        raise AssertionError(f"ended without saying {wanted!r} but {heard}")

    def kill(self) -> list[str]:
        """Kill the process (SIGKILL) and return what it had still said."""
        self.process.kill()
        return self.join()

    def join(self) -> list[str]:
        """Wait for the end of the process and return what it had still said.

        Whether it came to its end or was killed: that it failed fails the test.
        """
        rest = list(self.lines())
        self.process.join()
        os.close(self._reader)
        assert self.process.exitcode in (0, -signal.SIGKILL), "the process failed: see its stderr"
        return rest

    @property
    def pid(self) -> int:
        """The number of the process."""
        assert self.process.pid is not None
        return self.process.pid


def command(*arguments: str) -> subprocess.Popen[str]:
    """Start `manage.py` on the test's database and index."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started and that live."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(number) for number in path.read_text().split()]


def lives(pid: int) -> bool:
    """Say whether a process is there and not a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def eventually(condition: Callable[[], Any], seconds: float = 60.0) -> None:
    """Wait until `condition` holds; fail after `seconds`."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "did not come true in time"
        time.sleep(0.05)
