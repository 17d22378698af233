"""Notice files that are not as they were written.

A bit that flips in a mapped array gives a wrong answer, not an error. So each segment keeps the
CRC-32 of its files. Who has found a file whole does not read it again before it changes, or, for
bits that rot without a trace, before a time that grows with its size.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# Found whole, a file is read again after so long, or later: at most so many bytes a second.
_AGAIN_SECONDS = 30.0
_AGAIN_RATE = 4 * 2**20


def checksum_name(segment: Any) -> str:
    """Return the name of the file that keeps the checksums of a segment's files."""
    return str(segment.make_filename(".sums"))


def write_checksums(storage: Any, segment: Any) -> None:
    """Keep the checksum of each file of a segment."""
    folder = Path(storage.folder)
    sums = {name: file_checksum(folder / name) for name in segment.list_files(storage)}
    with storage.create_file(checksum_name(segment)) as file:
        file.write(json.dumps(sums).encode())


def damaged_files(storage: Any, segment: Any) -> list[str]:
    """Return the files of a segment that are missing or not as they were written."""
    return Inspector().damaged(storage, [segment])


def file_checksum(path: Path) -> int:
    """Return the CRC-32 of a file."""
    value = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            value = zlib.crc32(block, value)
    return value


class Inspector:
    """Remembers which files it found whole, so that looking again costs little.

    `largest` leaves files of more bytes aside, where somebody waits.
    """

    def __init__(self, largest: int | None = None) -> None:
        self._largest = largest
        self._whole: dict[Path, tuple[tuple[int, ...], float]] = {}

    def damaged(self, storage: Any, segments: Iterable[Any]) -> list[str]:
        """Return the names of the files of some segments that are missing or damaged."""
        before, self._whole = self._whole, {}
        folder = Path(storage.folder)
        names: list[str] = []
        for segment in segments:
            try:
                sums = json.loads((folder / checksum_name(segment)).read_bytes())
                names += [
                    n for n, value in sums.items() if not self._is_whole(folder / n, value, before)
                ]
            except (OSError, ValueError):
                names.append(checksum_name(segment))
        return names

    def _is_whole(
        self, path: Path, checksum: int, before: dict[Path, tuple[tuple[int, ...], float]]
    ) -> bool:
        try:
            state = path.stat()
            stamp = (state.st_ino, state.st_size, state.st_mtime_ns)
            known, until = before.get(path, ((), 0.0))
            if known != stamp or time.monotonic() > until:
                if self._largest is not None and state.st_size > self._largest:
                    return True
                if file_checksum(path) != checksum:
                    return False
                until = time.monotonic() + max(_AGAIN_SECONDS, state.st_size / _AGAIN_RATE)
        except OSError:
            return False
        self._whole[path] = (stamp, until)
        return True
