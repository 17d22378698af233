"""Searches go on while commits merge and rebuilds swap: no error, no wrong answer."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from multiprocessing.synchronize import Event
from typing import Any

import pytest
from django.db import connection
from haystack.query import SearchQuerySet

from archive.models import Speech, State
from search.pages import search
from search.results import SearchRequest
from search.sync.follow import catch_up
from search.sync.rebuild import rebuild
from tests.effort import tries
from tests.factories import make_speech
from tests.faults.agreement import EVERYWHERE, assert_agreed, found
from tests.faults.conftest import index_folder
from tests.faults.processes import Forked, Say

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

ROUNDS = tries("YINDE_ROUNDS", 12, 14)
STEADY = "政绩观"


def read(say: Say, steady: dict[int, str], stop: Event) -> None:
    """Search until stopped for what does not change, and say how often and what was wrong."""
    number = 0
    while not stop.is_set():
        number += 1
        page = search(SearchRequest(q=STEADY, per_page=100))
        if (
            {row.pk for row in page.rows} != steady.keys()
            or page.count != len(steady)
            or page.notes
        ):
            say(f"wrong: {page.count} {page.notes} {sorted(row.pk for row in page.rows)}")
        sources = next(facet for facet in page.facets if facet.name == "source")
        if [row.count for row in sources.rows] != [len(steady)]:
            say(f"wrong facet: {sources}")
        results = {int(r.pk): r.title for r in SearchQuerySet().filter(content=STEADY)}
        if results != steady:
            say(f"wrong results: {results}")
        empty = search(SearchRequest(q="这里没有这一句"))
        if empty.count or empty.notes:
            say(f"found nothing's {empty.count} {empty.notes}")
    say(f"searched {number}")
    connection.close()


def test_readers_see_no_error_while_commits_and_swaps_go_on() -> None:
    steady = {}
    for number in range(6):
        speech = make_speech(title=f"第{number}篇", text=f"{STEADY}，{EVERYWHERE}" * (number + 1))
        steady[speech.pk] = speech.title
    said: list[str] = []
    stop = multiprocessing.Event()
    processes = [Forked(read, steady, stop) for _ in range(2)]
    threads = [threading.Thread(target=read, args=(said.append, steady, stop)) for _ in range(2)]
    for thread in threads:
        thread.start()
    problems = []
    try:
        for rounds in range(1, ROUNDS + 1):
            speech = make_speech(title="别的", text=EVERYWHERE * rounds)
            if speech.pk not in found():
                problems.append(f"{speech.pk} is not found at once")
            if rounds % 3 == 0:
                Speech.objects.filter(title="别的")[0].delete()
            if rounds % 4 == 0:
                rebuild(processes=1)
    finally:
        stop.set()
    for thread in threads:
        thread.join()
    for process in processes:
        said += process.join()
    assert problems == []
    assert [line for line in said if not line.startswith("searched")] == []
    assert len(said) == 4
    print(f"{ROUNDS} commits, {ROUNDS // 4} swaps, {said}")  # noqa: T201 (shown with -s)
    assert_agreed()


def open_slowly(say: Say, number: int, go: int) -> None:
    """Search, pausing before file `number` is opened or mapped, and say what was found."""
    passed = 0

    def pause(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal passed
        opens = event == "open" and str(arguments[0]).startswith(str(index_folder() / "g-"))
        if opens or event == "mmap.__new__":
            passed += 1
            if passed == number:
                say("paused")
                os.read(go, 1)

    sys.addaudithook(pause)
    rows = search(SearchRequest(q=STEADY, per_page=100))
    say(f"found {rows.count} {len(rows.rows)} {len(rows.notes)}")


@pytest.mark.parametrize("replace", ["commits", "rebuild"])
def test_a_state_replaced_while_it_is_opened(replace: str) -> None:
    for _ in range(3):
        make_speech(text=STEADY)
    for number in range(1, 400, 9):
        stop, go = os.pipe()
        make_speech(text=EVERYWHERE)  # a state that the reader does not have
        reader = Forked(open_slowly, number, stop)
        heard = next(reader.lines())
        if heard == "paused":
            if replace == "rebuild":
                rebuild(processes=1)
            else:
                for _ in range(4):
                    make_speech(text=EVERYWHERE)
            os.write(go, b".")
        lines = reader.join()
        os.close(stop)
        os.close(go)
        assert [heard, *lines][-1] == "found 3 3 0", number
        if heard != "paused":
            break
    assert number > 30


def test_what_is_taken_down_is_never_shown_again() -> None:
    speeches = [make_speech(title=f"第{n}篇", text=f"{STEADY}，{EVERYWHERE}") for n in range(12)]
    stop = threading.Event()

    def build() -> None:
        while not stop.is_set():
            rebuild(processes=1)
        connection.close()

    builder = threading.Thread(target=build)
    builder.start()
    try:
        for speech in speeches:
            speech.state = State.TAKEN_DOWN
            speech.save()
            for _ in range(3):
                assert speech.pk not in found(STEADY)
    finally:
        stop.set()
        builder.join()
    catch_up(wait=5)
    assert found(STEADY) == set()
