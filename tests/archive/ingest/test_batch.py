"""The report of an import."""

import csv
import json
from pathlib import Path

import pytest

from archive.ingest.batch import ReportRow, defuse, report_to

LINES = [
    ReportRow("a.html", "new", "", 7, "=cmd()"),
    ReportRow("b.docx", "failed", "文件已损坏，“b”", None, ""),
]


def write(path: Path, lines: list[ReportRow]) -> str:
    with report_to(path) as add:
        for line in lines:
            add(line)
    return path.read_text("utf-8")


def test_csv_has_a_row_an_item(tmp_path: Path) -> None:
    rows = list(csv.reader(write(tmp_path / "r.csv", LINES).splitlines()))
    assert rows == [
        ["name", "status", "reason", "id", "title"],
        ["a.html", "new", "", "7", "'=cmd()"],
        ["b.docx", "failed", "文件已损坏，“b”", "", ""],
    ]


@pytest.mark.parametrize("lines", [[], LINES[:1], LINES])
def test_json_is_an_array(tmp_path: Path, lines: list[ReportRow]) -> None:
    rows = json.loads(write(tmp_path / "r.JSON", lines))
    assert [row["name"] for row in rows] == [line.name for line in lines]
    assert [row["id"] for row in rows] == [line.id for line in lines]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+8613", "'+8613"),
        ("-讲话", "'-讲话"),
        ("@a", "'@a"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("a=1", "a=1"),
        ("", ""),
        (None, ""),
        (-7, -7),
    ],
)
def test_no_cell_is_a_formula(cell: object, written: object) -> None:
    assert defuse(cell) == written
