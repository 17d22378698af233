"""Original files are kept once, whole or not at all."""

import errno
import os
import stat
from pathlib import Path

import pytest

from archive.models import Original
from archive.models.original import media_type_of

pytestmark = pytest.mark.django_db


def test_the_same_bytes_are_kept_once_under_their_digest(originals_dir: Path) -> None:
    first = Original.objects.keep(b"one", "甲\x00.html")
    again = Original.objects.keep(b"one", "乙.txt")
    other = Original.objects.keep(b"two", "丙.docx")
    assert first == again != other
    assert (first.name, first.size, first.media_type) == ("甲.html", 3, "text/html")
    assert str(first) == "甲.html"
    assert first.read() == b"one"
    assert first.path.parent.parent == originals_dir
    assert len([path for path in originals_dir.rglob("*") if path.is_file()]) == 2


def test_a_lost_file_is_written_again() -> None:
    row = Original.objects.keep(b"one", "a.txt")
    row.path.unlink()
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


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.HTML", "text/html"),
        ("a.txt", "text/plain"),
        ("a.jsonl#3", "application/json"),
        ("x.zip/a.NDJSON#12", "application/json"),
        ("noname", ""),
    ],
)
def test_media_type_is_what_the_name_promises(name: str, media_type: str) -> None:
    assert media_type_of(name) == media_type
