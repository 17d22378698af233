"""How much more work one thing is than another: ratios, never times."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable

Work = Callable[[], object]


def time_ratio(work: Work, ordinary: Work) -> float:
    """Return how many times the processor's time of the ordinary work another takes."""
    return _seconds(work) / _seconds(ordinary)


def memory_ratio(work: Work, ordinary: Work) -> float:
    """Return how many times the memory of the ordinary work another takes at its peak."""
    return _peak(work) / _peak(ordinary)


def _seconds(work: Work) -> float:
    work()  # what is only made once is made
    gc.collect()
    return min(_once(work) for _ in range(2))


def _once(work: Work) -> float:
    began = time.process_time()
    work()
    return max(time.process_time() - began, 0.005)  # below that it is the clock that is measured


def _peak(work: Work) -> int:
    gc.collect()
    tracemalloc.start()
    try:
        work()
        return max(tracemalloc.get_traced_memory()[1], 1 << 20)
    finally:
        tracemalloc.stop()
