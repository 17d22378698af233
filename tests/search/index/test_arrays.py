"""Arrays in one file: read back as they were, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from search.index.format.arrays import map_file, read_arrays, write_arrays


@pytest.mark.parametrize("size", [0, 1, 7, 300_000], ids=str)
def test_arrays_come_back_as_they_were(tmp_path: Path, size: int) -> None:
    arrays = {
        "bytes": np.arange(size, dtype=np.uint8),
        "long": np.arange(size, dtype="<u8"),
        "short": np.arange(size, dtype="<u2"),
    }
    path = tmp_path / "file"
    with path.open("wb") as file:
        write_arrays(file, arrays)
    with path.open("rb") as file:
        found = read_arrays(map_file(file))
    path.unlink()  # what is mapped or read outlives the file
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        assert np.array_equal(found[name], array)
        assert found[name].dtype == array.dtype


@pytest.mark.parametrize(
    "content", [b"", b"YINDE", b"something else", b"YINDE\0\0\x01" + b"\xff" * 20]
)
def test_another_file_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (of several kinds)
        read_arrays(memoryview(content))


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("wb") as file:
        write_arrays(file, {"long": np.arange(100, dtype="<u8")})
    with pytest.raises(ValueError, match="buffer"):
        read_arrays(memoryview(path.read_bytes()[:-9]))
