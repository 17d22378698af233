"""The engine that reads everything keeps the contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.search.brute_force import BruteForceBackend, Layout
from tests.search.contract.suite import *  # noqa: F403 (its tests are this file's)


@pytest.fixture
def engine(tmp_path: Path) -> BruteForceBackend:
    """An engine without an index."""
    return BruteForceBackend(str(tmp_path), lambda: Layout(("title", "text"), "date"))
