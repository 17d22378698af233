"""Ascending documents and scores against sets and dictionaries."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search.index.sets import Matches, among, any_of, both, without
from search.index.sets import scores_of as scores_at

sets = st.sets(st.integers(0, 300), max_size=120)
scored = st.dictionaries(st.integers(0, 300), st.integers(0, 9).map(float), max_size=120)


def ascending(numbers: set[int]) -> np.ndarray:
    """A set as the engine has it."""
    return np.array(sorted(numbers), np.int64)


def matches(scores: dict[int, float]) -> Matches:
    """Scores by document as the engine has them."""
    return Matches(ascending(set(scores)), np.array([scores[d] for d in sorted(scores)]))


def scores_of(found: Matches) -> dict[int, float]:
    """And back."""
    assert found.scores is not None
    return dict(zip(found.documents.tolist(), found.scores.tolist(), strict=True))


@given(left=scored, right=scored)
def test_scores_add_up(left: dict[int, float], right: dict[int, float]) -> None:
    together = both(matches(left), matches(right))
    assert scores_of(together) == {d: left[d] + right[d] for d in left.keys() & right.keys()}
    either = any_of([matches(left), matches(right)])
    assert scores_of(either) == {
        d: left.get(d, 0) + right.get(d, 0) for d in left.keys() | right.keys()
    }
    assert any_of([matches(left)._replace(scores=None), matches(right)]).scores is None
    assert both(matches(left), matches(right)._replace(scores=None)).scores is None


@given(found=scored, asked=sets, far=st.sampled_from([0, 10_000]))
def test_scores_are_those_of_the_documents_asked_about(
    found: dict[int, float], asked: set[int], far: int
) -> None:
    having = matches({d + far: score for d, score in found.items()})
    documents = ascending(asked | {d + far for d in asked})
    expected = [found.get(d - far, 0.0) for d in documents.tolist()]
    assert scores_at(documents, having).tolist() == expected
    assert not scores_at(documents, having._replace(scores=None)).any()


@given(found=scored, asked=sets)
def test_no_posting_of_a_document_is_lost(found: dict[int, float], asked: set[int]) -> None:
    documents, frequencies = among((ascending(set(found)), matches(found).scores), ascending(asked))
    kept = dict(zip(documents.tolist(), frequencies.tolist(), strict=True))
    assert kept.items() <= found.items()
    assert kept.keys() >= found.keys() & asked


@given(left=scored, gone=sets)
def test_without_leaves_the_others(left: dict[int, float], gone: set[int]) -> None:
    kept = without(matches(left), ascending(gone))
    assert scores_of(kept) == {d: score for d, score in left.items() if d not in gone}
