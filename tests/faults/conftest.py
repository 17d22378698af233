"""The fault tests: marked, on a database and an index that other processes can open too."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from haystack import connections as search_connections

from tests.database import database_url

if sys.platform != "linux":  # they look into /proc, mount and fork
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(autouse=True)
def for_other_processes(
    own_index: None, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let commands and spawned processes work on the test's database and index."""
    monkeypatch.setenv("DATABASE_URL", database_url())
    monkeypatch.setenv("SEARCH_URL", f"whoosh://{index_folder()}")


def index_folder() -> Path:
    """Return the folder of the test's index."""
    return Path(search_connections.connections_info["default"]["PATH"])
