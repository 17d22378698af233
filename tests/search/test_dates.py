"""What a date may mean, as integers that compare."""

from __future__ import annotations

import numpy as np
import pytest

from search.text.dates import UNKNOWN, PartialDate, latest


@pytest.mark.parametrize(
    ("iso", "first", "last"),
    [
        ("", 0, 99999999999999),
        ("2024", 20240000000000, 20249999999999),
        ("2024-04", 20240400000000, 20240499999999),
        ("2024-04-14", 20240414000000, 20240414999999),
        ("2024-04-14T10:24:03", 20240414102403, 20240414102403),
    ],
)
def test_a_date_is_between_its_earliest_and_its_latest(iso: str, first: int, last: int) -> None:
    date = PartialDate(iso)
    assert (date.earliest, date.latest) == (first, last)
    assert latest(np.array([first])).tolist() == [last]


def test_earliest_sorts_as_the_text_does() -> None:
    dates = [
        PartialDate(iso) for iso in ("2024-04", "", "2024", "2023-12-31", "2024-03-01T09:00:00")
    ]
    assert sorted(dates) == sorted(dates, key=lambda date: date.earliest)
    assert min(dates) == UNKNOWN
