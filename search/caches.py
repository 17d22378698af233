"""The caches of a process: each has a bound, and all can be asked how full they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import _lru_cache_wrapper
from typing import Any, NamedTuple, TypeVar

from cachetools import Cache

T = TypeVar("T", bound="_lru_cache_wrapper[Any] | Cache[Any, Any]")


class Fill(NamedTuple):
    """How full a cache is, and how full it may get: entries, or bytes where `in_bytes`."""

    name: str
    used: int
    limit: int
    in_bytes: bool = False


_fills: dict[str, Callable[[], Fill]] = {}


def watched(name: str, cache: T) -> T:
    """Have a cache of so many entries, a function's or one of cachetools, listed by a name of its own."""

    def fill() -> Fill:
        if isinstance(cache, Cache):
            return Fill(name, int(cache.currsize), int(cache.maxsize))
        info = cache.cache_info()
        return Fill(name, info.currsize, info.maxsize or 0)

    watch(name, fill)
    return cache


def watch(name: str, fill: Callable[[], Fill]) -> None:
    """Have a cache listed that `fill` describes."""
    _fills[name] = fill


def fills() -> Iterator[Fill]:
    """Yield how full each cache of this process is; only of what it has loaded."""
    return (fill() for _name, fill in sorted(_fills.items()))
