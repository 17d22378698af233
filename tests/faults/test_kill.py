"""kill -9 at any moment of saving: nothing acknowledged is lost, and the index catches up.

YINDE_KILLS=400 does it that many times.
"""

from __future__ import annotations

import time
from itertools import count
from random import Random

import pytest

from archive.models import Speech, State
from search.sync.follow import catch_up
from tests.effort import tries
from tests.factories import make_speech
from tests.faults.agreement import EVERYWHERE, assert_agreed, assert_right_meanwhile
from tests.faults.processes import Forked, Say

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

KILLS_A_RUN = 5
RUNS = -(-tries("YINDE_KILLS", 10, 20) // KILLS_A_RUN)


def edit(say: Say, seed: int) -> None:
    """Save, change, hide and delete speeches, saying before what will be and after that it is."""
    random = Random(seed)
    mine: list[Speech] = []
    for number in count():
        deed = random.choice("++++=-x") if mine else "+"
        speech = random.choice(mine) if mine else None
        title, text = f"{seed}-{number}", f"{EVERYWHERE}，第{number}稿。" * random.randint(1, 40)
        if deed == "+" or speech is None:
            say(f"try {title} {State.PUBLISHED} {text}")
            mine.append(make_speech(title=title, text=text))
        elif deed == "=":
            say(f"try {speech.title} {speech.state} {text}")
            speech.text = text
            speech.save()
        elif deed == "-":
            say(f"try {speech.title} {State.TAKEN_DOWN} {speech.text}")
            speech.state = State.TAKEN_DOWN
            speech.save()
        else:
            say(f"try {speech.title} gone -")
            mine.remove(speech)
            speech.delete()
        say("done")


class Ledger:
    """What the killed processes said they had done."""

    def __init__(self) -> None:
        self.sure: dict[str, tuple[str, str]] = {}
        self.unsure: dict[str, tuple[str, str]] = {}

    def read(self, lines: list[str]) -> None:
        """Take down the lines of one process."""
        for line in lines:
            if line == "done":
                self.sure |= self.unsure
                self.unsure = {}
            else:
                _try, title, state, text = line.split(" ")
                self.unsure = {title: (state, text)}

    def settle(self) -> None:
        """Assert that the database holds all that was done, and perhaps what was being done."""
        held = {s.title: (str(s.state), s.text) for s in Speech.objects.all()}
        for title, wanted in self.unsure.items():
            if held.get(title, ("gone", "-")) == wanted:
                self.sure[title] = wanted
        self.unsure = {}
        assert held == {title: each for title, each in self.sure.items() if each[0] != "gone"}


@pytest.mark.parametrize("run", range(RUNS))
def test_nothing_acknowledged_is_lost_by_kill_9_at_random_moments(run: int) -> None:
    random, ledger = Random(run), Ledger()
    for kill in range(KILLS_A_RUN):
        saving = Forked(edit, run * KILLS_A_RUN + kill)
        heard = saving.wait_for("done")
        time.sleep(random.uniform(0, 0.25))
        ledger.read(heard + saving.kill())
        ledger.settle()
        assert_right_meanwhile()
        if random.random() < 0.5:  # else the next process catches up with both
            catch_up(wait=5)
            assert_agreed()
    catch_up(wait=5)
    assert_agreed()
