"""What every test of the archive needs."""

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.archive.browsing import browser, context, page

__all__ = ["browser", "context", "page"]


@pytest.fixture(autouse=True)
def originals_dir(settings: Settings, tmp_path: Path) -> Path:
    """Keep the original files of a test, and the drafts of its uploads, in its own folder."""
    folder = tmp_path / "originals"
    settings.ORIGINALS_DIR = folder
    settings.DRAFTS_DIR = tmp_path / "drafts"
    return folder
