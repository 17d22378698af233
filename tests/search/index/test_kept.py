"""What a snapshot has found once it gives again: the same as a new one, and only for the same question."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from whoosh import query as wq

from search.backend import Answer, Search
from search.index.backend import newest_snapshot
from search.index.read.compile import Compiler
from search.index.read.execution import Neighbours, is_lasting
from search.index.read.find import find, scope_of
from search.index.read.snapshot import Snapshot
from search.index.write.apply import delete
from search.index.write.writer import ArrayWriter
from tests.effort import examples
from tests.search.index.conftest import Box
from tests.search.language import parse

WORDS = ["长江", "生态", "保护", "修复", "党员", "D员", "的", "我"]
LINES = [
    "{}",
    "{} {}",
    "{}{}",
    "{} OR {}",
    "{} -{}",
    "“{}”",
    "标题:{}",
    "{} NEAR/5 {}",
    "同句({} {})",
]
LINES += ["-{}", "{}?{}", "日期:2024 {}"]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"start": 3, "stop": 6},
    {"sort": ("-date",)},
    {"restore": False},
    {"exclude": (1, 4)},
    {"exclude": (4,)},
    {"scope": {"source": ("甲",)}},
    {"filters": {"source": ("甲",)}},
    {"filters": {"source": ("甲",), "tag": ("一", "二")}},
    {"filters": {"source": ("甲",), "tag": ("一",)}, "joined": {"source": "tag"}},
    {"facets": ("tag",)},
    {"facets": ()},
    {"related": ("长江的生态",)},
    {"related": ("党员",), "filters": {"tag": ("二",)}},
]


def answer(state: Snapshot, search: Search) -> Answer:
    """Ask as the engine does."""
    compiler = Compiler(restore=search.restore, scope=scope_of(search), relaxed=not search.related)
    query, near = compiler.compile(search.query), Neighbours.of(search.query)
    return find(state, query, search, near, "text", searched=("title", "text")).answer


def filled(box: Box) -> None:
    """Fill an index, in several segments, with texts of few words."""
    draw = random.Random(3)
    for start in range(0, 60, 20):
        box.add(
            {
                "id": f"t.{number}",
                "django_id": number,
                "title": "".join(draw.choices(WORDS, k=2)),
                "text": "，".join("".join(draw.choices(WORDS, k=4)) for _ in range(5)),
                "source": draw.choice("甲乙"),
                "tag": tuple(draw.sample("一二三", draw.randint(0, 2))),
                "date": draw.choice([20230101000000, 20240501000000]),
            }
            for number in range(start, start + 20)
        )


def test_what_is_asked_again_is_what_a_new_snapshot_finds(box: Box) -> None:
    filled(box)
    state, draw = box.snapshot(), random.Random(4)
    searches = []
    for _ in range(examples(60)):
        line = draw.choice(LINES).format(*draw.choices(WORDS, k=2))
        options = {"facets": ("source", "tag")} | draw.choice(OPTIONS)
        searches.append(Search(parse(line).tree, **options))
    draw.shuffle(searches)
    for search in searches + draw.sample(searches, len(searches)):
        expected = answer(box.snapshot(), search)
        assert answer(state, search) == expected
        assert answer(state, replace(search, start=2, stop=30)).count == expected.count


def test_a_caller_may_change_what_it_was_given(box: Box) -> None:
    filled(box)
    state, search = box.snapshot(), Search(parse("长江").tree, facets=("source",))
    given = answer(state, search)
    expected = answer(box.snapshot(), search)
    given.facets["source"].clear()
    given.keys.clear()
    assert answer(state, search) == expected


@pytest.mark.parametrize(
    ("line", "lasting"),
    [
        ("长江 “生态” -保护", True),
        ("长江 NEAR 生态 日期:2024", True),
        ("同句(长江 生态) OR *江", True),
        ("-长江", True),
        ("长江 来源:甲", False),  # what a source is called stands in the database
        ("长江 -(来源:甲 OR 生态)", False),
        ("原样:“D员”", False),  # so do texts as they were written
    ],
)
def test_what_asks_the_database_is_not_kept(
    line: str, lasting: bool, new_box: Callable[[], Box]
) -> None:
    query = Compiler(keyfields={"source": "source"}).compile(parse(line).tree)
    assert is_lasting(query) is lasting
    box = new_box()
    filled(box)
    state, kept = box.snapshot(), ("ranked", "counted")
    find(state, query, Search(parse(line).tree), Neighbours((), 0.0), "text")
    assert any(key[0] in kept for key in state._cache) is lasting


def test_queries_of_whoosh_without_a_vectorised_form_are_not_kept() -> None:
    assert is_lasting(wq.And([wq.Every(), wq.Or([wq.NullQuery])]))
    assert not is_lasting(wq.Not(wq.Prefix("text", "甲")))


def test_a_commit_is_seen_though_the_clock_stands_still(box: Box) -> None:
    sizes, stamp = [], time.time_ns()
    for number in range(3):
        box.add_texts(["长江"], number)
        os.utime(box.path, ns=(stamp, stamp))
        sizes.append(newest_snapshot(box.folder).size)
    assert sizes == [1, 2, 3]


def test_a_commit_is_seen_though_the_folder_lay_still(box: Box) -> None:
    box.add_texts(["长江"])
    long_ago = time.time_ns() - 10**11
    os.utime(box.path, ns=(long_ago, long_ago))
    assert newest_snapshot(box.folder).size == newest_snapshot(box.folder).size == 1
    box.add_texts(["生态"], 1)
    assert newest_snapshot(box.folder).size == 2


def test_what_a_commit_leaves_as_it_is_stays_open(box: Box) -> None:
    filled(box)
    draw, before = random.Random(5), newest_snapshot(box.folder)
    for _ in range(6):
        changed = draw.sample(range(70), 2)
        texts = ["".join(draw.choices(WORDS, k=9)) for _ in changed]
        writer = ArrayWriter(box.folder.open(box.path))
        delete(writer, [f"t.{number}" for number in changed])
        for number, text in zip(changed, texts, strict=True):
            writer.add_document(id=f"t.{number}", django_ct="t.t", django_id=number, text=text)
        writer.commit(merge=False)
        state = newest_snapshot(box.folder)
        assert state is not before
        names = {segment.name: segment for segment in before.segments}
        left = [segment for segment in state.segments if segment.name in names]
        assert left
        for segment in left:
            assert segment.columns["text"] is names[segment.name].columns["text"]
            assert segment.terms is names[segment.name].terms
        for line in ("长江", "生态保护", "“的我”", "党员 -修复", texts[0]):
            search = Search(parse(line).tree, facets=("source", "tag"))
            assert answer(state, search) == answer(box.snapshot(), search)
        before = state
