"""Nearness against looking at every pair of places, where one string is rare beside the other."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.index.read.queries.locator import Locator, Spans, _around
from search.query import Exact, Near
from tests.search.index.conftest import Box

places = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 9)), max_size=60)


def spans(found: list[tuple[int, int]]) -> Spans:
    """Places and sizes as the engine has them."""
    ordered = sorted(set(found))
    starts = np.array([start for start, _ in ordered], np.int64)
    return Spans(starts, starts + np.array([size for _, size in ordered], np.int64))


@given(many=places, few=places, reach=st.integers(0, 40))
def test_what_is_around_is_what_begins_within_reach(
    many: list[tuple[int, int]], few: list[tuple[int, int]], reach: int
) -> None:
    all_places, others = spans(many), spans(few)
    found = _around(all_places, others, reach)
    kept = list(zip(found.starts.tolist(), found.ends.tolist(), strict=True))
    pairs = list(zip(all_places.starts.tolist(), all_places.ends.tolist(), strict=True))
    if not len(others) or len(others) * 4 > len(all_places):
        assert kept == pairs
        return
    longest = max(end - start for start, end in pairs)
    around = [
        (start, end)
        for start, end in pairs
        if any(
            a - reach - longest <= start <= b + reach
            for a, b in zip(others.starts, others.ends, strict=True)
        )
    ]
    assert kept == around


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("distance", [0, 3, 12])
def test_a_rare_string_near_a_frequent_one(box: Box, *, distance: int, ordered: bool) -> None:
    draw = random.Random(distance)
    texts = ["".join(draw.choices("长长江江生𠮷的", k=80)) for _ in range(30)]
    texts = [text.replace("江生江", "态") for text in texts]
    box.add_texts(texts)
    (_, reader), *_ = box.snapshot().exact("text")
    locator = Locator(reader, np.arange(len(texts)), second=False)
    for one, other in (("态", "长"), ("长", "态"), ("长江", "态𠮷"), ("态", "态")):
        node = Near((Exact(one), Exact(other)), distance, ordered=ordered)
        found = set(reader.documents(locator.near(node).starts).tolist())
        assert found == {
            number
            for number, text in enumerate(texts)
            if any(
                0 <= b - a - len(one) <= distance
                or (not ordered and 0 <= a - b - len(other) <= distance)
                for a in range(len(text))
                for b in range(len(text))
                if text.startswith(one, a) and text.startswith(other, b)
            )
        }
