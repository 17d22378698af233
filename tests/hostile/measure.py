"""How much more work one thing is than another: ratios, never times."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[], object]
_TRIES = 3


@dataclass(frozen=True)
class Cost:
    """What a work took of the processor's seconds, and of memory at its peak."""

    seconds: float
    memory: int


def cost(work: Work) -> Cost:
    """Do a work twice: once for its seconds, once for its memory, as watching that takes time itself."""
    return Cost(_seconds(work), _peak(work))


def assert_bounded(work: Work, usual: Cost, times: float, memory: float) -> None:
    """Fail if a work takes more than so many times the seconds, and the memory, of a usual one.

    A busy machine can make one measurement long, never short, so what looks too long is measured again.
    """
    seconds = _seconds(work)
    for _again in range(_TRIES - 1):
        if seconds > times * usual.seconds:
            seconds = min(seconds, _seconds(work))
    assert seconds <= times * usual.seconds
    assert _peak(work) <= memory * usual.memory


def _seconds(work: Work) -> float:
    gc.disable()  # how often it runs depends on what was made before
    began = time.process_time()
    try:
        work()
        return max(
            time.process_time() - began, 0.005
        )  # below that it is the clock that is measured
    finally:
        gc.enable()


def _peak(work: Work) -> int:
    tracemalloc.start()
    try:
        work()
        return max(tracemalloc.get_traced_memory()[1], 1 << 20)
    finally:
        tracemalloc.stop()
