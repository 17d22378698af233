"""The character layer against brute force over the folded texts."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.index.format.exact import code_units
from search.text.fold import fold
from search.text.restore import fold_restored
from tests.effort import examples
from tests.search.index.conftest import Box

# Few characters, so that strings recur: Han, a letter, beyond the BMP, punctuation, a line break.
ALPHABET = "政绩观D党员，。\na1𠮷😀"


def occurrences(text: str, wanted: str) -> int:
    """Count places, overlapping ones too, by looking from each to the next."""
    number, at = 0, text.find(wanted)
    while at >= 0:
        number, at = number + 1, text.find(wanted, at + 1)
    return number


@cache
def readings_of(text: str, restore: bool) -> list[str]:
    """Fold a text, in both readings if it has two and both are wanted."""
    second = fold_restored(text) if restore else None
    return [fold(text)] + ([second.text] if second else [])


def brute(texts: list[str], wanted: str, *, restore: bool) -> dict[int, int]:
    """Return how often a folded string stands in each text, in the richer of its readings."""
    found = {}
    for number, text in enumerate(texts):
        readings = readings_of(text, restore)
        count = max(occurrences(reading, wanted) for reading in readings)
        if count:
            found[number] = count
    return found


def found_by_index(box: Box, wanted: str, *, restore: bool) -> dict[int, int]:
    """The same by the index, live documents only."""
    state = box.snapshot()
    documents, counts = state.counts("text", code_units(wanted), second=restore)
    keys = state.integers("django_id")
    return {int(keys[d]): int(n) for d, n in zip(documents, counts, strict=True) if state.live[d]}


@settings(
    deadline=None,
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    texts=st.lists(st.text(ALPHABET, max_size=60), min_size=1, max_size=8),
    commits=st.integers(1, 3),
    bound=st.sampled_from([1, 40, 10**6]),
    restore=st.booleans(),
    data=st.data(),
)
def test_every_substring_is_found_and_counted(
    new_box, texts, commits, bound, restore, data
) -> None:
    box = new_box()
    size = -(-len(texts) // commits)
    for at in range(0, len(texts), size):
        box.add_texts(texts[at : at + size], at, segment_size=bound)
    source = fold(data.draw(st.sampled_from(texts))) or "政"
    start = data.draw(st.integers(0, len(source) - 1))
    wanted = source[start : start + data.draw(st.integers(1, 12))]
    assert found_by_index(box, wanted, restore=restore) == brute(texts, wanted, restore=restore)
    foreign = data.draw(st.text("政绩观党a𠮷", min_size=1, max_size=4))
    assert found_by_index(box, fold(foreign), restore=restore) == brute(
        texts, fold(foreign), restore=restore
    )


def test_random_spans_over_many_documents(box: Box) -> None:
    rng = random.Random(7)
    words = [
        "功成不必在我",
        "高质量发展",
        "党",
        "的",
        "D员",
        "人民",
        "，",
        "。",
        "\n",
        "A4纸",
        "㎡",
    ]
    texts = ["".join(rng.choices(words, k=rng.randint(1, 300))) for _ in range(120)]
    box.add_texts(texts, segment_size=9000)
    assert len(box.snapshot().segments) > 1
    for _ in range(150):
        text = rng.choice(texts)
        start = rng.randrange(len(text))
        wanted = fold(text[start : start + rng.randint(1, 40)])
        if wanted:
            restore = rng.random() < 0.5
            expected = brute(texts, wanted, restore=restore)
            assert found_by_index(box, wanted, restore=restore) == expected


@pytest.mark.parametrize("wanted", ["", "不在此处", "\u4e00"])
def test_what_does_not_stand_anywhere(box: Box, wanted: str) -> None:
    box.add_texts(["政绩观", ""])
    assert found_by_index(box, wanted, restore=True) == {}


def test_a_text_does_not_run_into_the_next(box: Box) -> None:
    box.add_texts(["政绩", "观念"])
    assert found_by_index(box, "政绩观", restore=True) == {}


def test_an_empty_index_has_nothing(box: Box) -> None:
    state = box.snapshot()
    assert state.size == 0
    documents, counts = state.counts("text", code_units("党"), second=True)
    assert len(documents) == len(counts) == 0


def test_positions_lead_to_their_documents(box: Box) -> None:
    texts = ["", "党" * 700, "", "员党", "党"]
    box.add_texts(texts)
    (_, reader), *_ = box.snapshot().exact("text")
    positions = reader.find(code_units("党"), second=False)
    assert np.bincount(reader.documents(positions), minlength=5).tolist() == [0, 700, 0, 1, 1]


def test_what_is_kept_of_directories_is_bounded(box: Box) -> None:
    box.add_texts(["政绩观" * 40])
    (_, reader), *_ = box.snapshot().exact("text")
    for number in range(3000):
        wanted = code_units(f"政{number}观" * (1 + number % 4))
        assert not len(reader.find(wanted, second=True))
        assert reader.count_bound(wanted) == 0
    assert len(reader._ranges) <= 256
    assert all(len(key) <= 24 for key in reader._ranges)
    assert len(reader.find(code_units("绩观政"), second=True)) == 39
