"""`search` serves another site: other models, fields, facets and words, none of the archive's code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SITE = Path(__file__).parent / "second_site"


def test_the_second_site_passes_its_own_tests(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(
        [*command, "--ds=tests.second_site.settings", str(SITE / "site_tests.py")],
        cwd=SITE.parent.parent,
        env=os.environ | {"SECOND_SITE_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_own_code_is_small() -> None:
    code = [path for path in (SITE / "poems").rglob("*.py") if path.name != "models.py"]
    lines = [line for path in code for line in path.read_text("utf-8").splitlines() if line.strip()]
    assert len(lines) < 150
