"""What the writer refuses, the build has to leave out and Haystack's own commands meet."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from haystack import connections
from haystack.exceptions import SkipDocument

from archive.models import Speech
from archive.search_indexes import SpeechIndex
from search.errors import IndexUnavailable
from search.models import IndexChange, IndexFailure
from search.pages import search
from search.results import SearchRequest
from search.site import backend, corpus
from search.sync.consistency import differences
from search.sync.follow import catch_up
from search.sync.followers import registered
from search.sync.outbox import deferred
from search.sync.rebuild import rebuild
from tests.database import database_url
from tests.factories import make_source, make_speech

pytestmark = pytest.mark.django_db(transaction=True)

UNREADABLE, UNWRITABLE, LEFT_OUT = "预备出错", "写入出错", "不收"


class PickyIndex(SpeechIndex):
    """An index class with faults of its own, asked for by the title."""

    def prepare_tag(self, speech: Speech) -> list[str]:
        """Raise, or return what no file can take: the writer learns that only at the very end."""
        if speech.title == UNREADABLE:
            raise FileNotFoundError(speech.title)
        if speech.title == LEFT_OUT:
            raise SkipDocument
        return ["\ud800"] if speech.title == UNWRITABLE else []


@pytest.fixture(autouse=True)
def picky(own_index: None) -> None:
    """Let the site use `PickyIndex`."""
    connections["default"].get_unified_index().build([PickyIndex()])


def found(line: str = "水渠") -> set[int]:
    """The keys that a search finds."""
    return {row.pk for row in search(SearchRequest(line, per_page=1000)).rows}


def failed() -> set[int]:
    """The keys of what could not be indexed."""
    return set(IndexFailure.objects.values_list("key", flat=True))


def keys(speeches: list[Speech]) -> set[int]:
    """The keys of some speeches."""
    return {speech.pk for speech in speeches}


def make_batch(*bad: str) -> tuple[list[Speech], list[Speech]]:
    """Make good speeches and, among them, bad ones of these titles, all waiting for the index."""
    make_speech(text="起头。")  # makes the index
    titles = [title for each in bad for title in ("好", "好", each, "好")]
    with deferred():
        made = [make_speech(title, f"水渠{n}。") for n, title in enumerate(titles)]
    return [each for each in made if each.title == "好"], [e for e in made if e.title != "好"]


@pytest.mark.parametrize(
    "bad",
    [
        [UNWRITABLE],
        [UNWRITABLE] * 3,
        [UNREADABLE, UNWRITABLE, UNWRITABLE, UNREADABLE, UNWRITABLE],
    ],
)
def test_only_what_fails_alone_is_put_aside(bad: list[str]) -> None:
    good, failing = make_batch(*bad)
    catch_up()
    assert found() == keys(good)
    assert failed() == keys(failing)
    assert not IndexChange.objects.exists()

    assert rebuild(processes=1) == len(good) + 1
    assert found() == keys(good)
    assert failed() == keys(failing)
    assert {each.identity for each in differences()} == {
        f"archive.speech.{speech.pk}" for speech in failing
    }

    Speech.objects.filter(pk__in=keys(failing)).update(title="好")
    assert rebuild(processes=1) == len(good) + len(failing) + 1
    assert not failed()
    assert list(differences()) == []


def test_what_changes_during_a_rebuild_may_fail_or_be_mended() -> None:
    good, (mended,) = make_batch(UNREADABLE)

    def change(_done: int, _total: int) -> None:
        mended.title, good[0].title, good[1].title = "好", UNREADABLE, UNWRITABLE
        for speech in (mended, *good[:2]):
            speech.save()

    rebuild(progress=change, processes=1)
    # As ever, the index keeps what it has of those that fail: here, what had been built.
    assert found() == keys([mended, *good])
    assert failed() == keys(good[:2])
    assert not IndexChange.objects.exists()


def test_processes_of_a_build_leave_it_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    source = make_source()
    rows = [
        # What stands where a list of tags should raises in the site's own index class.
        Speech(title="好", text="水渠。", source=source, site_tags=7 if n % 300 == 7 else [])
        for n in range(900)
    ]
    for row in rows:
        row.derive()
    Speech.objects.bulk_create(rows)
    # A process of its own knows only the environment, not the test's database and index.
    monkeypatch.setenv("DATABASE_URL", database_url())
    monkeypatch.setenv("SEARCH_URL", f"whoosh://{backend().folder.root}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    assert rebuild(processes=2) == 897
    assert len(failed()) == 3


def test_what_its_index_leaves_out_is_taken_out() -> None:
    speech = make_speech(text="水渠。")
    assert found() == {speech.pk}
    speech.title = LEFT_OUT
    speech.save()
    assert found() == set()
    assert list(differences()) == []
    assert rebuild(processes=1) == 0


@pytest.mark.parametrize("label", ["archive.gone", "archive.source"])
def test_notes_of_what_has_no_index_any_more_are_followed(label: str) -> None:
    make_speech()
    IndexChange.objects.create(follower=registered(corpus()), model=label, key=1)
    assert catch_up() == 1
    assert not IndexChange.objects.exists()
    assert not failed()


def test_damage_is_nobodys_failure() -> None:
    speeches = [make_speech(text=f"水渠{n}。") for n in range(3)]
    unavailable = 0
    for number in range(len(living())):
        path = living()[number]
        path.write_bytes(b"\xff" * path.stat().st_size)
        with deferred():
            for speech in speeches:
                speech.save()
        try:
            catch_up()
        except IndexUnavailable:
            unavailable += 1
            assert {note.key for note in IndexChange.objects.all()} == keys(speeches)
        assert not failed(), path.name
        rebuild(processes=1)
        assert list(differences()) == []
        if number + 1 == len(living()):
            break
    assert unavailable > 1


def living() -> list[Path]:
    """The files of the living index."""
    return sorted(backend().folder.current().iterdir())


@pytest.fixture
def updating() -> Iterator[threading.Thread]:
    """Let `update_index` have read its objects and wait for the lock, until the test's end."""

    def update() -> None:
        call_command("update_index", stdout=StringIO(), verbosity=0)
        connection.close()

    thread = threading.Thread(target=update)
    yield thread
    thread.join()


def test_haystacks_update_does_not_write_what_it_read_before_others_saved(
    updating: threading.Thread,
) -> None:
    kept, gone = make_speech(text="水渠。"), make_speech(text="水渠。")
    with backend().exclusive("write"):
        updating.start()
        time.sleep(0.5)
        kept.text = "堤坝。"
        kept.save()
        gone.delete()
    catch_up(wait=5)
    updating.join()
    assert (found("堤坝"), found("水渠")) == ({kept.pk}, set())
    assert list(differences()) == []


def test_haystacks_update_puts_aside_what_cannot_be_indexed() -> None:
    good, failing = make_batch(UNWRITABLE, UNREADABLE)
    IndexChange.objects.all().delete()
    call_command("update_index", verbosity=0)
    assert found() == keys(good)
    assert failed() == keys(failing)
    Speech.objects.update(title="好")
    call_command("rebuild_index", interactive=False, verbosity=0)
    assert found() == keys(good + failing)
    assert not failed()
    assert list(differences()) == []


def test_haystacks_update_removes_only_what_is_gone() -> None:
    kept, gone = make_speech(text="水渠。"), make_speech(text="水渠。")
    with deferred():
        gone.delete()
    IndexChange.objects.all().delete()
    assert [each.problem for each in differences()] == ["is not in the database"]
    call_command("update_index", remove=True, verbosity=0)
    # What it found stale may have been saved by the time that it removes it.
    corpus().remove(f"archive.speech.{kept.pk}")
    assert found() == {kept.pk}
    assert list(differences()) == []
