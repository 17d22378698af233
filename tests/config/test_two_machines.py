"""Two machines, each with its own folder, share a database, the originals and a key: one site."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from tests.archive.samples import text_of
from tests.faults.desk import File, Site, Visitor
from tests.postgres import connecting
from tests.serving import environment_of

UPLOAD = "/admin/archive/speech/upload/"


def manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.check_output(command, cwd=settings.BASE_DIR, env=environment, text=True)


@pytest.fixture
def machines(postgres_database: str, tmp_path: Path) -> list[dict[str, str]]:
    """Return the environments of two machines, with their tables made."""
    shared = {
        "DATABASE_URL": postgres_database,
        "CACHE_URL": "dbcache://counts",
        "ORIGINALS_DIR": str(tmp_path / "originals"),
        "SECRET_KEY": "the same on both",
    }
    alike = [environment_of(tmp_path / name) | shared for name in ("a", "b")]
    manage(alike[0], "migrate", "--verbosity=0")
    return alike


@pytest.mark.long
def test_what_one_takes_in_the_other_shows_confirms_and_sends(
    machines: list[dict[str, str]], tmp_path: Path
) -> None:
    password = manage(machines[0], "create_editor", "bianji", "--generate").split("): ")[1].strip()
    one, other = map(Site, machines)
    try:
        one.start()
        other.start()
        with psycopg.connect(**connecting(machines[0]["DATABASE_URL"])) as connection:
            connection.execute("SELECT count(*) FROM counts")  # raises where nobody made the table
        there = Visitor(one.port).log_in("bianji", password)
        here = Visitor(other.port, there.session)
        staged = there.send(
            UPLOAD, {"documents": [File("甲.txt", text_of(1))], "source": "", "type": ""}
        )
        form = here.get(staged.location).form()
        assert here.post(staged.location, form | {"_publish": ["1"]}).status == 302
        for visitor in (here, there):
            assert visitor.get("/speeches/1/").status == 200
            assert visitor.get("/admin/archive/speech/1/original/").body == text_of(1)
    finally:
        one.stop()
        other.stop()
    assert not (tmp_path / "b/originals").exists()
