"""Serve the site with a production-grade server and the background worker beside it."""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import socket
import sys
import time
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

from archive import originals
from archive.ingest import drafts
from search.background import run_child
from search.files import locked

# A child that dies sooner than this after its start is not restarted at once.
_BREATH_SECONDS = 1.0
_STOP_SECONDS = 30.0
# Python computes on one core at a time in each.
_SERVERS = max(2, os.cpu_count() or 1)
_BACKLOG = 1024
_SERVE, _RUN = "config.server.main", "config.command_line.run"
# On Linux a child is a copy of this process, with all modules in memory that both share. The libraries
# of macOS do not stand that: there each child starts Python anew.
_START = (
    multiprocessing.get_context("fork")
    if sys.platform == "linux"
    else multiprocessing.get_context("spawn")
)


class Command(BaseCommand):
    """`manage.py serve`: the server on PORT and `follow_search`, until SIGTERM or Ctrl-C."""

    help = "Serve the site on PORT with the background worker beside it; stops cleanly on SIGTERM."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Start all processes, restart the one that dies, stop all when told to."""
        self._stopping = False
        listener = self._listen()
        self._prepare_database()
        # Before the children start, so that a SIGTERM meanwhile leaves none behind.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._works: dict[str, tuple[str, Any]] = {
            f"server {number}": (_SERVE, listener) for number in range(1, _SERVERS + 1)
        }
        self._works["worker"] = (_RUN, ["manage.py", "follow_search"])
        import_string(_SERVE)  # once, here, for all of them
        # Nothing is ever written here; who reads it learns that we are gone, however that came.
        self._alive, self._held = _START.Pipe(duplex=False)
        children = {name: self._start(name) for name in self._works}
        self.stdout.write(f"Yinde serves http://127.0.0.1:{settings.PORT}/ (stop with Ctrl-C)")
        if not get_user_model().objects.filter(is_superuser=True).exists():
            self.stdout.write(
                "No account yet. Make one: .venv/bin/python manage.py createsuperuser"
            )
        self.stdout.flush()
        try:
            while not self._stopping:
                time.sleep(0.2)
                for name, child in children.items():
                    if not child.is_alive() and not self._stopping:
                        self.stderr.write(
                            f"The {name} ended ({child.exitcode}); starting it again."
                        )
                        time.sleep(_BREATH_SECONDS)
                        children[name] = self._start(name)
        finally:
            listener.close()
            self._end(list(children.values()))

    def _start(self, name: str) -> BaseProcess:
        originals.sweep()  # a process that was killed may have been writing
        drafts.sweep()
        connections.close_all()  # none is shared with a child
        sys.stdout.flush()
        given = (f"yinde {name}", self._alive, self._held, *self._works[name])
        child = _START.Process(target=run_child, args=given)
        # Till the child has taken its own way of ending, SIGTERM waits.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        child.start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        return child

    @staticmethod
    def _prepare_database() -> None:
        """Make the tables of a new archive; refuse to serve one that waits for `migrate`."""
        # Another `serve` may be doing the same.
        with locked(settings.DATA_DIR / "serve.lock", wait=math.inf):
            executor = MigrationExecutor(connection)
            if not executor.loader.applied_migrations:
                call_command("migrate", verbosity=0)
            elif executor.migration_plan(executor.loader.graph.leaf_nodes()):
                raise CommandError("The database is of another version. Run: manage.py migrate")
            call_command("createcachetable", verbosity=0)  # where CACHE_URL names one
        connection.close()

    @staticmethod
    def _listen() -> socket.socket:
        """Open the port, for all processes of the server. CommandError if it is taken already."""
        try:
            return socket.create_server(("127.0.0.1", settings.PORT), backlog=_BACKLOG)
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Port {settings.PORT} is not free ({error}). Is Yinde running already? "
                "Another port: PORT=8001 make serve"
            ) from error

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    @staticmethod
    def _end(children: list[BaseProcess]) -> None:
        for child in children:
            child.terminate()
        until = time.monotonic() + _STOP_SECONDS
        for child in children:
            child.join(max(0.1, until - time.monotonic()))
            child.kill()
