"""Dates in words."""

import pytest

from archive.templatetags.yinde import day_name, month_name
from search.text.dates import PartialDate


@pytest.mark.parametrize(
    ("date", "name"),
    [
        ("", "日期不详"),
        ("2024", "2024年"),
        ("2024-04", "2024年4月"),
        ("2024-04-05", "2024年4月5日"),
        ("2024-12-31T10:24:03", "2024年12月31日"),
        ("0001", "0001年"),
    ],
)
def test_a_date_is_written_as_far_as_it_is_known(date: str, name: str) -> None:
    assert day_name(PartialDate(date)) == name


def test_a_month_beneath_its_year_goes_without_it() -> None:
    assert month_name("2024-04", with_year=False) == "4月"
