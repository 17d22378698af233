"""Vectorised execution against reading every text: the same documents, the same scores."""

from __future__ import annotations

import random
from itertools import chain

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import query as wq

from search.index.read.execution import evaluate, narrow, order
from search.index.read.queries.filters import DatesQuery, KeysQuery, RangeQuery
from search.index.read.queries.run import RunQuery
from search.index.read.queries.strings import ExactQuery
from search.index.sets import Matches
from search.index.write.apply import apply
from tests.effort import examples
from tests.search.index.brute import Texts
from tests.search.index.conftest import Box

WORDS = ["高质量", "发展", "人民", "群众", "工作", "党", "的", "政绩观", "PPT"]


RNG = random.Random(11)
DOCUMENTS = [
    {
        "id": f"t.{n}",
        "django_id": n,
        "title": "".join(RNG.choices(WORDS, k=RNG.randint(0, 4))),
        "text": "".join(RNG.choices(WORDS, k=RNG.randint(0, 60))),
        "source": RNG.choice("abc"),
        "tag": tuple(RNG.sample("xyz", RNG.randint(0, 3))),
        "date": RNG.choice([0, 20240000000000, 20240400000000, 20240414000000]),
    }
    for n in range(120)
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Box:
    """An index of DOCUMENTS in two segments, some of them deleted."""
    box = Box(tmp_path_factory.mktemp("filled"))
    for start in (0, 60):
        box.add(DOCUMENTS[start : start + 60])
    apply(box.folder.open(box.path), {f"t.{n}": None for n in (3, 31, 32, 95)})
    assert [segment.size for segment in box.snapshot().segments] == [60, 60]
    return box


def run(text: str) -> RunQuery:
    """A run in title and text."""
    return RunQuery(text, ("title", "text"), "title")


def by_reading(box: Box, query: wq.Query) -> dict[int, float]:
    """Return {document: score} by reading every text, those that are deleted left out."""
    state = box.snapshot()
    texts = Texts([DOCUMENTS[key] for key in state.integers("django_id")])
    return {n: score for n, score in texts.scores(query).items() if state.live[n]}


def by_arrays(box: Box, query: wq.Query) -> dict[int, float]:
    """Return the same by `evaluate`."""
    state = box.snapshot()
    documents, scores = evaluate(state, query)
    assert scores is not None
    pairs = zip(documents.tolist(), scores.tolist(), strict=True)
    return {document: score for document, score in pairs if state.live[document]}


runs = st.sampled_from(["高质量发展", "党的群众", "人民群众工作", "发展", "党"])
leaves = st.one_of(
    runs.map(run),
    st.builds(
        ExactQuery,
        st.sampled_from(["text", "title"]),
        st.sampled_from(["展人", "高", "党的", "发展", "无有"]),
        weight=st.sampled_from([1.0, 2.0]),
    ),
    st.lists(st.sampled_from("xyz"), max_size=2).map(lambda keys: KeysQuery("tag", tuple(keys))),
    st.just(RangeQuery("date", 1, 20240400000000)),
    st.sampled_from([wq.Every(), wq.NullQuery]),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(wq.And),
        st.lists(inner, min_size=2, max_size=3).map(wq.Or),
        st.tuples(inner, inner).map(lambda pair: wq.And([pair[0], wq.Not(pair[1])])),
        inner.map(wq.Not),
    ),
    max_leaves=6,
)


@settings(
    deadline=None,
    max_examples=examples(150),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(query=trees)
def test_reading_gives_the_same_documents_and_scores(filled: Box, query: wq.Query) -> None:
    expected, found = by_reading(filled, query), by_arrays(filled, query)
    assert found.keys() == expected.keys()
    for document, score in expected.items():
        assert found[document] == pytest.approx(score)


def test_a_shape_without_a_vectorised_form_is_refused(filled: Box) -> None:
    with pytest.raises(TypeError, match="FuzzyTerm"):
        evaluate(filled.snapshot(), wq.FuzzyTerm("text", "发展"))


def test_what_only_joins_is_not_asked_for(box: Box) -> None:
    box.add_texts(["和群众", "群众", "和"])
    scores = by_arrays(box, run("和群众"))
    assert set(scores) == {0, 1}
    assert scores[0] > scores[1]


def test_a_run_ranks_itself_above_its_scattered_words(box: Box) -> None:
    box.add_texts(["工作很忙，群众很多。群众不等于人", "群众工作", "人民", "群众，工作"])
    scores = by_arrays(box, run("群众工作"))
    assert set(scores) == {0, 1, 3}
    assert min(scores[1], scores[3]) > scores[0]


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (20240101000000, 20241231235959, {1, 2, 3, 4}),
        (20240413000000, 20240414000000, {1, 2, 3}),
        (20240415000000, 20240430000000, {1, 2}),
        (20240501000000, 20250000000000, {1}),
        (1, 10**15, {1, 2, 3, 4}),
    ],
)
def test_dates_match_as_far_as_they_are_known(
    box: Box, low: int, high: int, found: set[int]
) -> None:
    dates = [0, 20240000000000, 20240400000000, 20240414000000, 20240414102403]
    box.add({"id": str(n), "django_id": n, "date": date} for n, date in enumerate(dates))
    matches = set(by_arrays(box, DatesQuery("date", low, high)))
    assert matches - {4} == found - {4}


def test_every_page_of_an_order_is_there_once(filled: Box) -> None:
    state = filled.snapshot()
    matches = evaluate(state, ExactQuery("text", "发展"))
    matches = matches.where(state.live[matches.documents])
    keys = [state.integers("date"), state.integers("django_id")]
    whole = order(matches, keys, 0, 10**6)
    for size in range(1, 51):
        pages = [
            order(matches, keys, start, start + size).documents.tolist()
            for start in range(0, whole.count, size)
        ]
        assert list(chain.from_iterable(pages)) == whole.documents.tolist()
    assert (np.diff(whole.scores) <= 0).all()


def test_the_counts_of_a_facet_ignore_its_own_selection() -> None:
    filters = {"a": np.array([True, False, True, True]), "b": np.array([True, True, False, True])}
    everything, others = narrow(Matches(np.array([0, 1, 2])), filters)
    assert everything.documents.tolist() == [0]
    assert others["a"].tolist() == [0, 1]
    assert others["b"].tolist() == [0, 2]


def test_an_order_without_scores_goes_by_the_keys() -> None:
    found = order(Matches(np.array([0, 1, 2])), [np.array([1, 3, 2])], 0, 2)
    assert found.documents.tolist() == [1, 2]
    assert found.count == 3


sentences = st.just("政绩观群众工作发展人民高质量").map(run)


@settings(
    deadline=None,
    max_examples=examples(80),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(query=st.one_of(trees, sentences), within=st.sets(st.integers(0, 115)))
def test_within_some_documents_it_is_the_same(
    filled: Box, query: wq.Query, within: set[int]
) -> None:
    asked = np.array(sorted(within), np.int64)
    documents, scores = evaluate(filled.snapshot(), query, within=asked)
    assert scores is not None
    assert (np.diff(documents) > 0).all()
    found = dict(zip(documents.tolist(), scores.tolist(), strict=True))
    whole, all_scores = evaluate(filled.snapshot(), query)
    assert all_scores is not None
    for document, score in zip(whole.tolist(), all_scores.tolist(), strict=True):
        if document in within:
            assert found[document] == pytest.approx(score)
    assert found.keys() <= set(whole.tolist())


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("坚持问题导向解决群众困难问题", {0}),  # most of its weight
        ("坚持问题导向某词无处解决群众困难问题", {0}),  # what stands nowhere does not count
        ("未见一词处处皆无何况其余种种", set()),
    ],
)
def test_most_of_a_remembered_sentence_is_enough(box: Box, line: str, found: set[int]) -> None:
    box.add_texts(["坚持问题导向，着力解决群众的困难", "群众", "问题"])
    assert set(by_arrays(box, run(line))) == found
