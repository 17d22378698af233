"""Named numpy arrays in one file, read back as views into a memory map.

Layout: magic, length of the header, a JSON header {name: [dtype, offset, count]}, then the arrays,
each aligned to 8 bytes. Nothing is decoded on opening, so worker processes share the pages that the
operating system holds.
"""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

MAGIC = b"YINDE\x00\x00\x01"
_ALIGN = 8
_WORTH_A_MAP = 1 << 20


class BinaryFile(Protocol):
    """What is asked of a file to write to."""

    def write(self, data: Any, /) -> Any: ...


def write_arrays(file: BinaryFile, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write `arrays` (one-dimensional, any little-endian dtype) to `file`."""
    header: dict[str, tuple[str, int, int]] = {}
    offset = 0
    for name, array in arrays.items():
        header[name] = (array.dtype.str, offset, len(array))
        offset += -(-array.nbytes // _ALIGN) * _ALIGN
    head = json.dumps(header).encode()
    head += b" " * (-(len(head) + len(MAGIC) + 8) % _ALIGN)
    file.write(MAGIC + len(head).to_bytes(8, "little") + head)
    for array in arrays.values():
        file.write(np.ascontiguousarray(array).data.cast("B") if len(array) else b"")
        file.write(bytes(-array.nbytes % _ALIGN))


def read_arrays(buffer: memoryview) -> dict[str, NDArray[Any]]:
    """Return the arrays that `write_arrays` wrote, as read-only views into `buffer`.

    Raises ValueError if the buffer is not such a file or is cut short.
    """
    start = len(MAGIC) + 8
    if bytes(buffer[: len(MAGIC)]) != MAGIC:
        raise ValueError("not an array file")
    head = int.from_bytes(buffer[len(MAGIC) : start], "little")
    base = start + head
    arrays = {}
    try:
        header = json.loads(bytes(buffer[start:base]))
        for name, (dtype, offset, count) in header.items():
            array = np.frombuffer(buffer, np.dtype(dtype), count, base + offset) if count else None
            arrays[name] = np.empty(0, dtype) if array is None else array
    except (TypeError, AttributeError, SyntaxError, RecursionError) as error:
        raise ValueError("damaged header") from error
    return arrays


def map_file(dbfile: Any) -> memoryview:
    """Return the whole of an open Whoosh file, as a memory map if it is large.

    It outlives the file object and the directory entry: a reader keeps working on what it opened
    while a writer replaces it. A map holds a file descriptor, of which a process has about a
    thousand, so small files (most are) are read.
    """
    descriptor = dbfile.fileno()
    size = os.fstat(descriptor).st_size
    if size < _WORTH_A_MAP:
        return memoryview(os.pread(descriptor, size, 0))
    return memoryview(mmap.mmap(descriptor, size, access=mmap.ACCESS_READ))
