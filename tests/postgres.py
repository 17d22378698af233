"""A PostgreSQL server of the tests' own: made when wanted, gone with them, whatever ends them.

`server()` gives the address of one, `database(server)` that of a new, empty database in it, both as
DATABASE_URL is written. The fixtures `postgres` and `postgres_database` (tests/conftest.py) are for tests
that want their own, whatever database the suite runs on. The server has no port, only a socket in a folder
of its own, and keeps nothing through a power cut.
"""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import environ
import psycopg

PROGRAMS = ("initdb", "pg_ctl", "postgres")
PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian's packages
    "/usr/pgsql-*/bin",  # PostgreSQL's own, for Red Hat
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "timezone": "UTC",
}
# Waits for a line or for the end of who could write one, kills included: then all goes.
_WATCH = (
    'read -r _; "$1/pg_ctl" stop --silent --mode=immediate -D "$2/data" 2>/dev/null; rm -rf "$2"'
)


def programs() -> Path | None:
    """Return the folder of the server's programs, the newest there is; None where they are not installed."""
    found = [path for place in PLACES for path in Path("/").glob(place[1:])]
    found.sort(key=lambda path: [int(number) for number in re.findall(r"\d+", str(path))])
    on_path = [Path(path).parent for path in (shutil.which("initdb"),) if path]
    return next((path for path in [*on_path, *reversed(found)] if _whole(path)), None)


def _whole(folder: Path) -> bool:
    return all((folder / name).exists() for name in PROGRAMS)


@contextmanager
def server() -> Iterator[str]:
    """Run a new server and yield the address of its first database; raise OSError where there is none."""
    found = programs()
    if found is None:
        raise FileNotFoundError("PostgreSQL's server is not installed: make postgres")
    folder = Path(tempfile.mkdtemp(prefix="yinde-pg-"))
    user = _unprivileged()
    if user:
        shutil.chown(folder, user["user"], user["group"])
    watch = ["/bin/sh", "-c", _WATCH, "watch", str(found), str(folder)]
    # In a session of its own, so that Ctrl-C at the terminal ends the tests and not the watch.
    alone: dict[str, Any] = {"stdin": subprocess.PIPE, "start_new_session": True, "cwd": "/"}
    with subprocess.Popen(watch, **alone, **user) as watcher:
        try:
            _start(found, folder, user)
            yield f"postgres://postgres@/{folder}/postgres"
        finally:
            watcher.communicate(b"\n")


def _start(found: Path, folder: Path, user: dict[str, Any]) -> None:
    data, log = folder / "data", folder / "log"
    options = " ".join(f"-c {name}={value!r}" for name, value in OPTIONS.items())
    make = f"initdb -D {data} --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync"
    start = ["pg_ctl", "start", "-D", str(data), "-l", str(log), "-o", f"{options} -k {folder}"]
    for name, *arguments in (make.split(), start):
        command = [str(found / name), *arguments]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **user)
        if ran.returncode:
            said = log.read_text("utf-8") if log.exists() else ""
            raise OSError(f"{name} failed: {ran.stdout}{ran.stderr}{said}")


def _unprivileged() -> dict[str, Any]:
    """Return as whom the server is to run, as subprocess takes it: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {each.pw_name: each for each in pwd.getpwall()}
    found = names.get("postgres") or names["nobody"]
    return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}


@contextmanager
def database(server: str) -> Iterator[str]:
    """Make an empty database in the server at `server`, yield its address, and drop it."""
    name = f"yinde_{secrets.token_hex(4)}"
    _execute(server, f"CREATE DATABASE {name}")
    try:
        yield f"{server.rpartition('/')[0]}/{name}"
    finally:
        _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def _execute(server: str, statement: str) -> None:
    with psycopg.connect(**connecting(server), autocommit=True) as connection:
        connection.execute(statement)


def connecting(address: str) -> dict[str, Any]:
    """Return what psycopg is told to connect to a database at `address`."""
    said = environ.Env.db_url_config(address)
    names = {
        "host": "HOST",
        "port": "PORT",
        "user": "USER",
        "password": "PASSWORD",
        "dbname": "NAME",
    }
    return {key: said[name] for key, name in names.items() if said[name]}
