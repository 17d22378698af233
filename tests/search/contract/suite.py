"""What every engine must do. A file of an engine gives the fixture `engine` and takes these tests in.

The documents have the fields id, django_ct, django_id, title, text, source, tag, words and date.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from search.backend import Search, SearchBackend, Tiers
from search.errors import IndexBusy, IndexUnavailable
from search.query import (
    And,
    Dates,
    Everything,
    Exact,
    InField,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Run,
    Same,
)
from search.text.dates import PartialDate

POEM = "poems.poem"


def dates(first: str, last: str) -> Dates:
    return Dates(PartialDate(first), PartialDate(last))


SHARED = ("source", "year", "month", "tag")


def document(number: int, title: str = "题", text: str = "", **fields: Any) -> dict[str, Any]:
    """A document with a key, and what else is given of it."""
    return {
        "id": f"{POEM}.{number}",
        "django_ct": POEM,
        "django_id": number,
        "title": title,
        "text": text,
    } | fields


DOCUMENTS = [
    document(
        1,
        "调查研究",
        "功成不必在我，功成必定有我。",
        source="a",
        tag=("甲", "乙"),
        date=20240414000000,
    ),
    document(
        2,
        "讲话",
        "不必在意，功成之时。\n在我看来，甲。",
        source="a",
        tag=("乙",),
        date=20230000000000,
    ),
    document(3, "讲话稿", "D员要为民造福。群眾路線。", source="b", date=20240400000000),
    document(4, "其他", "水渠和堤坝。😀😀堤坝", source="b", tag=("甲",)),
]
DOCUMENTS = [
    each | {"year": str(each["date"])[:4] if each.get("date") else "unknown"} for each in DOCUMENTS
]
DOCUMENTS[0]["month"], DOCUMENTS[2]["month"] = "2024-04", "2024-04"
DOCUMENTS[0]["words"] = ("功成\t“功成”", "甲\t甲")
DOCUMENTS[1]["words"] = ("功成\t“功成”",)


@pytest.fixture
def filled(engine: SearchBackend) -> SearchBackend:
    """An engine that has the documents."""
    engine.swap(engine.begin())
    write(engine, *DOCUMENTS)
    return engine


def write(engine: SearchBackend, *documents: Mapping[str, Any]) -> None:
    """Write documents into the living generation."""
    with engine.exclusive("write"):
        engine.write({each["id"]: each for each in documents})


def found(engine: SearchBackend, query: Node, **options: Any) -> list[int]:
    """The keys of what is found, in its order."""
    answer = engine.find(Search(query, **options))
    assert answer.count >= len(answer.keys) == len(answer.scores)
    assert {label for label, _ in answer.keys} <= {POEM}
    return [key for _, key in answer.keys]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        (Everything(), {1, 2, 3, 4}),
        (Exact("功成必定"), {1}),
        (Exact("我功成"), {1}),  # across punctuation
        (Exact("群众路线"), {3}),  # simplified and traditional are one
        (Exact("党员要"), {3}),  # masked
        (Exact("渠"), {4}),
        (Exact("无此"), set()),
        (Run("功成不必在我"), {1}),
        (Run("意功成"), {2}),  # its parts
        (Run("调查研究"), {1}),
        (Pattern("功?不必"), {1}),
        (Pattern("坝?堤"), set()),
        (Pattern("坝*堤"), set()),  # another sentence
        (Pattern("水*堤坝"), {4}),
        (Near((Exact("水渠"), Exact("堤坝")), 1), {4}),
        (Near((Exact("堤坝"), Exact("水渠")), 0), set()),
        (Near((Exact("堤坝"), Exact("水渠")), 1, ordered=True), set()),
        (Same("sentence", (Exact("不必"), Exact("功成"))), {1, 2}),
        (Same("sentence", (Exact("在我"), Exact("功成"))), {1}),
        (Same("paragraph", (Exact("在我"), Not(Exact("功成")))), {2}),
        (And((Exact("功成"), Not(Exact("必定")))), {2}),
        (Or((Exact("水渠"), Exact("必定"))), {1, 4}),
        (Not(Exact("功成")), {3, 4}),
        (InField("title", Exact("讲话")), {2, 3}),
        (InField("source", Exact("a")), {1, 2}),
        (InField("tag", Exact("甲")), {1, 4}),
        (Exact("D员", strict=True), {3}),
        (Exact("党员", strict=True), set()),
        (dates("2024", "2024"), {1, 3}),
        (dates("2024-04-01", "2024-04-13"), {3}),
        (dates("", "2023"), {2}),
    ],
)
def test_what_is_found(filled: SearchBackend, query: Node, wanted: set[int]) -> None:
    assert set(found(filled, query)) == wanted
    assert filled.find(Search(query, stop=0)).count == len(wanted)


def test_without_reading_masks_back(filled: SearchBackend) -> None:
    assert found(filled, Exact("党员"), restore=False) == []
    assert found(filled, Exact("D员"), restore=False) == [3]


def test_the_wording_itself_comes_first(filled: SearchBackend) -> None:
    write(filled, document(9, "题", "在我，必不，功成；不必。", date=20250101000000))
    assert found(filled, Run("功成不必在我"))[0] == 1


def test_what_holds_words_of_a_question_stands_behind(filled: SearchBackend) -> None:
    more = [document(5, text="堤坝。", source="a"), document(6, text="水渠，发展。", source="a")]
    write(filled, *more, document(7, text="学习", source="a"))
    line = "水渠堤坝的发展"
    answer = filled.find(Search(Run(line), related=(line,), facets=("source",)))
    assert answer.tiers == Tiers(all=0, most=1, some=2)
    assert answer.count == 3
    assert answer.keys[0][1] == 6
    assert dict(answer.facets["source"]) == {"a": 2, "b": 1}
    for item, score in zip(answer.keys, answer.scores, strict=True):
        explained = filled.explain(Search(Run(line), related=(line,)), item)
        assert explained is not None
        assert explained.value == pytest.approx(score)
    assert filled.explain(Search(Run(line), related=(line,)), (POEM, 7)) is None
    # What has all its words comes first; filters, exclusions, order and slices are those of the search.
    write(filled, document(8, text="发展堤坝，水渠。", source="b", date=20200101000000))
    assert found(filled, Run(line), related=(line,))[:2] == [8, 6]
    assert found(filled, Run(line), related=(line,), start=1, stop=2) == [6]
    assert found(filled, Run(line), related=(line,), sort=("date",))[0] == 8
    assert set(found(filled, Run(line), related=(line,), filters={"source": ("b",)})) == {4, 8}
    assert set(found(filled, Run(line), related=(line,), exclude={8, 6})) == {4, 5}
    assert set(found(filled, Run(line), related=("无此词",))) == {8}
    assert set(found(filled, Run("党员"), related=("党员干部",))) == {3}
    assert set(found(filled, Run("党员"), related=("党员干部",), restore=False)) == set()


def test_a_score_is_explained(filled: SearchBackend) -> None:
    search = Search(Run("功成不必在我"))
    answer = filled.find(search)
    explained = filled.explain(search, answer.keys[0])
    assert explained is not None
    assert explained.value == pytest.approx(answer.scores[0])
    assert filled.explain(search, (POEM, 4)) is None
    assert filled.explain(search, (POEM, 99)) is None
    assert filled.explain(Search(Everything(), sort=("-date",)), (POEM, 1)) is None


def test_orders_and_slices(filled: SearchBackend) -> None:
    everything = Everything()
    assert found(filled, everything, sort=("-date",)) == [1, 3, 2, 4]
    assert found(filled, everything, sort=("date",)) == [2, 3, 1, 4]
    assert found(filled, everything, sort=("-date",), start=1, stop=3) == [3, 2]
    assert found(filled, everything, sort=("-date",), start=9, stop=12) == []


def test_scope_models_and_exclusions_limit_everything(filled: SearchBackend) -> None:
    limited = Search(
        Exact("功成"), models=(POEM,), scope={"source": ("a",)}, exclude={2}, facets=("tag",)
    )
    answer = filled.find(limited)
    assert (answer.keys, answer.count) == ([(POEM, 1)], 1)
    assert answer.facets == {"tag": [("乙", 1), ("甲", 1)]}
    assert filled.frequent_terms("words", "功", limited, 5) == [("功成\t“功成”", 1)]
    assert filled.longest_part("功成在我", limited)[1] == 1
    assert found(filled, Everything(), models=("poems.other",)) == []


def test_facets_ignore_their_own_filter_and_joined_ones(filled: SearchBackend) -> None:
    search = Search(
        Everything(),
        filters={"source": ("a",), "year": ("2023",), "month": ("2024-04",)},
        joined={"month": "year"},
        facets=SHARED,
    )
    answer = filled.find(search)
    assert {key for _, key in answer.keys} == {1, 2}
    assert answer.facets == {
        "source": [("a", 2), ("b", 1)],
        "year": [("2023", 1), ("2024", 1)],
        "month": [("2024-04", 1)],
        "tag": [("乙", 2), ("甲", 1)],
    }
    others = [{}, {"source": ("b",)}, {"source": ("a",), "tag": ("甲",)}]
    assert filled.counts(search, others) == [4, 2, 1]


def test_terms_and_parts(filled: SearchBackend) -> None:
    everything = Search(Everything())
    assert filled.frequent_terms("words", "", everything, 5) == [("功成\t“功成”", 2), ("甲\t甲", 1)]
    assert filled.frequent_terms("words", "", everything, 1) == [("功成\t“功成”", 2)]
    assert filled.longest_part("大水渠", everything) == ("水渠", 1)
    assert filled.longest_part("功成", everything) == ("功成", 2)
    assert filled.longest_part("龘", everything) == ("", 0)


def test_what_is_similar(filled: SearchBackend) -> None:
    write(filled, document(5, text="水渠和堤坝，还有河流。"))
    similar = filled.similar(f"{POEM}.4", DOCUMENTS[3]["text"], Search(Everything(), stop=3))
    assert similar[:1] == [(POEM, 5)]
    assert (POEM, 4) not in similar


def test_changing_and_removing(filled: SearchBackend) -> None:
    write(filled, document(4, text="河流"))
    with filled.exclusive("write"):
        filled.write({f"{POEM}.1": None, f"{POEM}.99": None})
    assert found(filled, Exact("水渠")) == []
    assert set(found(filled, Everything())) == {2, 3, 4}
    assert found(filled, Exact("河流")) == [4]


def test_what_is_held_is_what_was_written(filled: SearchBackend) -> None:
    held = dict(filled.held())
    assert held == {each["id"]: filled.digests(each) for each in DOCUMENTS}
    for name, other in {"text": "别的", "source": "c", "date": 20200101000000, "tag": ()}.items():
        changed = filled.digests(DOCUMENTS[0] | {name: other})
        before = held[f"{POEM}.1"]
        assert [key for key, digest in changed.items() if before[key] != digest] == [name]


def test_without_an_index_it_says_so(engine: SearchBackend) -> None:
    assert engine.built_with() is None
    assert engine.living() is None
    for ask in (
        lambda: engine.find(Search(Everything())),
        lambda: engine.counts(Search(Everything()), [{}]),
        lambda: engine.write({}, None) or engine.write({"a.b.1": None}),
        engine.damage,
        lambda: list(engine.held()),
    ):
        with pytest.raises(IndexUnavailable):
            ask()


def test_a_generation_is_built_in_parts_and_swapped_in(filled: SearchBackend) -> None:
    with filled.exclusive("build"), filled.exclusive("write"):
        left = filled.begin()
        assert filled.prune() == [left]
        generation = filled.begin()
        assert filled.living() not in {None, left, generation}
        parts = [filled.write_part(generation, some) for some in (DOCUMENTS[:1], DOCUMENTS[2:])]
        filled.finish(generation, parts)
        filled.write({f"{POEM}.9": document(9, text="后来的")}, generation)
        assert set(found(filled, Everything())) == {1, 2, 3, 4}
        filled.swap(generation)
        filled.discard(generation)  # it lives: nothing happens
    assert set(found(filled, Everything())) == {1, 3, 4, 9}
    assert filled.living() == generation
    assert filled.built_with() == filled.fingerprint()
    assert filled.damage() == filled.damage(anew=True) == []


def test_a_part_that_cannot_be_written_leaves_nothing(filled: SearchBackend) -> None:
    def broken() -> Any:
        yield DOCUMENTS[0]
        raise ValueError("broken")

    generation = filled.begin()
    with pytest.raises(ValueError, match="broken"):
        filled.write_part(generation, broken())
    filled.finish(generation, [filled.write_part(generation, DOCUMENTS[1:2])])
    filled.swap(generation)
    assert found(filled, Everything()) == [2]


def test_one_at_a_time(engine: SearchBackend) -> None:
    with engine.exclusive("write"):
        with pytest.raises(IndexBusy), engine.exclusive("write", wait=0.05):
            pass
        with engine.exclusive("build"):
            pass
    with engine.exclusive("write"):
        pass
