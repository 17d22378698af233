"""A facet is declared in one place: typed, offered, filtered and counted without any other change."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "another_facet"


@pytest.mark.long
def test_one_more_facet_is_typed_offered_and_counted() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(
        [*command, "--ds=tests.archive.another_facet.settings", str(FOLDER / "site_tests.py")],
        cwd=FOLDER.parents[2],
        env=os.environ | {"YINDE_TESTS_FOLDER": "", "YINDE_DATABASE": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
