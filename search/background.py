"""Work behind the pages: it gives way to who is waiting for one, and ends with the server."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string
from setproctitle import setproctitle

SUPERVISOR = "YINDE_SUPERVISOR"
"""Where a process started by `serve` finds the number of a pipe that ends with `serve`."""
# Beside one at 0 that wants all of a core a process at 3 gets a third of it (526 of 1,550, by sched(7)): who
# waits for a page waits half as long again at most, and what is done behind takes three times as long at
# most. At 19 it would get a seventieth.
_NICENESS = 3
_GRACE_SECONDS = 2.0


def run_child(name: str, alive: Connection, held: Connection, work: str, given: Any) -> None:
    """Run a child process of `serve`: call the function at the dotted path `work` with `given`.

    `name` is shown in lists of processes. `alive` is the reading end of a pipe whose writing end, `held`,
    only `serve` keeps open: when reading returns, `serve` is gone, and the child ends
    (`end_with_supervisor`). A child that is a new Python, not a fork, has no Django yet: `work` sets it up.
    """
    held.close()
    os.setsid()  # Ctrl-C reaches the children through their parent, once
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    setproctitle(name)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # a log is read at once
    os.environ[SUPERVISOR] = str(alive.fileno())
    import_string(work)(given)


def end_with_supervisor() -> None:
    """Stop soon after the process that started us, however that ended.

    Nobody writes to the pipe, so that reading it returns when the writer's end is gone: at once, if
    that happened before we asked. A parent's number would say nothing of the time before it was read.
    """
    pipe = int(os.environ.get(SUPERVISOR, "-1"))
    if pipe >= 0:
        threading.Thread(target=_wait_and_end, args=(pipe,), daemon=True).start()


def _wait_and_end(pipe: int) -> None:
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os._exit(1)  # what was under way is as safe as from kill -9, and nobody waits for it


class BackgroundCommand(BaseCommand):
    """A command that, started from a command line, gives way to who waits for a page.

    On an idle machine it is as fast as any. Called from code it leaves the caller's priority alone.
    Where Linux groups processes by session (sched_autogroup) priority counts within a session only.
    """

    def run_from_argv(self, argv: Sequence[str]) -> None:
        """Give way, then run; not longer than the server whose worker this is."""
        end_with_supervisor()
        present = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, 0, max(_NICENESS, present))
        super().run_from_argv(list(argv))
