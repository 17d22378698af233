"""Figures, the table of them, and goals."""

import json

import pytest

from benchmarks.measure import Times
from benchmarks.report import Goal, Report, shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.01234, "0.0123"),
        (1.5, "1.50"),
        (12.34, "12.3"),
        (314554.2, "314,554"),
        (float("nan"), "–"),
    ],
)
def test_numbers_are_shown_with_three_digits(value, text):
    assert shown(value) == text


def test_times_are_summed_up_in_milliseconds():
    times = Times.of([0.001, 0.002, 0.009])
    assert (times.median, times.worst, times.count) == (2.0, 9.0, 3)
    assert Times.of([]).count == 0


def test_a_report_is_a_table_and_a_file(tmp_path, capsys):
    report = Report("corpus", 2, 100)
    report.add("Build", "speed", "Yinde", 2.5, "M characters/s")
    report.add("Build", "speed", "peer", 1.0, "M characters/s", "a remark")
    goals = [Goal("Build", "speed", 2.0, least=True), Goal("Build", "on disk", 8.0)]
    table = report.summary(goals)
    assert ["speed", "(M", "characters/s)", "2.50", "1.00"] in [
        r.split() for r in table.split("\n")
    ]
    assert "peer: a remark" in table
    assert "yes  Build: speed" in table
    assert "on disk" not in table
    report.write(tmp_path / "results" / "figures.json", goals)
    written = json.loads((tmp_path / "results" / "figures.json").read_text("utf-8"))
    assert written["documents"] == 2
    assert [figure["value"] for figure in written["figures"]] == [2.5, 1.0]
    assert [goal["value"] for goal in written["goals"]] == [2.5]
    assert "Build: speed, Yinde: 2.50 M characters/s" in capsys.readouterr().out
