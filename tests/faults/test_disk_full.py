"""The index's disk is full: saving works, the note stays, and the index follows once there is room."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from haystack import connections as search_connections

from archive.models import Speech, State
from search.models import IndexChange
from search.sync.follow import catch_up
from search.sync.rebuild import rebuild
from tests.factories import make_speech
from tests.faults.agreement import EVERYWHERE, assert_agreed, assert_right_meanwhile, found, pending
from tests.faults.processes import command, eventually

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

# Takes several hundred kilobytes of an index.
LONG = EVERYWHERE + "".join(chr(0x4E00 + n % 9000) for n in range(40_000))


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Put the index on a file system of two megabytes; the database is elsewhere."""
    disk = tmp_path / "small"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system is not permitted here")
    monkeypatch.setitem(search_connections.connections_info["default"], "PATH", str(disk / "index"))
    monkeypatch.setenv("SEARCH_URL", f"whoosh://{disk / 'index'}")
    search_connections.reload("default")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Take up all room that is left on a disk."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    return ballast


def free(ballast: Path, size: int) -> None:
    """Give back some of the room taken up."""
    with ballast.open("rb+") as file:
        file.truncate(ballast.stat().st_size - size)


def segments(folder: Path) -> set[str]:
    """Return the names of the segments of which there are files below a folder."""
    return {path.name.partition(".")[0] for path in folder.rglob("MAIN_*.*")}


def files(folder: Path) -> set[str]:
    """Return the names of all files below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_saving_works_and_the_index_follows_when_there_is_room(small_disk: Path) -> None:
    kept, hidden = make_speech(text=EVERYWHERE), make_speech(text=EVERYWHERE)
    before = files(small_disk / "index")
    ballast = fill(small_disk)
    late = []
    for number in range(4):
        begun = time.monotonic()
        late.append(make_speech(text=f"{EVERYWHERE}{number}。" * 200))
        assert time.monotonic() - begun < 2
    hidden.state = State.TAKEN_DOWN
    hidden.save()
    assert IndexChange.objects.count() == 5
    assert found() == {kept.pk}  # what is taken down is not shown, though the index has it
    assert_right_meanwhile()
    with pytest.raises(OSError, match="No space"):
        catch_up()

    ballast.unlink()
    assert catch_up() == 5
    assert_agreed()
    assert found() == {kept.pk, *(speech.pk for speech in late)}
    assert len(files(small_disk / "index")) < len(before) * 3


def test_what_failed_takes_no_room_from_the_next_try(small_disk: Path) -> None:
    make_speech(text=EVERYWHERE)
    ballast = fill(small_disk)
    free(ballast, 64 * 1024)
    late = make_speech(text=LONG)
    for _ in range(5):
        with pytest.raises(OSError, match="No space"):
            catch_up()
    assert len(segments(small_disk / "index")) <= 2  # the living one, and the last try
    free(ballast, 1024 * 1024)
    assert catch_up() == 1
    assert late.pk in found("一丁丂七")
    assert_agreed()


def test_a_rebuild_that_finds_no_room_leaves_the_living_index(small_disk: Path) -> None:
    speech = make_speech(text=LONG)
    before = files(small_disk / "index") | {"build.lock"}
    ballast = fill(small_disk)
    for room in (0, 8 * 1024, 64 * 1024):
        free(ballast, room)
        with pytest.raises(OSError, match="No space"):
            rebuild(processes=1)
        assert files(small_disk / "index") | {"build.lock"} == before
        assert found() == {speech.pk}
    ballast.unlink()
    assert rebuild(processes=1) == 1
    assert_agreed()


@pytest.mark.long
def test_the_worker_goes_on_when_there_is_room(small_disk: Path) -> None:
    make_speech(text=EVERYWHERE)
    worker = command("follow_search")
    ballast = fill(small_disk)
    try:
        late = make_speech(text=EVERYWHERE * 2000)
        time.sleep(1.5)
        assert worker.poll() is None
        assert Speech.objects.filter(pk=late.pk).exists()
        assert pending() == {late.pk}
        ballast.unlink()
        eventually(lambda: not IndexChange.objects.exists())
    finally:
        worker.terminate()
        print(worker.communicate(timeout=20)[0])  # noqa: T201 (shown where the test fails)
    assert worker.returncode == 0
    assert_agreed()
