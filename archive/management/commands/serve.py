"""Serve the site with a production-grade server and the background worker beside it."""

from __future__ import annotations

import math
import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from archive import originals
from archive.ingest import drafts
from search.background import SUPERVISOR
from search.files import locked

# A child that dies sooner than this after its start is not restarted at once.
_BREATH_SECONDS = 1.0
_STOP_SECONDS = 30.0
# Python computes on one core at a time in each.
_SERVERS = max(2, os.cpu_count() or 1)
_BACKLOG = 1024


class Command(BaseCommand):
    """`manage.py serve`: the server on PORT and `follow_search`, until SIGTERM or Ctrl-C."""

    help = "Serve the site on PORT with the background worker beside it; stops cleanly on SIGTERM."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Start all processes, restart the one that dies, stop all when told to."""
        self._stopping = False
        listener = self._listen()
        self._prepare_database()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        # Nothing is ever written here; who reads it learns that we are gone, however that came.
        alive, self._held = os.pipe()
        # A log is a file or a pipe: what is said there is to be read at once.
        environment = {**os.environ, SUPERVISOR: str(alive), "PYTHONUNBUFFERED": "1"}
        server = [sys.executable, "-m", "config.server", str(listener.fileno())]
        commands = {f"server {number}": server for number in range(1, _SERVERS + 1)}
        commands["worker"] = [sys.executable, "manage.py", "follow_search"]

        def start(name: str) -> subprocess.Popen[bytes]:
            originals.sweep()  # a process that was killed may have been writing
            drafts.sweep()
            files = [alive, listener.fileno()] if name != "worker" else [alive]
            # A session of its own: Ctrl-C reaches the children through us, once.
            return subprocess.Popen(  # noqa: S603 (our own commands)
                commands[name],
                cwd=settings.BASE_DIR,
                env=environment,
                start_new_session=True,
                pass_fds=files,
            )

        children = {name: start(name) for name in commands}
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
                    if child.poll() is not None and not self._stopping:
                        self.stderr.write(
                            f"The {name} ended ({child.returncode}); starting it again."
                        )
                        time.sleep(_BREATH_SECONDS)
                        children[name] = start(name)
        finally:
            listener.close()
            self._end(list(children.values()))

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
    def _end(children: list[subprocess.Popen[bytes]]) -> None:
        for child in children:
            if child.poll() is None:
                child.terminate()
        until = time.monotonic() + _STOP_SECONDS
        for child in children:
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
