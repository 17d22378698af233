"""Sets of questions: read, judged, and asked of the site beside plain BM25."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.questions import QuestionSet, judge

ROOT = Path(__file__).resolve().parents[2]
PASSAGES = ["为民造福是最大政绩。", "水渠通到田头。", "天气晴好，宜于出行。"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set of two questions that are answered, and one that nothing answers."""

    def lines(name: str, rows: list[dict[str, str]]) -> None:
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (tmp_path / name).write_text(text, encoding="utf-8")

    lines("corpus.jsonl", [{"id": f"p{n}", "text": text} for n, text in enumerate(PASSAGES)])
    asked = ["最大的政绩是什么？", "水渠通到哪里？", "无人回答"]
    lines("queries.jsonl", [{"id": f"q{n}", "text": text} for n, text in enumerate(asked)])
    (tmp_path / "qrels.tsv").write_text("q0\tp0\t1\nq1\tp1\t1\nq1\tp2\t0\nq2\tp9\t1\n")
    return tmp_path


def test_a_set_is_read_and_judged(folder: Path) -> None:
    asked = QuestionSet.read(folder)
    assert asked.questions == ["最大的政绩是什么？", "水渠通到哪里？"]
    assert asked.answers == [{1}, {2}]
    score = judge(asked, lambda line: [3, 1] if "政绩" in line else [])
    assert (score.mrr, score.recall, score.empty) == (0.25, 0.5, 0.5)


def test_a_folder_that_is_no_set_is_said(tmp_path: Path) -> None:
    run = _run(tmp_path)
    assert run.returncode == 1
    assert "not a set of questions" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.long
def test_everybody_is_asked(folder: Path) -> None:
    run = _run(folder)
    assert run.returncode == 0, run.stderr
    assert "2 questions, 3 passages" in run.stdout
    for who in ("Yinde", "BM25 words", "BM25 characters", "BM25 bigrams", "BM25 both"):
        assert who in run.stdout


def _run(*folders: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.questions", *map(str, folders)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
