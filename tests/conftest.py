"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread, current_thread, main_thread
from typing import Any

import pytest
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from django.utils import translation
from haystack import connections
from hypothesis import settings as hypothesis_settings

from search.index import sets
from tests.effort import THOROUGH, examples
from tests.postgres import database, programs, server

# Machines that run these tests are often busy: an example's time is no property of the code.
hypothesis_settings.register_profile("yinde", deadline=None, max_examples=examples(100))
hypothesis_settings.load_profile("yinde")
# No test pulls the plug: nothing waits for the disk. What is flushed, and when, is recorded in this
# place by the tests of power cuts (tests/faults/disk).
os.fsync = os.fstat
# An array that must ascend and does not is an error here, not a document lost now and then.
sets.CHECKED = True


# Folders and files whose tests break things, try much or show pages in Chromium: what they run is
# measured by other tests.
_UNMEASURED = {
    "benchmarks",
    "complaints",
    "faults",
    "hostile",
    "linear",
    "test_against_oracle.py",
    "test_cache.py",
    "test_compile.py",
    "test_exact.py",
    "test_examples.py",
    "test_execution.py",
    "test_golden_queries.py",
    "test_han.py",
    "test_hostile.py",
    "test_hostile_names.py",
    "test_junk.py",
    "test_login.py",
    "test_longest.py",
    "test_permissions.py",
    "test_related.py",
    "test_renaming.py",
    "test_restore.py",
    "test_secrets.py",
    "test_statements.py",
    "test_visibility.py",
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return how many processes run tests: more than cores, for many tests wait for a server of theirs."""
    return (os.cpu_count() or 1) * 3 // 2


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option --long, which is on by default where CI is set."""
    parser.addoption(
        "--long", action="store_true", default=THOROUGH, help="run tests marked as long, too"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Stop what pytest-cov begins in each process of xdist before it begins the measurement that counts.

    It would go on whenever that is paused, so that no test ran unwatched. Nothing asks for its figures.
    """
    plugin = session.config.pluginmanager.getplugin("_cov")
    if hasattr(session.config, "workerinput") and plugin and plugin.cov_controller:
        plugin.cov_controller.cov.stop()


@contextmanager
def _unwatched(config: pytest.Config, unwatched: bool) -> Iterator[None]:
    """Do not watch which lines are run, if coverage is measured at all and `unwatched` says so."""
    plugin = config.pluginmanager.getplugin("_cov")
    watching = plugin and plugin.cov_controller
    if not (watching and unwatched):
        yield
        return
    watching.pause()
    try:
        yield
    finally:
        watching.resume()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Generator[None, Any, Any]:
    """Watch what importing runs in the first process only: it is the same in all, and takes twice as long."""
    with _unwatched(session.config, os.environ.get("PYTEST_XDIST_WORKER", "gw0") != "gw0"):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    """Do not watch the fixtures of an unmeasured test."""
    with _unwatched(item.config, item.get_closest_marker("no_cover") is not None):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    """Do not watch the end of the fixtures of an unmeasured test either."""
    with _unwatched(item.config, item.get_closest_marker("no_cover") is not None):
        return (yield)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what takes long, unless it is asked for.

    And measure no coverage where a test tries much at random or at length, and others run the same lines.
    Watching which lines are run makes such tests take twice as long. What they alone would reach counts
    as not reached: the figure errs on the side of too little.
    """
    for item in items:
        if item.get_closest_marker("long") and not config.getoption("long"):
            item.add_marker(pytest.mark.skip(reason="takes long: --long, or CI=true"))
        at_random = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        among = {item.path.parent.name, item.path.name}
        if at_random or among & _UNMEASURED or item.get_closest_marker("browser"):
            item.add_marker("no_cover")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Name with a failure the threads in which the same was complained of elsewhere."""
    report = yield
    if report.failed:
        threads = [each for mark in item.iter_markers("thread") for each in mark.args]
        if threads:
            report.sections.append(("Complained of elsewhere", "\n".join(threads)))
    return report


@pytest.fixture(autouse=True)
def own_index(tmp_path: Path) -> Iterator[None]:
    """Give every test an index of its own, in all its threads."""
    options = connections.connections_info["default"]
    before = options["PATH"]
    options["PATH"] = str(tmp_path / "index")
    connections.reload("default")
    yield
    options["PATH"] = before


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """Begin every test in the site's language, whatever a request before it spoke."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


_connected: list[tuple[Thread, BaseDatabaseWrapper]] = []


@receiver(connection_created)
def _note_connection(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if current_thread() is not main_thread():
        _connected.append((current_thread(), connection))


@pytest.fixture(autouse=True)
def own_connections() -> Iterator[None]:
    """Close the database connections that threads of a test left open; those of a site still served stay.

    PostgreSQL drops no database to which somebody is connected, and psycopg warns of what is forgotten.
    """
    yield
    for thread, wrapper in [each for each in _connected if not each[0].is_alive()]:
        if wrapper.connection is not None:
            wrapper.connection.close()
        _connected.remove((thread, wrapper))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the address of a PostgreSQL server of the tests' own."""
    if programs() is None:
        pytest.skip("PostgreSQL's server is not installed: make postgres")
    with server() as address:
        yield address


@pytest.fixture
def postgres_database(postgres: str) -> Iterator[str]:
    """Return the DATABASE_URL of a new, empty database of PostgreSQL."""
    with database(postgres) as address:
        yield address
