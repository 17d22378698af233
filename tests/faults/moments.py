"""Exact moments at which a process kills itself: before a statement, before a change of a file."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink"}


def die() -> None:
    """End at once, as by kill -9."""
    os.kill(os.getpid(), signal.SIGKILL)


class Countdown:
    """Counts moments, and dies at moment `number` (never, if there are fewer)."""

    def __init__(self, number: int = -1) -> None:
        self.number, self.passed = number, 0

    def moment(self) -> None:
        """Pass one moment, or die."""
        if self.passed == self.number:
            die()
        self.passed += 1


def before_statements(countdown: Countdown, beginning: str = "") -> None:
    """From now on, every statement to the database (that begins so) is a moment."""

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith(beginning):
            countdown.moment()
        return execute(sql, *rest)

    connection.execute_wrappers.append(watch)


def before_file_changes(countdown: Countdown, folder: Path) -> None:
    """From now on, every change below `folder` is a moment: creating, renaming, removing, linking.

    Python's audit hooks stay until the process ends: for processes that die.
    """
    below = str(folder)

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _mode, flags = arguments
            changes = isinstance(path, str) and flags & _WRITING and path.startswith(below)
        elif event in _CHANGES:
            # Whatever is removed by a name relative to an open folder belongs to a removed tree.
            path = os.fspath(arguments[0])
            changes = path.startswith(below) or not os.path.isabs(path)
        else:
            return
        if changes:
            countdown.moment()

    sys.addaudithook(watch)
