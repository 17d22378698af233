"""The engine against reading every document through: the same documents for any query line."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from search.index.read.compile import Compiler
from search.index.read.execution import evaluate
from search.text.dates import PartialDate
from tests.effort import examples
from tests.search.index.conftest import Box
from tests.search.language import parse
from tests.search.reference import matches

PIECES = [
    "政绩观",
    "政绩",
    "党员",
    "D员",
    "干部",
    "群众",
    "工作",
    "的",
    "，",
    "。",
    "\n",
    "；",
    "A4",
    "为民造福",
    "、",
    "對",
]
DATES = ["", "2023", "2024", "2024-04", "2024-04-14", "2024-04-14T10:24:03"]
SOURCES = {"qinghe": "青禾文稿网", "wenshu": "文枢参考"}


def documents(seed: int, number: int) -> list[dict[str, object]]:
    """Random documents in few words."""
    rng = random.Random(seed)
    return [
        {
            "title": "".join(rng.choices(PIECES[:8], k=rng.randint(0, 3))),
            "text": "".join(rng.choices(PIECES, k=rng.randint(0, 40))),
            "source": rng.choice(list(SOURCES)),
            "tag": tuple(rng.sample(["理论学习", "会上", "党组"], rng.randint(0, 2))),
            "date": rng.choice(DATES),
        }
        for _ in range(number)
    ]


DOCUMENTS = documents(3, 60)
COMPILER = Compiler(
    keyfields={"source": "source", "tag": "tag"},
    names={"source": lambda slugs: {slug: [SOURCES[slug]] for slug in slugs}},
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Box:
    """An index of DOCUMENTS in three segments."""
    box = Box(tmp_path_factory.mktemp("filled"))
    for start in range(0, len(DOCUMENTS), 20):
        box.add(
            {
                **document,
                "id": f"t.{start + n}",
                "django_id": start + n,
                "date": PartialDate(str(document["date"])).earliest,
            }
            for n, document in enumerate(DOCUMENTS[start : start + 20])
        )
    return box


def expected(line: str, *, restore: bool) -> set[int]:
    """The documents that answer a line, by reading them."""
    tree = parse(line).tree
    return {
        number
        for number, document in enumerate(DOCUMENTS)
        if matches(
            {**document, "source": [document["source"], SOURCES[document["source"]]]},
            tree,
            restore=restore,
        )
    }


def found(box: Box, line: str, *, restore: bool) -> set[int]:
    """The documents that the engine finds."""
    state = box.snapshot()
    compiler = Compiler(keyfields=COMPILER.keyfields, names=COMPILER.names, restore=restore)
    documents, scores = evaluate(state, compiler.compile(parse(line).tree))
    assert scores is not None
    assert not np.isnan(scores).any()
    assert (np.diff(documents) > 0).all()
    return set(state.integers("django_id")[documents[state.live[documents]]].tolist())


words = st.sampled_from(
    [
        "政绩观",
        "政绩",
        "党员干部",
        "党员",
        "D员",
        "群众工作",
        "的",
        "观",
        "對",
        "A4",
        "为民",
        "政?观",
        "党*部",
        "*群众",
        "干部?",
        "?",
    ]
)
leaves = st.one_of(
    words,
    words.map(lambda w: f"“{w}”"),
    st.sampled_from(
        [
            "来源:青禾",
            "来源:wenshu",
            "标签:党组",
            "日期:2023..2024-04",
            "日期:2024-04",
            "日期:..2023",
            "日期:2024-04-14..",
        ]
    ),
    words.map(lambda w: f"标题:{w}"),
)
pairs = st.tuples(words, words)
lines = st.recursive(
    st.one_of(
        leaves,
        pairs.map(lambda p: f"{p[0]} NEAR/5 {p[1]}"),
        pairs.map(lambda p: f"{p[0]} THEN/3 {p[1]}"),
        pairs.map(lambda p: f"({p[0]} OR {p[1]}) NEAR/4 群众"),
        pairs.map(lambda p: f"同句({p[0]} {p[1]})"),
        pairs.map(lambda p: f"同段({p[0]} {p[1]})"),
        pairs.map(lambda p: f"同句({p[0]} -{p[1]})"),
        pairs.map(lambda p: f"同句({p[0]} OR {p[1]} NEAR/2 {p[0]})"),
    ),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(" ".join),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}) OR ({p[1]})"),
        inner.map(lambda line: f"-({line})"),
    ),
    max_leaves=4,
)


@settings(
    deadline=None,
    max_examples=examples(150),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(line=lines, restore=st.booleans())
@example(line="(政绩 -的) OR 党员", restore=True)
@example(line="-政绩", restore=False)
@example(line="", restore=True)
def test_the_engine_finds_what_reading_finds(filled: Box, line: str, restore: bool) -> None:
    assert found(filled, line, restore=restore) == expected(line, restore=restore)
