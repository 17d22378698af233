"""Kinds of fields: what each keeps of a value, and how it compares."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.index.format.columns import MISSING
from search.index.format.fields import DecimalField, FloatField, IntField
from search.index.read.execution import evaluate
from search.index.read.queries.filters import RangeQuery
from search.index.read.queries.run import word_postings
from search.index.read.terms import frequent
from tests.search.index.conftest import Box


def test_a_word_of_the_restored_reading_is_found_only_when_restoring(box: Box) -> None:
    box.add_texts(["D员干部，D员", "党员", "群众"])
    state = box.snapshot()
    found = {
        restore: word_postings(state, "text", "党员", restore=restore)[0].tolist()
        for restore in (True, False)
    }
    assert found == {True: [0, 1], False: [1]}


def test_the_commonest_terms_with_a_beginning(box: Box) -> None:
    tags = [("理论", "理想"), ("理论",), ("政策",), ()]
    box.add({"id": str(n), "tag": each} for n, each in enumerate(tags))
    state = box.snapshot()
    assert frequent(state, "tag", "理", state.live, 5) == [("理论", 2), ("理想", 1)]
    assert frequent(state, "tag", "", state.live, 1) == [("理论", 2)]
    assert frequent(state, "tag", "理", ~state.live, 5) == []
    assert frequent(state, "nothing", "理", state.live, 5) == []


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_floats_are_kept_as_integers_that_sort_alike(left: float, right: float) -> None:
    kept = FloatField().to_column_value
    assert (kept(left) < kept(right)) == (left < right)
    assert (kept(left) == kept(right)) == (left == right)
    assert FloatField.number(kept(left)) == left
    assert MISSING < kept(left) < -MISSING


@given(st.decimals(allow_nan=False, allow_infinity=False, places=20), st.integers(0, 40))
def test_a_decimal_is_one_key_however_it_is_written(number: Decimal, zeros: int) -> None:
    field = DecimalField()
    (key,) = field.values(str(number))
    longer = f"{number:f}" + "0" * zeros
    assert field.values(longer) == (key,)
    assert field.order(key) == number


def test_an_integer_beyond_64_bits_is_refused() -> None:
    for number in (2**63, -(2**63)):
        with pytest.raises(OverflowError):
            IntField().to_column_value(number)


def test_what_has_no_integer_lies_in_no_range(box: Box) -> None:
    box.add([{"id": "a", "date": 0}, {"id": "b"}, {"id": "c", "date": -5}])
    box.add([{"id": "d"}, {"id": "e", "date": 2**63 - 1}])
    state = box.snapshot()
    everything = RangeQuery("date", -(2**70), 2**70)
    assert evaluate(state, everything).documents.tolist() == [0, 2, 4]
    assert evaluate(state, RangeQuery("date", 2**63, 2**70)).documents.tolist() == []
