"""The background worker: let the index follow what could not be followed at once."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.db import close_old_connections

from search.background import BackgroundCommand
from search.errors import IndexBusy, NothingIndexed
from search.sync.follow import follow
from search.sync.rebuild import needs_rebuild, rebuild

# After a rebuild that failed.
_LATER_SECONDS = 10
# Every commit makes the servers open the index anew and compute again what they remembered, so where
# much comes in it is followed less often.
_REST, _LONG_REST = 0.5, 6.0
_MANY = 10


class Command(BackgroundCommand):
    """`manage.py follow_search`: runs until SIGTERM; one of it is enough, more do no harm."""

    help = "Let the search index follow the database, until stopped."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Look for notes every half second or so, and rebuild an index that is missing or broken."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            reason = needs_rebuild()
            if reason:
                self.stdout.write(f"Rebuilding the search index: {reason}.")
                try:
                    rebuild(processes=1)
                except IndexBusy:
                    stop.wait(2)
                except (OSError, NothingIndexed) as error:  # a full disk, somebody else's folder
                    self.stderr.write(f"Not rebuilt: {error}.")
                    stop.wait(_LATER_SECONDS)
            many = follow() >= _MANY
            stop.wait(_LONG_REST if many else _REST)
