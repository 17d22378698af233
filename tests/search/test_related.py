"""What answers a question behind its wording, at random, beside the engine that reads every text."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from search.backend import Search, SearchBackend
from search.index.backend import WhooshBackend
from search.pages import _tier
from search.query import Exact, Run
from search.text.fold import fold
from search.text.segmenter import is_question
from tests.effort import examples
from tests.search.brute_force import BruteForceBackend
from tests.search.brute_force import Layout as PlainLayout
from tests.search.contract.layout import layout
from tests.search.contract.suite import document

WORDS = [
    "发展",
    "生产力",
    "新质生产力",
    "党员",
    "干部",
    "政绩观",
    "水",
    "税",
    "导电性",
    "群众路线",
    "A4",
]
MASKED = ["D员", "D员干部", "年(nian)", "政績觀"]
ASKING = ["什么", "是", "的", "如何", "吗", "？", "哪些", "在"]
MARKS = ["，", "。", "\n", " "]


def some(rng: random.Random, *kinds: list[str], most: int) -> str:
    return "".join(rng.choice(rng.choice(kinds)) for _ in range(rng.randint(1, most)))


def documents(rng: random.Random) -> list[dict[str, Any]]:
    """Twenty documents; of three one has masked or traditional spellings."""
    return [
        document(
            number,
            some(rng, WORDS, most=2),
            some(rng, WORDS, MARKS, *([MASKED] if number % 3 == 0 else []), most=9),
            source=rng.choice("ab"),
            date=rng.choice([20240101000000, 20230000000000]),
        )
        for number in range(1, 21)
    ]


def filled(engine: SearchBackend, kept: list[dict[str, Any]], parts: int) -> SearchBackend:
    engine.swap(engine.begin())
    for part in range(parts):
        with engine.exclusive("write"):
            engine.write({each["id"]: each for each in kept[part::parts]})
    return engine


def in_tiers(engine: SearchBackend, search: Search) -> list[set[Any]]:
    """Return the keys of each tier."""
    answer = engine.find(search)
    tiers: dict[str, set[Any]] = {"all": set(), "most": set(), "some": set()}
    for place, (_label, key) in enumerate(answer.keys):
        tiers[_tier(answer.tiers, place)].add(key)
    assert answer.count == len(answer.keys) == sum(map(len, tiers.values()))
    return list(tiers.values())


@pytest.mark.parametrize("seed", range(examples(60)))
def test_tiers_and_facets_are_those_of_reading_every_text(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    kept = documents(rng)
    ours = filled(WhooshBackend(tmp_path / "index", layout), kept, parts=3)
    plain = filled(
        BruteForceBackend(str(tmp_path), lambda: PlainLayout(("title", "text"), "date")), kept, 1
    )
    for _ in range(8):
        texts = tuple(some(rng, WORDS, ASKING, most=5) for _ in range(rng.randint(1, 2)))
        if not all(map(fold, texts)):
            continue
        search = Search(
            rng.choice([Run(texts[0]), Exact(texts[0])]),
            related=texts,
            stop=100,
            facets=("source",),
            sort=rng.choice([(), ("-date",)]),
            restore=rng.random() < 0.5,
            filters=rng.choice([{}, {"source": ("a",)}]),
            exclude=set(rng.sample(range(1, 21), rng.choice([0, 5]))),
        )
        assert in_tiers(ours, search) == in_tiers(plain, search), texts
        assert ours.find(search).facets == plain.find(search).facets


@pytest.mark.parametrize(
    ("line", "asks"),
    [("什么是新质生产力", True), ("如何发展", True), ("发展了吗", True), ("新质生产力", False)],
)
def test_a_question_word_makes_a_question(line: str, asks: bool) -> None:
    assert is_question(line) == asks
