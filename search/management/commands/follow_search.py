"""The background worker: let the index follow what could not be followed at once."""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

from django.db import DatabaseError, InterfaceError, close_old_connections

from search.background import BackgroundCommand
from search.errors import IndexBusy, IndexUnavailable, NothingIndexed
from search.site import corpus
from search.sync.follow import follow
from search.sync.followers import note_alive, registered
from search.sync.rebuild import needs_rebuild, rebuild

# After a rebuild that failed, or while there is no database.
_LATER_SECONDS = 10
# Every commit makes the servers open the index anew and compute again what they remembered, so where
# much comes in it is followed less often; but two machines are to agree within two seconds.
_REST, _LONG_REST = 0.5, 1.2
_MANY = 10
# So often a machine that has nothing to do says that it is there.
_ALIVE_SECONDS = 30


class Command(BackgroundCommand):
    """`manage.py follow_search`: runs until SIGTERM; one on a machine is enough, more do no harm."""

    help = "Let the search index follow the database, until stopped."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Look for notes every half second or so, and rebuild an index that is missing or broken."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        alive = 0.0
        while not stop.is_set():
            close_old_connections()
            try:
                if reason := needs_rebuild():
                    self.stdout.write(f"Rebuilding the search index: {reason}.")
                    rebuild(processes=1)
                elif time.monotonic() >= alive:
                    note_alive(registered(corpus()))
                    alive = time.monotonic() + _ALIVE_SECONDS
            except (IndexBusy, IndexUnavailable):  # somebody else builds it, or has just begun to
                stop.wait(2)
            except (OSError, NothingIndexed, DatabaseError, InterfaceError) as error:
                # A full disk, somebody else's folder, a database that is locked or away.
                self.stderr.write(f"Not rebuilt: {error}.")
                stop.wait(_LATER_SECONDS)
            many = follow() >= _MANY
            stop.wait(_LONG_REST if many else _REST)
