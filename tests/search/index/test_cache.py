"""The cache of a snapshot counts what it takes, and never takes more."""

from __future__ import annotations

import gc
import random
import sys
import threading
import tracemalloc
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
import pytest
from cachetools import LRUCache

from search.index.read.compile import Compiler
from search.index.read.execution import evaluate
from search.index.read.snapshot import cost, size_of
from search.index.sets import Matches
from tests.search.index.conftest import Box
from tests.search.language import parse

ALPHABET = [chr(0x4E00 + n) for n in range(300)]
Entry = tuple[Hashable, Callable[[], Any]]


def phrase(draw: random.Random, longest: int) -> str:
    return "".join(draw.choices(ALPHABET, k=draw.randint(1, longest)))


def without_a_hit(draw: random.Random, number: int) -> Entry:
    key = ("exact", "text", phrase(draw, 30).encode("utf-16-le") + b"%d" % number, True)
    return key, lambda: (np.concatenate([np.empty(0, np.int64)] * 2), np.empty(0, np.float64))


def with_hits(draw: random.Random, number: int) -> Entry:
    size = draw.choice([1, 3, 200])
    mask = np.arange(size) >= 0
    key = ("run", f"{phrase(draw, 8)}{number}", ("title", "text"), True, True)
    return key, lambda: Matches(np.flatnonzero(mask), np.zeros(size))


def of_a_long_query(draw: random.Random, number: int) -> Entry:
    line = f"同句({phrase(draw, 90)} “{phrase(draw, 90)}” -({phrase(draw, 9)} 甲?{number}))"
    return ("places", "text", parse(line).tree, True), lambda: (np.arange(5), np.zeros(5))


def filtered(draw: random.Random, number: int) -> Entry:
    values = tuple(phrase(draw, 6) for _ in range(draw.randint(1, 30)))
    return ("keys", "column", (*values, str(number))), lambda: np.zeros(500, bool)


@pytest.mark.parametrize(
    ("kind", "number"),
    [(without_a_hit, 20_000), (with_hits, 4_000), (of_a_long_query, 600), (filtered, 1_500)],
)
def test_what_is_counted_is_what_is_taken(
    kind: Callable[[random.Random, int], Entry], number: int
) -> None:
    """And so it stays when the first half has been dropped for the second."""
    entries = [kind(random.Random(seed), seed) for seed in range(number)]
    whole = filled(entries, 2**40)
    assert len(whole) == number
    assert 0.9 < whole.currsize / taken_by(whole) < 1.4
    half = filled(entries, whole.currsize // 2)
    assert 0.4 * number < len(half) < 0.6 * number
    assert taken_by(half) < 1.1 * half.currsize <= 1.1 * whole.currsize / 2


def filled(entries: list[Entry], limit: int) -> LRUCache:
    cache = LRUCache(limit, cost)
    for key, make in entries:
        cache[key] = (key, make())
    return cache


def taken_by(cache: LRUCache) -> int:
    """Return the bytes of all that the cache leads to, each object once."""
    taken, seen = 0, set()
    waiting = [each for each in vars(cache).values() if isinstance(each, dict)]
    while waiting:
        each = waiting.pop()
        if id(each) not in seen and not isinstance(each, type):
            seen.add(id(each))
            taken += sys.getsizeof(each)
            waiting += [each.base] if isinstance(each, np.ndarray) else gc.get_referents(each)
    return taken


def test_the_machine_counts_the_same() -> None:
    entries = [without_a_hit(random.Random(seed), seed) for seed in range(2_000)]
    entries += [with_hits(random.Random(seed), seed) for seed in range(1_000)]
    keys = sum(size_of(key) for key, _make in entries)
    tracemalloc.start()
    cache = filled(entries, 2**40)
    taken, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0.9 < (cache.currsize - keys) / taken < 1.2


@pytest.mark.parametrize("limit", [2**16, 2**18, 2**30])
def test_real_searches_stay_within_the_bound(box: Box, limit: int) -> None:
    draw = random.Random(12)
    texts = [phrase(draw, 200) for _ in range(300)]
    box.add_texts(texts)
    state = box.snapshot()
    state._cache = LRUCache(limit, cost)
    for _ in range(600):
        part = draw.choice([phrase(draw, 12), draw.choice(texts)[:9], draw.choice(texts)[:2]])
        line = draw.choice(["{}", "“{}”", "{}?甲", "标题:{}", "同句({} 乙)"]).format(part)
        evaluate(state, Compiler().compile(parse(line).tree))
    assert state._cache.currsize <= limit
    assert 0.9 < state._cache.currsize / taken_by(state._cache) < 1.4


def test_least_recently_used_goes_first_and_what_is_too_large_is_not_kept(box: Box) -> None:
    state = box.snapshot()
    state._cache = LRUCache(40_000, cost)
    made: list[str] = []

    def get(key: str, size: int) -> None:
        state.remember(key, lambda: (made.append(key), np.zeros(size, np.uint8))[1])

    for key in "abcab":
        get(key, 12_000)
    get("d", 12_000)
    get("large", 50_000)
    made.clear()
    for key in "abdc":
        get(key, 12_000)
    assert made == ["c"]
    get("large", 50_000)
    assert made == ["c", "large"]


def test_threads_get_what_belongs_to_their_keys_and_the_size_stays_true(box: Box) -> None:
    state = box.snapshot()
    state._cache = LRUCache(50_000, cost)
    wrong: list[int] = []

    def work(seed: int) -> None:
        draw = random.Random(seed)
        for _ in range(3000):
            key = draw.randrange(400)
            found = state.remember(key, lambda key=key: np.full(key + 1, key))
            if len(found) != key + 1 or found[0] != key:
                wrong.append(key)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert state._cache.currsize == sum(map(cost, state._cache.values())) <= 50_000
