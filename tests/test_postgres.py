"""The tests' own PostgreSQL server: there when wanted, and gone with whoever wanted it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.faults.processes import eventually, lives
from tests.postgres import connecting, database, programs, server

pytestmark = pytest.mark.skipif(programs() is None, reason="needs PostgreSQL (make postgres)")
HELD = """
from tests.postgres import server
with server() as address:
    print(address, flush=True)
    input()
"""


def ask(address: str, question: str) -> str:
    with psycopg.connect(**connecting(address)) as connection:
        found = connection.execute(question).fetchone()
    assert found
    return str(found[0])


def folder_of(address: str) -> Path:
    return Path(connecting(address)["host"])


def test_each_database_is_new_and_goes_though_somebody_is_connected(postgres: str) -> None:
    names = "SELECT count(*) FROM pg_database WHERE datname LIKE 'yinde%'"
    before = ask(postgres, names)
    with database(postgres) as one, database(postgres) as other:
        assert ask(one, "SELECT current_database()") != ask(other, "SELECT current_database()")
        left = psycopg.connect(**connecting(one))
    assert ask(postgres, names) == before
    left.close()


def test_it_listens_to_nothing_but_its_folder(postgres: str) -> None:
    assert ask(postgres, "SHOW listen_addresses") == ""
    assert folder_of(postgres).stat().st_mode & 0o777 == 0o700


def test_it_goes_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), server() as address:
        raise ZeroDivisionError
    assert not folder_of(address).exists()


def test_it_goes_when_its_owner_is_killed() -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", HELD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    with owner:
        assert owner.stdout
        address = owner.stdout.readline().strip()
        number = int((folder_of(address) / "data/postmaster.pid").read_text().split()[0])
        owner.kill()
    eventually(lambda: not (folder_of(address).exists() or lives(number)))
