"""Finding spans without an index, against `str.find`."""

import json

import pytest

from benchmarks import spans
from benchmarks.corpus import Corpus
from benchmarks.generate import rows
from benchmarks.spans import blocks, holding, random_spans
from search.text.fold import fold
from search.text.restore import fold_restored

TEXTS = (
    "党员，干部。\n学思想、见行动",
    "D员干部学思想",
    "𠮷野家的牛丼",
    "的的的的的",
    "",
    "abc",
)


@pytest.fixture
def corpus(tmp_path):
    def write(texts):
        path = tmp_path / "corpus.jsonl"
        lines = [json.dumps({"title": f"{n}号题", "text": t}) for n, t in enumerate(texts)]
        path.write_text("\n".join(lines), encoding="utf-8")
        return Corpus(path)

    return write


def by_reading(corpus, string):
    """Numbers of the documents in which a folded string stands."""
    found = []
    for document in corpus:
        restored = fold_restored(document.text)
        readings = [fold(document.title), fold(document.text), restored.text if restored else ""]
        if any(string in reading for reading in readings):
            found.append(document.number)
    return found


@pytest.mark.parametrize(
    ("string", "documents"),
    [
        ("党", [1, 2]),
        ("党员干部学", [1, 2]),
        ("d员干", [2]),
        ("𠮷", [3]),
        ("𠮷野家的牛丼", [3]),
        ("的的的的的", [4]),
        ("的的的的的的", []),
        ("号题党员", []),
        ("abc", [5]),
        ("bcd", []),
    ],
)
def test_a_string_is_found_where_it_stands(corpus, string, documents):
    few = corpus(TEXTS)
    assert by_reading(few, string) == documents
    assert holding(blocks(few), [string])[0].tolist() == documents


@pytest.mark.parametrize("block", [1000, 10**9])
def test_random_spans_are_found_as_str_find_finds_them(corpus, monkeypatch, block):
    monkeypatch.setattr(spans, "_BLOCK_UNITS", block)
    generated = corpus([row["text"][:400] for row in rows(40, seed=3)])
    some = random_spans(generated, 100, longest=12)
    found = holding(blocks(generated), [span.folded for span in some])
    for span, numbers in zip(some, found, strict=True):
        assert numbers.tolist() == by_reading(generated, span.folded)
        assert span.number in numbers


def test_random_spans_are_the_same_each_time_and_fold_to_something(corpus):
    few = corpus(TEXTS)
    some = random_spans(few, 100)
    assert some == random_spans(few, 100)
    assert all(span.folded == fold(span.raw) != "" for span in some)
    texts = {document.number: document.text for document in few}
    assert all(span.raw in texts[span.number] for span in some)
