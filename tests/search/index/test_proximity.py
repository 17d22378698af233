"""What stands close together comes first: closeness against reading every text."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.index.ranking import HALF
from search.index.read.compile import Compiler
from search.index.read.execution import Neighbours, boost_proximity, closeness, evaluate
from search.index.sets import Matches
from tests.effort import examples
from tests.search.index.conftest import Box
from tests.search.index.test_exact import readings_of
from tests.search.language import parse

STRINGS = ["长江", "生态", "护", "江生", "党员的", "长江生态护"]


def starts(text: str, string: str) -> list[int]:
    """All places of a string, overlapping ones included."""
    return [i for i in range(len(text)) if text.startswith(string, i)]


def brute(text: str, strings: list[str], *, restore: bool) -> float:
    """The same as `closeness` by looking at every pair of places in each reading."""
    total = 0.0
    for one, other in pairwise(strings):
        gaps = [
            max(0, b - a - len(one) if a <= b else a - b - len(other))
            for reading in readings_of(text, restore)
            for a in starts(reading, one)
            for b in starts(reading, other)
        ]
        total += HALF / (HALF + min(gaps)) if gaps else 0.0
    return total / (len(strings) - 1)


@settings(
    deadline=None,
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    texts=st.lists(
        st.lists(st.sampled_from([*"长江生态护的", "D员", "党员"]), max_size=25).map("".join),
        min_size=1,
        max_size=6,
    ),
    strings=st.lists(st.sampled_from(STRINGS), min_size=2, max_size=4),
    restore=st.booleans(),
    asked=st.data(),
)
def test_closeness_is_that_of_the_closest_places(
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[str],
    strings: list[str],
    restore: bool,
    asked: st.DataObject,
) -> None:
    box = Box(tmp_path_factory.mktemp("near"))
    box.add_texts(texts[:2])
    box.add_texts(texts[2:], start=2)
    documents = np.array(sorted(asked.draw(st.sets(st.integers(0, len(texts) - 1)))), np.int64)
    found = closeness(box.snapshot(), "text", documents, strings, restore=restore)
    assert found.tolist() == pytest.approx(
        [brute(texts[d], strings, restore=restore) for d in documents]
    )


@pytest.mark.parametrize(
    ("line", "strings", "runs"),
    [
        ("长江 生态 保护", ("长江", "生态", "保护"), 3),
        ("打基础利长远", ("打基础", "利长远"), 1),
        ("“长江” 生态 -保护 标题:修复", ("长江", "生态"), 2),
        ("长江 OR 生态", (), 0),
        ("", (), 0),
    ],
)
def test_neighbours_are_what_must_stand(line: str, strings: tuple[str, ...], runs: int) -> None:
    wanted = Neighbours.of(parse(line).tree)
    assert wanted.strings == strings
    assert (wanted.bonus > 0) == bool(runs)


def test_words_side_by_side_come_before_scattered_ones(box: Box) -> None:
    between = "今天的天气也很不错，" * 9
    far = f"生态很好，{between}长江"
    box.add_texts([f"{far}。{between}" * 3, "长江与生态", far, "长江生态"])
    tree = parse("长江 生态").tree
    state = box.snapshot()
    matches = evaluate(state, Compiler().compile(tree))
    near = boost_proximity(state, matches, Neighbours.of(tree), "text", restore=True)
    assert near.documents.tolist() == [0, 1, 2, 3]
    assert near.scores is not None
    assert min(near.scores[1], near.scores[3]) > max(near.scores[0], near.scores[2])


def test_without_scores_no_score_is_raised(box: Box) -> None:
    matches = Matches(np.array([0]))
    wanted = Neighbours(("长江", "生态"), 1.0)
    assert boost_proximity(box.snapshot(), matches, wanted, "text", restore=True) is matches
