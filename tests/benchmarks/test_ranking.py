"""Known items and the plain rankings they are compared with."""

import pytest

from benchmarks.bm25 import UNITS, Bm25, bigrams
from benchmarks.corpus import Corpus, Document
from benchmarks.generate import generated
from benchmarks.known_items import CHANGES, known_items, reciprocal_rank
from benchmarks.queries import KINDS, WordQuery, word_queries
from search.text.fold import fold


def document(number, text):
    return Document(number, "题", text, "甲", "news", "")


@pytest.mark.parametrize("units", UNITS.values())
def test_bm25_puts_the_fuller_and_the_shorter_first(units):
    index = Bm25([document(1, "政绩" + "无" * 50), document(2, "政绩"), document(3, "天气")], units)
    assert index.best("政绩") == [2, 1]
    assert index.best("没有") == []


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("and", "甲乙 丙丁"),
        ("or", "甲乙 OR 丙丁"),
        ("not", "甲乙 -丙丁"),
        ("run", "甲乙丙丁"),
        ("near", "甲乙 NEAR/12 丙丁"),
    ],
)
def test_a_query_is_typed_as_a_visitor_would(kind, line):
    assert WordQuery(kind, ("甲乙", "丙丁")).line == line


def test_queries_are_of_every_kind_and_the_same_each_time():
    corpus = Corpus(generated(20))
    queries = word_queries(corpus, 5)
    assert [query.kind for query in queries] == list(KINDS) * 5
    assert queries == word_queries(corpus, 5)
    texts = [fold(each.text) for each in corpus]
    assert all(any(word in text for text in texts) for query in queries for word in query.words)


def test_known_items_come_from_their_documents():
    corpus = Corpus(generated(20))
    items = known_items(corpus, 4)
    assert {item.change for item in items} == set(CHANGES)
    assert items == known_items(corpus, 4)
    index = Bm25(corpus, bigrams)
    assert sum(index.best(item.line)[:1] == [item.number] for item in items) > len(items) / 2


@pytest.mark.parametrize(
    ("found", "rank"), [([7, 1], 1.0), ([1, 7], 0.5), ([1, 2], 0.0), ([*range(10, 20), 7], 0.0)]
)
def test_the_reciprocal_rank_counts_ten_places(found, rank):
    assert reciprocal_rank(found, 7) == rank
