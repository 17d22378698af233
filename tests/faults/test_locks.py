"""One writer at a time: whoever comes second leaves it to the outbox; the dead hold nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from archive.models import Speech, State
from search.errors import IndexBusy
from search.models import IndexChange
from search.site import backend, corpus
from search.sync.follow import catch_up
from search.sync.outbox import deferred
from search.sync.rebuild import rebuild
from tests.factories import make_speech
from tests.faults.agreement import EVERYWHERE, assert_agreed, assert_right_meanwhile, found, pending
from tests.faults.processes import Forked, Say

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

SAVES = 30


def hold(say: Say, name: str) -> None:
    """Hold a lock until killed."""
    with backend().exclusive(name):
        say("held")
        signal.pause()


def hold_with_children(say: Say) -> None:
    """Hold the lock until killed, with a forked and a started child that live on."""
    with backend().exclusive("write"):
        started = subprocess.Popen(["sleep", "60"])
        forked = os.fork()
        if not forked:
            time.sleep(60)
            os._exit(0)
        say(f"{started.pid} {forked}")
        say("held")
        signal.pause()


def test_while_another_process_writes_saving_is_quick_and_the_index_follows_later() -> None:
    kept, hidden = make_speech(text=EVERYWHERE), make_speech(text=EVERYWHERE)
    holder = Forked(hold, "write")
    holder.wait_for("held")
    begun = time.monotonic()
    late = make_speech(text=EVERYWHERE)
    hidden.state = State.TAKEN_DOWN
    hidden.save()
    assert time.monotonic() - begun < 3
    assert pending() == {late.pk, hidden.pk}
    assert found() == {kept.pk}
    assert_right_meanwhile()
    with pytest.raises(IndexBusy):
        catch_up()

    holder.kill()
    assert catch_up() == 2
    assert_agreed()


def test_children_of_a_killed_holder_do_not_keep_the_lock() -> None:
    make_speech(text=EVERYWHERE)
    holder = Forked(hold_with_children)
    children = [int(pid) for pid in holder.wait_for("held")[0].split()]
    holder.process.kill()
    holder.process.join()
    try:
        for pid in children:
            os.kill(pid, 0)  # lives
        late = make_speech(text=EVERYWHERE)
        assert late.pk in found()
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)
    assert_agreed()


def test_a_rebuild_waits_for_no_other_and_a_killed_one_frees_its_lock() -> None:
    make_speech(text=EVERYWHERE)
    holder = Forked(hold, "build")
    holder.wait_for("held")
    late = make_speech(text=EVERYWHERE)
    assert late.pk in found()
    assert not pending()  # nothing is being built that would have to follow
    with pytest.raises(IndexBusy):
        rebuild(processes=1)
    holder.kill()
    assert rebuild(processes=1) == 2
    assert not IndexChange.objects.exists()
    assert_agreed()


def follow_slowly(say: Say, go: int) -> None:
    """Follow the notes, pausing before the lock is taken."""

    def pause(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and str(arguments[0]).endswith("write.lock"):
            say("paused")
            os.read(go, 1)

    sys.addaudithook(pause)
    catch_up(wait=5)
    say("done")


def test_whoever_comes_late_does_not_write_an_older_state() -> None:
    speech = make_speech(text=EVERYWHERE)
    with deferred():
        speech.text = f"{EVERYWHERE}，第一次改"
        speech.save()
    stop, go = os.pipe()
    late = Forked(follow_slowly, stop)
    late.wait_for("paused")
    speech.text = f"{EVERYWHERE}，第二次改"
    speech.save()
    os.write(go, b".")
    assert late.join() == ["done"]
    os.close(stop)
    os.close(go)
    assert_agreed()


def test_clearing_the_index_does_not_hurt_a_build() -> None:
    speech = make_speech(text=EVERYWHERE)
    rebuilt = rebuild(progress=lambda *_: corpus().clear(), processes=1)
    assert rebuilt == 1
    assert found() == {speech.pk}
    assert_agreed()


def save_many(say: Say, name: str, shared: int) -> None:
    """Save new speeches, and one again and again that others save too."""
    for number in range(SAVES):
        make_speech(title=f"{name}{number}", text=f"{EVERYWHERE}，{name}，{number}")
        if number % 5 == 0:
            speech = Speech.objects.get(pk=shared)
            speech.text = f"{EVERYWHERE}，{name}第{number}次改"
            speech.save()
    say("done")


def test_three_processes_save_at_once() -> None:
    shared = make_speech(title="共", text=EVERYWHERE)
    writers = [Forked(save_many, name, shared.pk) for name in "甲乙丙"]
    while any(writer.process.is_alive() for writer in writers):
        assert_right_meanwhile()
        time.sleep(0.1)
    assert [writer.join() for writer in writers] == [["done"]] * 3
    titles = sorted(Speech.objects.values_list("title", flat=True))
    assert titles == sorted(["共", *(f"{name}{n}" for name in "甲乙丙" for n in range(SAVES))])
    catch_up(wait=5)
    assert_agreed()
