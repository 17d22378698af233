"""kill -9 at exact moments: before each statement and each change of a file, and during a rebuild."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from itertools import count
from random import Random

import pytest
from django.utils import timezone

from archive.models import Speech, State
from search.models import IndexChange, IndexFollower
from search.site import backend, corpus
from search.sync.follow import catch_up
from search.sync.followers import note_alive, registered
from search.sync.outbox import note_changes
from search.sync.rebuild import rebuild
from tests.effort import tries
from tests.factories import make_source, make_speech
from tests.faults.agreement import EVERYWHERE, assert_agreed, assert_right_meanwhile, found, pending
from tests.faults.conftest import index_folder
from tests.faults.moments import Countdown, before_file_changes, before_statements
from tests.faults.processes import Forked, Say, children_of, eventually, lives

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

# How many of the moments of a chain of commits, and of a rebuild, are tried.
MOMENTS = max(5, tries("YINDE_KILLS", 20, 28) // 4)


def save_and_die(say: Say, moment: int) -> None:
    """Save a speech, dying before statement number `moment`."""
    countdown = Countdown(moment)
    before_statements(countdown)
    speech = make_speech(title=f"第{moment}篇", text=f"{EVERYWHERE}{moment}")
    say(f"saved {speech.pk}")


def test_killed_before_any_statement_of_a_save() -> None:
    make_speech(text=EVERYWHERE)
    for moment in count():
        before = set(Speech.objects.values_list("pk", flat=True))
        lines = Forked(save_and_die, moment).join()
        new = set(Speech.objects.values_list("pk", flat=True)) - before
        assert_right_meanwhile()
        assert lines == [] or lines == [f"saved {pk}" for pk in new]
        if new:  # what is in the database is noted, or in the index
            assert new <= found() | pending()
        catch_up(wait=5)
        assert_agreed()
        if lines:
            break
    assert moment > 8


def save_and_die_before_forgetting(say: Say) -> None:
    """Save a speech, dying when the index has it and the note is about to be deleted."""
    before_statements(Countdown(0), 'DELETE FROM "search_indexchange"')
    make_speech(text=EVERYWHERE)
    say("survived")


def test_killed_between_the_commit_and_forgetting_the_note() -> None:
    first = make_speech(text=EVERYWHERE)
    assert Forked(save_and_die_before_forgetting).join() == []
    new = Speech.objects.exclude(pk=first.pk).get()
    assert IndexChange.objects.get().key == new.pk
    assert found() == {first.pk, new.pk}
    assert catch_up() == 1
    assert_agreed()


def commit_and_die(say: Say, moment: int) -> None:
    """Save and delete so often that segments are merged, dying before change `moment` of a file."""
    countdown = Countdown(moment)
    before_file_changes(countdown, index_folder())
    for number in range(5):
        say(f"saved {make_speech(text=f'{EVERYWHERE}{number}').pk}")
    Speech.objects.order_by("pk")[0].delete()
    say(f"passed {countdown.passed}")


def test_killed_before_any_change_of_a_file_in_commits_that_merge() -> None:
    for number in range(3):
        make_speech(text=f"{EVERYWHERE}{number}")
    total = int(Forked(commit_and_die, -1).join()[-1].split()[1])
    assert total > 100
    for moment in sorted(Random(1).sample(range(total), min(total, MOMENTS))):
        lines = Forked(commit_and_die, moment).join()
        acknowledged = {int(line.split()[1]) for line in lines if line.startswith("saved")}
        assert acknowledged <= set(Speech.objects.values_list("pk", flat=True))
        assert_right_meanwhile()
        catch_up(wait=5)
        assert_agreed()
        assert strays() == set()


def rebuild_and_die(say: Say, moment: int) -> None:
    """Rebuild while more is saved, dying before change `moment` of a file."""
    countdown = Countdown(moment)
    before_file_changes(countdown, index_folder())

    def save(_done: int, _total: int) -> None:
        say(f"saved {make_speech(text=f'{EVERYWHERE}，后来的').pk}")

    rebuild(progress=save, processes=1)
    say(f"passed {countdown.passed}")


def test_killed_before_any_change_of_a_file_in_a_rebuild() -> None:
    for number in range(3):
        make_speech(text=f"{EVERYWHERE}{number}")
    total = int(Forked(rebuild_and_die, -1).join()[-1].split()[1])
    for moment in sorted(Random(2).sample(range(total), min(total, MOMENTS))):
        lines = Forked(rebuild_and_die, moment).join()
        acknowledged = {int(line.split()[1]) for line in lines if line.startswith("saved")}
        assert acknowledged <= set(Speech.objects.values_list("pk", flat=True))
        assert_right_meanwhile()
        if moment % 2:
            catch_up(wait=5)
            assert_agreed()
        rebuild(processes=1)
        assert_agreed()
        assert strays() == set()
        # Who died between swapping and forgetting the former generation left it registered.
        some_time_ago = timezone.now() - timedelta(minutes=11)
        IndexFollower.objects.update(seen_at=some_time_ago)
        note_alive(registered(corpus()))
        assert IndexFollower.objects.get() == registered(corpus())
        assert not IndexChange.objects.exists()


def rebuild_with_two_processes(say: Say) -> None:
    """Rebuild with two more processes."""
    say("begun")
    rebuild(processes=2)
    say("done")


@pytest.mark.long
def test_killed_while_two_processes_build() -> None:
    random, source = Random(3), make_source()
    many = [
        Speech(title=f"第{n}篇", text=f"{EVERYWHERE}{n}", source=source, state=State.PUBLISHED)
        for n in range(900)
    ]
    for speech in many:
        speech.derive()
    made = Speech.objects.bulk_create(many)
    note_changes(Speech, [speech.pk for speech in made])
    rebuild(processes=1)
    for seconds in (random.uniform(0, 1), random.uniform(1, 2)):
        building = Forked(rebuild_with_two_processes)
        building.wait_for("begun")
        eventually(lambda building=building: len(children_of(building.pid)) >= 2)
        children = children_of(building.pid)
        time.sleep(seconds)
        building.kill()
        late = make_speech(text=EVERYWHERE)
        assert late.pk in found()
        eventually(lambda children=children: not any(map(lives, children)), 10)
    finished = Forked(rebuild_with_two_processes)
    assert finished.join() == ["begun", "done"]
    assert_agreed()
    assert not IndexChange.objects.exists()
    assert strays() == set()


def strays() -> set[str]:
    """Return what lies in the index's folder after one more save and belongs to nothing."""
    make_speech(text=EVERYWHERE)
    root = index_folder()
    living = os.readlink(root / "current")
    known = {"current", "write.lock", "build.lock", living}
    state = backend().snapshot()
    segments = {segment.reader.segment().segment_id() for segment in state.segments}
    outside = {path.name for path in root.iterdir()} - known
    inside = {
        path.name
        for path in (root / living).iterdir()
        if path.name.partition(".")[0] not in segments
    }
    return outside | inside - {"fingerprint", f"_MAIN_{state.key[1]}.toc"}
