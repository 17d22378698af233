"""How the time of a step grows with its text: never much faster than the text does.

Time is the processor's, of this thread, and only ratios of it count. A busy machine can make one
measurement long, never short, so what looks too long is measured again.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping
from random import SystemRandom
from time import thread_time

from tests.effort import tries

Step = Callable[[str], object]
Kind = Callable[[int], str]

GROWTH = 16  # how much longer the longer of two texts is
# With the square of the text it would be GROWTH * GROWTH; short texts may be refused early, or not be
# taken for what the long ones are, and so be cheaper than in proportion.
LIMIT = 5 * GROWTH
_TRIES = 6
_SHORTEST = 0.0002  # seconds: what takes less is not measured well

# YINDE_LINEAR=1000000 tries texts of so many characters, YINDE_KINDS=1000 every kind with every step.
_SIZE = int(os.environ.get("YINDE_LINEAR", "0"))
_MOST_KINDS = tries("YINDE_KINDS", 40, 60)


def assert_linear(step: Step, kinds: Mapping[str, Kind], size: int) -> None:
    """Fail if a step takes much more than `GROWTH` times as long for texts so much longer.

    Each run tries a random sample of the kinds; YINDE_KINDS=1000 tries all of them.
    """
    size = _SIZE or size
    step(next(iter(kinds.values()))(size))  # what is made once is made here
    tried = SystemRandom().sample([*kinds], min(len(kinds), _MOST_KINDS))
    ratios = {name: _growth(step, kinds[name], size) for name in tried}
    grown = {name: round(ratio) for name, ratio in ratios.items() if ratio > LIMIT}
    assert not grown, f"so many times as long for {GROWTH} times the text: {grown}"


def _growth(step: Step, kind: Kind, size: int) -> float:
    short, long = kind(size // GROWTH), kind(size)
    times = [_time(step, short)], [_time(step, long)]
    while _ratio(*times) > LIMIT and len(times[1]) < _TRIES:
        times[0].append(_time(step, short))
        times[1].append(_time(step, long))
    return _ratio(*times)


def _ratio(short: list[float], long: list[float]) -> float:
    return min(long) / max(min(short), _SHORTEST)


def _time(step: Step, text: str) -> float:
    gc.disable()  # how often it runs depends on what was made before
    start = thread_time()
    try:
        step(text)
        return thread_time() - start
    finally:
        gc.enable()
