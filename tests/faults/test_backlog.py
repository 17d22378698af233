"""A long outbox, as an import leaves it that runs while the index is locked, lost or out of room."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from django.db import connection

from archive.models import Speech, State
from search.models import IndexChange
from search.sync.follow import catch_up
from search.sync.outbox import deferred, note_changes
from search.sync.rebuild import rebuild
from tests.factories import make_source, make_speech
from tests.faults.agreement import EVERYWHERE, assert_agreed, found

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

# The fewest values that a statement of any SQLite may hold.
FEWEST = 999


@pytest.fixture
def backlog() -> Iterator[list[Speech]]:
    """Make speeches that all wait for the index, more than a statement may name."""
    kept, hidden = make_speech(text=EVERYWHERE), make_speech(text=EVERYWHERE)
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, FEWEST)
    source = make_source()
    many = [
        Speech(title=f"第{n}篇", text=EVERYWHERE, source=source, state=State.PUBLISHED)
        for n in range(FEWEST + 300)
    ]
    for speech in many:
        speech.derive()
    with deferred():
        made = Speech.objects.bulk_create(many, batch_size=30)
        for at in range(0, len(made), 200):
            note_changes(Speech, [speech.pk for speech in made[at : at + 200]])
        hidden.state = State.TAKEN_DOWN
        hidden.save()
    assert IndexChange.objects.count() > FEWEST
    yield [kept, *made]
    connection.close()  # and the limit with it


def test_searching_goes_on_and_the_index_follows(backlog: list[Speech]) -> None:
    assert found() == {backlog[0].pk}
    catch_up()
    assert found() == {speech.pk for speech in backlog}


def test_a_rebuild_follows_it(backlog: list[Speech]) -> None:
    rebuild(processes=1)
    assert not IndexChange.objects.exists()
    assert_agreed()


def test_a_rebuild_follows_what_came_during_it(backlog: list[Speech]) -> None:
    def change(done: int, total: int) -> None:
        if done == total:
            keys = list(Speech.objects.values_list("pk", flat=True))
            with deferred():
                for at in range(0, len(keys), 200):
                    note_changes(Speech, keys[at : at + 200])

    rebuild(progress=change, processes=1)
    assert not IndexChange.objects.exists()
    assert_agreed()
