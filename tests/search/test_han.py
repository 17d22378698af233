"""Which characters count as Han."""

from __future__ import annotations

import re

import pytest

from search.text.han import HAN, IDEOGRAPHS, SEGMENTED, count


@pytest.mark.parametrize(
    ("text", "counted"),
    [("", 0), ("二〇二四年a1，。", 5), ("㐀𠮷豈", 3), ("かな한글①", 0)],
)
def test_han_characters_are_counted(text: str, counted: int) -> None:
    assert count(text) == counted


def test_each_range_holds_the_next() -> None:
    ranges = [re.compile(f"[{each}]") for each in (SEGMENTED, IDEOGRAPHS, HAN)]
    for character in map(chr, range(0x110000)):
        held = [bool(each.match(character)) for each in ranges]
        assert held == sorted(held)
