"""A power cut at any moment leaves the old state of the index or the new one, and every original kept.

YINDE_CUTS=5000 cuts that often.
"""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from pytest_django import Settings

from archive.models import Original, Speech
from archive.models.original import place_of
from archive.originals import DurableStorage
from search.errors import IndexUnavailable
from search.index.backend import damaged_files, forget, newest_snapshot
from search.index.format.generations import IndexFolder
from search.sync.rebuild import rebuild
from search.text.fold import fold
from tests.effort import tries
from tests.factories import make_speech
from tests.faults.agreement import EVERYWHERE
from tests.faults.conftest import index_folder
from tests.faults.disk import Disk, write

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

CUTS = tries("YINDE_CUTS", 150, 200)
State = dict[int, str] | None


def held(root: Path) -> State:
    """Return key and folded text of what an index holds, None if it cannot be read."""
    folder = IndexFolder(root)
    try:
        state = newest_snapshot(folder)
        assert damaged_files(folder) == []
    except IndexUnavailable:
        return None
    finally:
        forget(folder)
    keys = state.integers("django_id").tolist()
    texts = {}
    for segment, column in zip(state.segments, state.column("text"), strict=True):
        for number in range(segment.size):
            if state.live[segment.base + number]:
                units = column[number].first.code_units.tobytes()
                texts[keys[segment.base + number]] = units.decode("utf-16-le")
    return texts


def test_a_power_cut_leaves_the_old_state_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_folder().mkdir()
    disk, promised = Disk(index_folder()), [None]

    def promise() -> None:
        """Take down what an acknowledged change has left in the index."""
        promised.append({s.pk: fold(s.text) for s in Speech.objects.all()})
        disk.done += 1

    def save(text: str) -> Speech:
        speech = make_speech(text=text)
        promise()
        return speech

    with disk.recording(monkeypatch):
        first = save(EVERYWHERE)
        for number in range(5):  # more than are kept apart: some are merged
            save(f"{EVERYWHERE}{number}" * 20)
        first.text = f"{EVERYWHERE}，改过了"
        first.save()
        promise()
        first.delete()
        promise()
        rebuild(progress=lambda *_: save("重建时来的") and None, processes=1)
        save(f"{EVERYWHERE}，最后一篇")
        disk.take()
    assert held(index_folder()) == promised[-1]
    assert len(disk.moments) > 100

    random, seen = Random(4), {"old": 0, "new": 0, "none yet": 0}
    for cut in range(CUTS):
        moment = random.choice(disk.moments)
        write(
            moment.after_a_cut(random, random.choice([0.0, 0.2, 0.5, 0.8, 1.0])), tmp_path / "cut"
        )
        found = held(tmp_path / "cut")
        shutil.rmtree(tmp_path / "cut")
        old, new = promised[moment.done], [*promised, promised[-1]][moment.done + 1]
        assert found in (old, new), f"cut {cut} after {moment.done}"
        seen["none yet" if found is None else "old" if found == old else "new"] += 1
    assert min(seen.values()) > 0, seen
    print(f"{len(disk.moments)} moments, {CUTS} cuts, {seen}")  # noqa: T201 (shown with -s)


def test_a_power_cut_takes_no_original_that_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    settings.ORIGINALS_DIR = data / "originals"
    disk, kept = Disk(data), []
    with disk.recording(monkeypatch):
        for number in range(20):
            kept.append(
                Original.objects.keep(f"{EVERYWHERE}{number}".encode() * 9, f"{number}.txt")
            )
            disk.done += 1
        disk.take()

    random = Random(5)
    for cut in range(CUTS):
        moment = random.choice(disk.moments)
        write(
            moment.after_a_cut(random, random.choice([0.0, 0.2, 0.5, 0.8, 1.0])), tmp_path / "cut"
        )
        left = DurableStorage(str(tmp_path / "cut/originals"))
        for original in kept:
            name = place_of(original.sha256)
            if original in kept[: moment.done] or left.exists(name):
                with left.open(name) as file:  # whole, or not there at all
                    assert sha256(file.read()).hexdigest() == original.sha256, cut
        shutil.rmtree(tmp_path / "cut")
