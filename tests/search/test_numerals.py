"""Chinese numerals, read and written."""

from __future__ import annotations

import pytest

from search.text import numerals


@pytest.mark.parametrize("number", range(1, 100))
def test_what_is_written_is_read(number: int) -> None:
    assert numerals.read(numerals.write(number)) == numerals.read(str(number)) == number


@pytest.mark.parametrize(
    ("numeral", "number"),
    [
        ("百", 100),
        ("一百零二", 102),
        ("二百三十", 230),
        ("二百一十五", 215),
        ("二〇二四", 2024),
        ("二○零Ｏ", 2000),
        ("１２", 12),
        ("〇", 0),
        ("", None),
        ("十十", None),
        ("零十", 10),
        ("百百", None),
        ("三天", None),
    ],
)
def test_other_numerals(numeral: str, number: int | None) -> None:
    assert numerals.read(numeral) == number


@pytest.mark.parametrize(("number", "written"), [(100, "一〇〇"), (0, "〇"), (-3, "〇")])
def test_what_is_not_counted_in_tens_is_written_digit_by_digit(number: int, written: str) -> None:
    assert numerals.write(number) == written
