"""A file's way to its row stays short, and it is parsed once; a query's way to its page, too."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.long
def test_ways_stay_within_their_bounds() -> None:
    script = [sys.executable, str(ROOT / "scripts" / "count-modules")]
    ran = subprocess.run(script, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    counted = re.findall(r"^(\S+): (\d+) of our modules .*; parsed once$", ran.stdout, re.MULTILINE)
    assert [name for name, _count in counted] == ["a.txt", "a.html", "a.docx"]
    assert all(20 < int(count) <= 60 for _name, count in counted)
    query = re.search(r"^a query: (\d+) of our modules", ran.stdout, re.MULTILINE)
    assert query is not None
    assert 15 < int(query[1]) <= 30
