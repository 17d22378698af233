"""The index on Whoosh keeps the contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.index.backend import WhooshBackend
from tests.search.contract.layout import layout
from tests.search.contract.suite import *  # noqa: F403 (its tests are this file's)


@pytest.fixture
def engine(tmp_path: Path) -> WhooshBackend:
    """An engine without an index."""
    return WhooshBackend(tmp_path / "index", layout)
