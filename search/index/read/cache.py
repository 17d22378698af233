"""What was computed, kept within a bound that counts all an entry costs: its key too, and its slot.

Most of what visitors ask for stands nowhere or in few documents, so arrays are small beside what is
around them: counting their bytes alone would let the cache of a busy site grow without end.
"""

from __future__ import annotations

import dataclasses
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")
# An entry in the dictionary and in its order, the pair of value and size, the size itself; measured.
_SLOT = 180


class Cache:
    """Values by key, those not used for longest dropped where all would cost more than `limit` bytes.

    What alone would cost more is not kept. Any number of threads may use it.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._entries: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self.size = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._entries

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a key, made where it is not kept; threads do not wait for each other."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
                kept: T = self._entries[key][0]
                return kept
        value = make()
        size = size_of(key) + size_of(value) + _SLOT
        with self._lock:
            if key not in self._entries and size <= self._limit:
                self._entries[key] = (value, size)
                self.size += size
                while self.size > self._limit:
                    self.size -= self._entries.popitem(last=False)[1][1]
        return value


def size_of(value: Any) -> int:
    """Return about how many bytes a value takes: arrays and what they are views of, tuples, queries."""
    size = sys.getsizeof(value)
    if isinstance(value, np.ndarray):
        if isinstance(value.base, np.ndarray):
            return size + size_of(value.base)
        return size if value.base is None else size + value.nbytes
    if isinstance(value, tuple | list):
        return size + sum(map(size_of, value))
    if isinstance(value, dict):
        return size + sum(map(size_of, value)) + sum(map(size_of, value.values()))
    if hasattr(value, "__dict__"):
        return size + size_of(vars(value))
    if dataclasses.is_dataclass(value):  # with slots
        return size + sum(size_of(getattr(value, f.name)) for f in dataclasses.fields(value))
    return size
