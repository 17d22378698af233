"""A server started as users start it, for tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

READY_SECONDS = 60.0
VARIABLES = (
    "DATA_DIR",
    "ORIGINALS_DIR",
    "DATABASE_URL",
    "CACHE_URL",
    "SEARCH_URL",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "DEBUG",
    "PORT",
    "ADMIN_PATH",
    "HSTS_SUBDOMAINS",
    "HSTS_PRELOAD",
)
"""What the settings read."""


def surroundings() -> dict[str, str]:
    """Return the environment of the tests without what the settings read."""
    return {name: value for name, value in os.environ.items() if name not in VARIABLES}


def environment_of(folder: Path) -> dict[str, str]:
    """Return the environment of a site with a data folder of its own, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    return surroundings() | {
        "DATA_DIR": str(folder),
        "PORT": port,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


SERVE = (sys.executable, "manage.py", "serve")


@contextmanager
def serving(environment: dict[str, str], command: Sequence[str] = SERVE) -> Iterator[str]:
    """Run the server and yield its address; it must stop cleanly when told to."""
    process = subprocess.Popen(command, env=environment)
    try:
        yield f"http://127.0.0.1:{environment['PORT']}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(READY_SECONDS) == 0
    finally:
        process.kill()


def fetch(address: str) -> str:
    """Return a page, waiting for a server that is still starting."""
    until = time.monotonic() + READY_SECONDS
    while True:
        try:
            with urllib.request.urlopen(address, timeout=READY_SECONDS) as answer:  # noqa: S310
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            if error.code != 503 or time.monotonic() > until:  # no index yet
                raise
            time.sleep(0.1)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
