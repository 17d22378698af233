"""A file's way to its row stays short, and it is parsed once."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_a_files_way_stays_within_its_bound() -> None:
    script = [sys.executable, str(ROOT / "scripts" / "count-modules")]
    ran = subprocess.run(script, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    counted = re.findall(r"^(\S+): (\d+) of our modules .*; parsed once$", ran.stdout, re.MULTILINE)
    assert [name for name, _count in counted] == ["a.txt", "a.html", "a.docx"]
    assert all(20 < int(count) <= 60 for _name, count in counted)
    assert re.search(r"^a query: \d+ of our modules", ran.stdout, re.MULTILINE)
