"""Work behind the pages gives way to those who are waiting for one."""

from __future__ import annotations

import os
from collections.abc import Sequence

from django.core.management.base import BaseCommand

_NICENESS = 19


class BackgroundCommand(BaseCommand):
    """A command that, started from a command line, runs at the lowest priority.

    On an idle machine it is as fast as any. Called from code it leaves the caller's priority alone.
    Where Linux groups processes by session (sched_autogroup) priority counts within a session only.
    """

    def run_from_argv(self, argv: Sequence[str]) -> None:
        """Give way, then run."""
        present = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, 0, max(_NICENESS, present))
        super().run_from_argv(list(argv))
