"""What differs between two texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive.admin import difference
from archive.admin.difference import pieces

TEXTS = st.lists(st.text("甲乙丙", max_size=4), max_size=8).map("\n".join)


@given(TEXTS, TEXTS)
def test_every_difference_is_shown_and_nothing_else(old: str, new: str) -> None:
    found = pieces(old, new)
    assert bool(found) == (old != new)
    for piece in found:
        assert piece.removed != piece.added
        assert f"{piece.before}{piece.removed}{piece.after}".strip("…") in f"\n{old}\n"
        assert f"{piece.before}{piece.added}{piece.after}".strip("…") in f"\n{new}\n"


def test_a_long_text_gives_a_short_page() -> None:
    old = "\n".join(f"第{number}段" + "甲" * 200 for number in range(5000))
    found = pieces(old, old.replace("甲", "乙"))
    assert len(found) == 1
    assert len(found[0].removed) <= difference.MOST_SHOWN + 1
    assert pieces(old, old.replace("第2500段", "第2500节"))[0].removed == "段"
