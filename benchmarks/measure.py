"""Measure time and memory."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import django
import numpy as np

T = TypeVar("T")


@dataclass(frozen=True)
class Measured(Generic[T]):
    """What a function returned, how long it took, on the clock and of processors (of the process
    and those it started), and the peak memory of the largest process."""

    value: T
    seconds: float
    processor_seconds: float
    peak_bytes: int


def in_child(function: Callable[..., T], *arguments: Any) -> Measured[T]:
    """Call a function of a module in a fresh process, so that it pays for no memory but its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, initializer=django.setup) as pool:
        return pool.submit(_measured, function, arguments).result()


def _measured(function: Callable[..., T], arguments: tuple[Any, ...]) -> Measured[T]:
    before = _processor_seconds()
    value, seconds = timed(function, *arguments)
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    peak = 1024 * max(children, _kilobytes("status", "VmHWM:"))
    return Measured(value, seconds, _processor_seconds() - before, peak)


def _processor_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def anonymous_bytes() -> int:
    """Return the memory of this process that no file backs: what a worker costs beyond its maps."""
    return 1024 * _kilobytes("smaps_rollup", "Anonymous:")


def _kilobytes(file: str, key: str) -> int:
    for line in Path(f"/proc/self/{file}").read_text("ascii").splitlines():
        if line.startswith(key):
            return int(line.split()[1])
    raise ValueError(f"no {key} in /proc/self/{file}")


def folder_bytes(path: Path) -> int:
    """Return the size of a file or of all files of a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(each.lstat().st_size for each in files if each.is_file() and not each.is_symlink())


@dataclass(frozen=True)
class Times:
    """How long some calls took, in milliseconds."""

    median: float
    p95: float
    worst: float
    count: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Times:
        """Sum up what was measured."""
        if not seconds:
            return cls(float("nan"), float("nan"), float("nan"), 0)
        milliseconds = np.array(seconds) * 1000
        return cls(
            float(np.median(milliseconds)),
            float(np.percentile(milliseconds, 95)),
            float(milliseconds.max()),
            len(seconds),
        )


def timed(function: Callable[..., T], *arguments: Any) -> tuple[T, float]:
    """Return what a call gives and the seconds it took."""
    started = time.perf_counter()
    value = function(*arguments)
    return value, time.perf_counter() - started
