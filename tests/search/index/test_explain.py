"""The parts of a score, against the score that a search gives, and each part against its formula."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import query as wq

from search.backend import Search
from search.index.read.compile import Compiler
from search.index.read.execution import Neighbours
from search.index.read.explain import Explanation, explain
from search.index.read.find import Beside, find
from search.index.read.queries.base import BoostedQuery
from search.index.read.queries.similar import MoreLikeQuery
from search.index.read.queries.strings import ExactQuery
from search.query import nodes
from tests.effort import examples
from tests.search.index.conftest import Box
from tests.search.language import parse

WORDS = ["高质量", "发展", "人民", "群众", "工作", "党", "的", "政绩观", "D员", "。"]
CONTENT = "text"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Box:
    """An index of two segments whose documents recur in few words."""
    rng = random.Random(23)
    box = Box(tmp_path_factory.mktemp("filled"))
    for part in range(2):
        box.add(
            {
                "id": f"t.{n}",
                "django_id": n,
                "title": "".join(rng.choices(WORDS, k=rng.randint(0, 4))),
                "text": "".join(rng.choices(WORDS, k=rng.randint(0, 60))),
                "source": rng.choice("ab"),
            }
            for n in range(part * 40, part * 40 + 40)
        )
    return box


def search_of(line: str, **options: object) -> Search:
    """A search for all that answers a line."""
    return replace(Search(query=parse(line).tree, stop=1000), **options)


def checked(part: Explanation) -> float:
    """Return what a part is worth by its kind, worked out anew from what it is made of."""
    below = sum(map(checked, part.parts))
    if (figures := part.statistics) is not None:
        tf = figures.frequency
        assert tf > 0
        worth = (
            figures.weight * figures.idf * (tf * 2.2) / (tf + 1.2 * (0.25 + 0.75 * figures.norm))
        )
    elif part.kind == "evidence":
        worth = 35 * below / (below + 25)
    elif part.kind == "factor":
        worth = float(part.text) * below
    elif part.kind in ("sum", "closeness"):
        worth = below
    elif part.kind == "tier":
        worth = 200.0 if part.field == "title" else 100.0
    else:
        assert part.kind in ("gap", "constant", "likeness")
        worth = part.value
    assert part.value == pytest.approx(worth)
    return worth


strings = st.lists(st.sampled_from(WORDS[:9]), min_size=1, max_size=5).map("".join)
parts = st.one_of(
    strings,
    strings.map(lambda s: f"“{s}”"),
    strings.map(lambda s: f"标题:{s}"),
    st.tuples(strings, strings).map(lambda p: f"{p[0]} NEAR/9 {p[1]}"),
    strings.map(lambda s: f"同句({s} 人民)"),
    strings.map(lambda s: f"{s}*党"),
    st.tuples(strings, strings).map(lambda p: f"({p[0]} OR {p[1]})"),
    strings.map(lambda s: f"-{s}"),
)
lines = st.lists(parts, max_size=3).map(" ".join)


@settings(
    deadline=None,
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(line=lines, restore=st.booleans(), filters=st.sampled_from([{}, {"source": ("a",)}]))
def test_the_parts_make_up_the_score(
    filled: Box, line: str, restore: bool, filters: dict[str, tuple[str, ...]]
) -> None:
    search = search_of(line, restore=restore, filters=filters)
    state, neighbours = filled.snapshot(), Neighbours.of(search.query)
    query = Compiler(restore=restore).compile(search.query)
    found = find(state, query, search, neighbours, CONTENT)
    for document, score in zip(found.given.tolist(), found.answer.scores, strict=True):
        why = explain(state, query, search, neighbours, CONTENT, document)
        assert why is not None
        assert why.value == pytest.approx(score)
        checked(why)
    missing = set(range(state.size)) - set(found.given.tolist())
    if missing:
        assert explain(state, query, search, neighbours, CONTENT, min(missing)) is None


def test_each_part_is_named(box: Box) -> None:
    box.add(
        [
            {"id": "t.0", "django_id": 0, "title": "群众工作", "text": "党的群众工作，群众工作"},
            {"id": "t.1", "django_id": 1, "title": "别的", "text": "群众的工作"},
        ]
    )
    search = search_of("群众工作 党")
    query = Compiler().compile(search.query)
    why = explain(box.snapshot(), query, search, Neighbours.of(search.query), CONTENT, 0)
    assert why is not None
    both, closeness = why.parts
    run, single = both.parts
    assert [(part.kind, part.text, part.field) for part in run.parts] == [
        ("tier", "群众工作", "title"),
        ("tier", "群众工作", "text"),
        ("evidence", "群众工作", ""),
    ]
    assert [(p.kind, p.text, p.field, p.statistics.frequency) for p in run.parts[-1].parts] == [
        ("word", "群众", "title", 1),
        ("word", "工作", "title", 1),
        ("word", "群众", "text", 2),
        ("word", "工作", "text", 2),
        ("bigram", "众工", "text", 2),
    ]
    assert single.text == "党"
    assert closeness.kind == "closeness"
    assert [gap.text for gap in closeness.parts] == ["群众 · 工作"]


def test_boosts_and_likeness_are_explained(filled: Box) -> None:
    state = filled.snapshot()
    like = MoreLikeQuery.of(state, CONTENT, "高质量发展，人民群众工作", "t.0")
    boosted = ((BoostedQuery(ExactQuery(CONTENT, "发展"), 3.0), 0.5),)
    search, beside = Search(query=nodes.Everything(), stop=1000), Beside(boosted=boosted)
    nothing = Neighbours((), 0.0)
    found = find(state, like, search, nothing, CONTENT, beside=beside)
    assert found.answer.count
    for document, score in zip(found.given.tolist(), found.answer.scores, strict=True):
        why = explain(state, like, search, nothing, CONTENT, document, beside=beside)
        assert why is not None
        assert math.isclose(checked(why), score)


def test_what_is_sorted_by_a_field_has_no_score(filled: Box) -> None:
    search = Search(query=nodes.Everything(), sort=("date",))
    assert explain(filled.snapshot(), wq.Every(), search, Neighbours((), 0.0), CONTENT, 0) is None
