"""A whole run over few documents."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = "build,recall,speed,ranking,update"


@pytest.mark.long
def test_a_small_run_measures_everybody(tmp_path):
    figures = tmp_path / "figures.json"
    arguments = ["--documents", "30", "--subset", "10", "--spans", "60", "--parts", PARTS]
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments, "--json", str(figures)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = {
        (figure["part"], figure["what"], figure["who"]): figure["value"]
        for figure in json.loads(figures.read_text("utf-8"))["figures"]
    }
    assert {who for _, _, who in found} >= {"Yinde", "tantivy", "FTS5 trigram", "stock Haystack"}
    for what in ("recall", "precision", "spans with exactly the right documents"):
        assert found["Recall of random spans", what, "Yinde"] == 100
    assert "Goals" in run.stdout


def test_an_unknown_part_is_an_error():
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--parts", "nothing"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert "no such part: nothing" in run.stderr
