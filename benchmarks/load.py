"""Searching must not suffer while files come in and the index is rebuilt."""

from __future__ import annotations

import html
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Times, in_child, timed
from benchmarks.pages import CROWD, ROOT, Visits, search_paths, server, visit_for, visit_together
from benchmarks.plan import Plan
from benchmarks.report import Report
from benchmarks.yinde import NAME, Yinde
from search.sync.consistency import differences

PART = "Searching meanwhile"
_PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><div class="content">{paragraphs}</div></body></html>"""


@dataclass(frozen=True)
class Meanwhile:
    """What visitors met while a command ran, how long that took and how it ended."""

    visits: Visits
    seconds: float
    status: int


def run(plan: Plan, report: Report) -> None:
    """Let a crowd search: alone, during an import of files, during a rebuild of the index."""
    paths = search_paths(plan)
    mark = f"并行导入标记{time.time_ns()}"  # of this run: what came in before is a duplicate
    with tempfile.TemporaryDirectory(prefix="yinde-files-") as folder:
        count = _write_files(plan, Path(folder), mark)
        command = [sys.executable, "manage.py", "serve"]
        with server({}, command) as port:
            alone = in_child(visit_for, port, paths, plan.crowd_seconds).value
            _say(report, "alone", alone)
            importing = ["import_speeches", folder, "--publish"]
            _during(report, "an import", port, paths, importing, f"{count:,} files")
            _during(report, "a rebuild", port, paths, ["rebuild_search"])
    found = Yinde().strings(mark).count
    report.add(PART, "files not found afterwards", NAME, count - found, "")
    wrong, seconds = timed(lambda: sum(1 for _ in differences()))
    note = f"looked through in {seconds:.0f} s"
    report.add(PART, "differences of index and database", NAME, wrong, "", note)


def _write_files(plan: Plan, folder: Path, mark: str) -> int:
    """Write pages as sites have them; return how many."""
    documents = list(plan.corpus.first(plan.new_documents))
    for document in documents:
        title = html.escape(f"{mark}第{document.number}")
        lines = [f"{mark}第{document.number}。", *document.text.splitlines()]
        paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
        page = _PAGE.format(title=title, paragraphs=paragraphs)
        (folder / f"{document.number}.html").write_text(page, "utf-8")
    return len(documents)


def _during(
    report: Report, what: str, port: int, paths: Sequence[str], command: list[str], note: str = ""
) -> None:
    met = in_child(visit_while, port, paths, command).value
    if met.status:
        raise RuntimeError(f"{command[0]} ended with {met.status}")
    _say(report, f"during {what}", met.visits)
    report.add(PART, f"{what} takes", NAME, met.seconds, "s", note)


def _say(report: Report, when: str, visits: Visits) -> None:
    note = f"{CROWD} clients, {len(visits.seconds)} pages"
    report.add_times(PART, when, NAME, Times.of(visits.seconds), note)
    report.add(PART, f"{when}, failed", NAME, visits.failed, "pages")


def visit_while(port: int, paths: Sequence[str], command: list[str]) -> Meanwhile:
    """Let many clients ask for pages as long as a command of the site runs."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
        stdout=subprocess.DEVNULL,
    )
    visits, seconds = timed(lambda: visit_together(port, paths, lambda: process.poll() is None))
    return Meanwhile(visits, seconds, process.wait())
