"""Kinds of fields, as Whoosh's own writer and parser would ask them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.index.format.arrays import map_file, read_arrays
from search.index.format.codec import ArrayCodec
from search.index.format.columns import MISSING
from search.index.format.fields import DecimalField, FloatField, IntField, KeyField, TextField
from search.index.format.postings import FieldTerms
from search.index.read.execution import evaluate
from search.index.read.filters import RangeQuery
from search.index.read.leaves import WordQuery
from search.index.read.terms import frequent
from tests.search.index.conftest import Box


def test_a_text_gives_its_words_with_their_frequencies() -> None:
    terms = {term.decode(): n for term, n, _weight, _value in TextField().index("发展，發展")}
    assert terms == {"发展": 2}
    assert TextField().process_text("發展") == ["发展"]


def test_a_key_is_not_cut() -> None:
    assert [term.decode() for term, *_ in KeyField().index(("甲 乙", "甲 乙", "丙"))] == [
        "甲 乙",
        "丙",
    ]
    assert KeyField().process_text("甲 乙") == ["甲 乙"]


def test_a_word_of_the_restored_reading_is_found_only_when_restoring(box: Box) -> None:
    box.add_texts(["D员干部，D员", "党员", "群众"])
    state = box.snapshot()
    found = {
        restore: evaluate(state, WordQuery("text", "党员", restore)).documents.tolist()
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


def test_terms_of_an_older_index_are_found(box: Box) -> None:
    box.add_texts(["政绩观", "政绩", "人民群众的政绩观"])
    (segment,) = box.snapshot().segments
    new = segment.terms["text"]
    file = segment.reader.segment().open_file(segment.reader.storage(), ArrayCodec.TERMS_EXT)
    arrays = read_arrays(map_file(file))
    file.close()
    old = FieldTerms(
        {name: array for name, array in arrays.items() if "/heads" not in name}, "text"
    )
    assert list(old) == list(new)
    assert [old.number(term) for term in new] == list(range(len(new)))
    assert old.number("无此词".encode()) == -1


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


def test_the_zeros_of_an_older_index_are_missing(box: Box) -> None:
    box.add([{"id": "a", "date": 0}, {"id": "b", "date": 20240000000000}])
    state = box.snapshot()
    del state.schema["date"].tells_missing
    assert state.integers("date").tolist() == [MISSING, 20240000000000]
