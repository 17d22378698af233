"""Kinds of fields, as Whoosh's own writer and parser would ask them."""

from __future__ import annotations

from search.whoosh.arrays import map_file, read_arrays
from search.whoosh.codec import ArrayCodec
from search.whoosh.execution import evaluate
from search.whoosh.fields import KeyField, TextField
from search.whoosh.leaves import WordQuery
from search.whoosh.postings import FieldTerms
from search.whoosh.terms import frequent
from tests.search.whoosh.conftest import Box


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
