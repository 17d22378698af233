"""Long texts in parts: whole, within the bounds, and each place found again."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.reading import division
from archive.reading.division import Division

BOUNDS = {"CHARACTERS": 12, "PARAGRAPHS": 3, "MARKS": 4}


@pytest.fixture(autouse=True, scope="module")
def small_bounds() -> object:
    """Let parts be small, so that short texts have many."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in BOUNDS.items():
            patch.setattr(division, name, value)
        yield


@given(
    st.text("甲乙。\n", max_size=80),
    st.lists(st.sets(st.integers(0, 79)), max_size=2),
)
def test_parts_are_the_text_and_within_the_bounds(text: str, places: list[set[int]]) -> None:
    marks = [sorted(place for place in kind if place < len(text)) for kind in places]
    parts = Division(text, *marks)
    spans = [parts.span(number) for number in range(1, len(parts) + 1)]
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(one[1] == other[0] for one, other in pairwise(spans))
    for number, (start, end) in enumerate(spans, 1):
        assert (start < end) == bool(text)
        assert end - start <= BOUNDS["CHARACTERS"]
        begun = start > 0 and text[start - 1] != "\n"  # the rest of one from the part before
        assert text.count("\n", start, end) <= BOUNDS["PARAGRAPHS"] + begun
        assert all(sum(start <= p < end for p in kind) <= BOUNDS["MARKS"] for kind in marks)
        assert {parts.part_of(place) for place in range(start, end)} <= {number}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("甲" * 12, ["甲" * 12]),
        ("甲甲甲甲甲甲\n乙乙乙乙乙乙", ["甲甲甲甲甲甲\n", "乙乙乙乙乙乙"]),
        ("甲甲。甲甲甲甲。乙乙乙乙乙乙", ["甲甲。甲甲甲甲。", "乙乙乙乙乙乙"]),
        ("题\n" + "甲" * 20, ["题\n甲甲甲甲甲甲甲甲甲甲", "甲" * 10]),
        ("甲" * 25, ["甲" * 12, "甲" * 12, "甲"]),
    ],
)
def test_a_part_ends_with_a_paragraph_or_a_sentence(text: str, parts: list[str]) -> None:
    found = Division(text)
    assert [text[slice(*found.span(number))] for number in range(1, len(found) + 1)] == parts
