"""Ascending arrays against Python's sets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.index.sets import ascending, shared, united

sets = st.sets(st.integers(0, 300), max_size=120)


def array_of(numbers: set[int]) -> np.ndarray:
    """A set as the engine has it."""
    return np.array(sorted(numbers), np.int64)


@given(left=sets, right=sets)
def test_what_is_shared_stands_where_it_is_said(left: set[int], right: set[int]) -> None:
    one, other = array_of(left), array_of(right)
    here, there = shared(one, other)
    assert one[here].tolist() == other[there].tolist() == sorted(left & right)


@given(parts=st.lists(sets, max_size=4))
def test_united_is_the_union(parts: list[set[int]]) -> None:
    assert united([array_of(part) for part in parts]).tolist() == sorted(set().union(*parts))


def test_what_does_not_ascend_is_noticed() -> None:
    with pytest.raises(ValueError, match="ascend"):
        ascending(np.array([2, 1]))
