"""Citations after GB/T 7714—2025."""

import datetime as dt

import pytest

from archive.citation import gb7714
from archive.dates import PartialDate

TODAY = dt.date(2026, 11, 2)
URL = "https://yinde.example/speeches/7/"


@pytest.mark.parametrize(
    ("title", "author", "date", "expected"),
    [
        ("谈调研", "", "2025-02-17", "谈调研[EB/OL].（2025-02-17）[2026-11-02]. "),
        ("谈调研", "", "", "谈调研[EB/OL].[2026-11-02]. "),
        ("谈调研", "", "2025", "谈调研[EB/OL].（2025）[2026-11-02]. "),
        ("谈调研", "", "2025-02-17T08:30:00", "谈调研[EB/OL].（2025-02-17）[2026-11-02]. "),
        ("谈调研", "李某", "2025-02", "李某. 谈调研[EB/OL].（2025-02）[2026-11-02]. "),
        ("谈\n 调研", " 某 办。", "", "某 办. 谈 调研[EB/OL].[2026-11-02]. "),
    ],
)
def test_reference(title: str, author: str, date: str, expected: str) -> None:
    reference = gb7714(title, URL, TODAY, author=author, date=PartialDate(date))
    assert reference == f"{expected}{URL}."
