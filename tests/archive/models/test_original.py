"""Original files are kept once, whole or not at all."""

import errno
import fcntl
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from archive.models import Original
from archive.models.original import media_type_of
from archive.originals import sweep
from tests.factories import path_of

pytestmark = pytest.mark.django_db


def test_the_same_bytes_are_kept_once_under_their_digest(originals_dir: Path) -> None:
    first = Original.objects.keep(b"one", "甲\x00.html")
    again = Original.objects.keep(b"one", "乙.txt")
    other = Original.objects.keep(b"two", "丙.docx")
    assert first == again != other
    assert (first.name, first.size, first.media_type) == ("甲.html", 3, "text/html")
    assert str(first) == "甲.html"
    assert first.read() == b"one"
    assert path_of(first).parent.parent == originals_dir
    assert len([path for path in originals_dir.rglob("*") if path.is_file()]) == 2


def test_a_row_of_a_table_is_json_whatever_it_is_called() -> None:
    assert Original.objects.keep(b"{}", "a.html", is_row=True).media_type == "application/json"


def test_a_lost_file_is_written_again() -> None:
    row = Original.objects.keep(b"one", "a.txt")
    path_of(row).unlink()
    assert Original.objects.keep(b"one", "a.txt").read() == b"one"


def test_a_full_disk_leaves_neither_row_nor_file(
    originals_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        if stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        Original.objects.keep(b"one", "a.txt")
    assert not Original.objects.exists()
    assert not [path for path in originals_dir.rglob("*") if path.is_file()]


def test_what_killed_processes_left_is_swept_and_what_is_being_written_is_not(
    originals_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Original.objects.keep(b"one", "a.txt")
    left = [path_of(kept).with_name("tmpabc"), originals_dir / "00" / "tmpdef"]
    left[1].parent.mkdir(exist_ok=True)
    for path in left:
        path.write_bytes(b"half")
    swept = []
    flush = os.fsync

    def sweep_meanwhile(handle: int) -> None:
        swept.append(sweep())
        flush(handle)

    monkeypatch.setattr(os, "fsync", sweep_meanwhile)
    assert Original.objects.keep(b"two", "b.txt").read() == b"two"
    assert (swept[0], sum(swept)) == (2, 2)
    assert kept.read() == b"one"
    assert len([path for path in originals_dir.rglob("*") if path.is_file()]) == 2


def test_a_file_swept_before_it_is_locked_is_begun_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lock, swept = fcntl.flock, []

    def late(file: Any, how: int) -> None:
        if not swept and how == fcntl.LOCK_EX:
            swept.append(0)
            swept[0] = sweep()
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    assert Original.objects.keep(b"one", "a.txt").read() == b"one"
    assert swept == [1]


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.HTML", "text/html"),
        ("a.txt", "text/plain"),
        ("a.jsonl#3", ""),
        ("data:text/html;x.txt", "text/plain"),
        (f"data:{'x' * 200},", ""),
        ("noname", ""),
    ],
)
def test_media_type_is_what_the_name_promises(name: str, media_type: str) -> None:
    assert media_type_of(name) == media_type
