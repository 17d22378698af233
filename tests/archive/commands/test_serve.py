"""The server, started as users start it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.serving import READY_SECONDS, environment_of, fetch, serving


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a site with a data folder of its own, on a free port."""
    return environment_of(tmp_path / "data")


@pytest.mark.long
def test_two_servers_on_one_new_archive(environment: dict[str, str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        other = environment | {"PORT": str(free.getsockname()[1])}
    with serving(environment) as first, serving(other) as second:
        for site in (first, second):
            page = fetch(f"{site}/")
            assert "还没有已发布的材料" in page
            style = re.findall(r'"(/static/yinde\.css\?v=\w+)"', page)[0]
            assert ":root" in fetch(site + style)


# As where a process cannot be copied: macOS.
_SPAWNING = """
import multiprocessing
import sys
original = multiprocessing.get_context
multiprocessing.get_context = lambda method=None: original("spawn" if method == "fork" else method)
from config.command_line import run
run(sys.argv)
"""


@pytest.mark.long
def test_children_that_start_anew(environment: dict[str, str]) -> None:
    with serving(environment, [sys.executable, "-c", _SPAWNING, "serve"]) as site:
        assert "还没有已发布的材料" in fetch(f"{site}/")
        assert '"count": 0' in fetch(f"{site}/api/v1/search/")  # once the worker has made an index


def test_a_database_of_another_version_is_not_served(environment: dict[str, str]) -> None:
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "--verbosity=0", "search"], env=environment, check=True)
    served = subprocess.run(
        [*manage, "serve"], env=environment, capture_output=True, text=True, check=False
    )
    assert served.returncode == 1
    assert "Run: manage.py migrate" in served.stderr


def test_what_happens_is_in_the_log_at_once_and_who_is_killed_leaves_nobody_behind(
    environment: dict[str, str], tmp_path: Path
) -> None:
    environment.pop("PYTHONUNBUFFERED", None)
    path = tmp_path / "log"
    with path.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"], env=environment, stdout=log
        )
    site = f"http://127.0.0.1:{environment['PORT']}/"
    awaited = ("Yinde serves", "No account yet", "Rebuilding the search index")
    until = time.monotonic() + READY_SECONDS
    try:
        while not all(said in path.read_text() for said in awaited):
            assert time.monotonic() < until, path.read_text()
            time.sleep(0.1)
        fetch(site)
    finally:
        process.kill()  # and not waited for: a zombie
    until = time.monotonic() + READY_SECONDS
    try:
        while time.monotonic() < until:
            time.sleep(0.2)
            with urllib.request.urlopen(site, timeout=5):
                pass
        pytest.fail("the server outlived its supervisor")
    except OSError:
        pass
    finally:
        process.wait()


def test_a_port_that_is_taken_is_said_once(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environment["PORT"])))
        taken.listen()
        served = subprocess.run(
            [sys.executable, "manage.py", "serve"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=READY_SECONDS,
        )
    assert served.returncode == 1
    assert f"Port {environment['PORT']} is not free" in served.stderr
