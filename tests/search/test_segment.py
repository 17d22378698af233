from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text.segment import cut, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("ppt设计", ["ppt", "设计"]),
        ("9000万字24字", ["9000", "万字", "24", "字"]),
        ("c919", ["c", "919"]),
        ("正确政绩观", ["正确", "政绩", "政绩观"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(
    st.text(st.one_of(st.characters(), st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)))
)
def test_cut_loses_nothing(text: str) -> None:
    assert "".join(cut(text)) == text
