"""A document that cannot be indexed stops no other, is named, and comes in when it can."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from archive.models import Speech, State
from archive.roles import ADMINISTRATOR, EDITOR, make_groups
from archive.search_indexes import SpeechIndex
from search.models import IndexFailure
from search.pages import search
from search.results import SearchRequest
from search.site import corpus
from search.sync.consistency import differences
from search.sync.documents import in_halves
from search.sync.follow import catch_up
from search.sync.outbox import deferred, note_changes
from tests.factories import make_speech

pytestmark = pytest.mark.django_db(transaction=True)

BAD = "坏字"


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that cannot take in what holds BAD."""
    whole = SpeechIndex.prepare_year

    def prepare_year(self: SpeechIndex, speech: Speech) -> str:
        if BAD in speech.text:
            raise ValueError(f"no room for\n{BAD}")
        return whole(self, speech)

    monkeypatch.setattr(SpeechIndex, "prepare_year", prepare_year)


def found(line: str) -> set[int]:
    """The keys that a search finds."""
    return {row.pk for row in search(SearchRequest(line)).rows}


def let_it_be_due() -> None:
    """Do not wait for the next attempt."""
    IndexFailure.objects.update(retry_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.usefixtures("poisoned")
def test_what_cannot_be_indexed_stops_nothing_behind_it() -> None:
    make_speech(text="起头。")  # makes the index
    with deferred():
        made = [make_speech(text=f"水渠{n}。" + BAD * (n == 3)) for n in range(8)]
    catch_up()
    good = {speech.pk for speech in made if BAD not in speech.text}
    assert found("水渠") == good
    failure = IndexFailure.objects.get()
    assert (failure.key, failure.attempts) == (made[3].pk, 1)
    assert failure.error.startswith(f"ValueError: no room for {BAD} (test_failures.py:")
    assert catch_up() == 0  # not again at once


@pytest.mark.usefixtures("poisoned")
def test_a_version_that_cannot_be_indexed_hides_the_one_before() -> None:
    speech = make_speech(text="水渠。")
    assert found("水渠") == {speech.pk}
    speech.text = f"水渠{BAD}。"
    speech.save()
    # The index still has the old text; whether it may be shown is asked of the database.
    assert IndexFailure.objects.count() == 1
    Speech.objects.filter(pk=speech.pk).update(state=State.TAKEN_DOWN)
    assert found("水渠") == set()


@pytest.mark.usefixtures("poisoned")
def test_it_comes_in_at_its_next_change() -> None:
    speech = make_speech(text=f"水渠{BAD}。")
    assert found("水渠") == set()
    speech.text = "水渠。"
    speech.save()
    assert found("水渠") == {speech.pk}
    assert not IndexFailure.objects.exists()
    assert list(differences()) == []


def test_it_is_tried_again_less_and_less_often(
    poisoned: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    speech = make_speech(text=f"水渠{BAD}。")
    waits = []
    for _ in range(9):
        failure = IndexFailure.objects.get()
        waits.append(failure.retry_at - failure.failed_at)
        let_it_be_due()
        catch_up()
    assert waits[:3] == [timedelta(minutes=n) for n in (1, 2, 4)]
    assert waits[-1] == timedelta(hours=1)
    monkeypatch.undo()
    let_it_be_due()
    assert catch_up() == 1
    assert found("水渠") == {speech.pk}


@pytest.mark.usefixtures("poisoned")
def test_a_rebuild_leaves_it_out_and_names_it() -> None:
    good, bad = make_speech(text="水渠。"), make_speech(text=f"水渠{BAD}。")
    said, complained = StringIO(), StringIO()
    call_command("rebuild_search", stdout=said, stderr=complained)
    assert found("水渠") == {good.pk}
    assert "Indexed 1 documents" in said.getvalue()
    assert f"archive.speech.{bad.pk} could not be indexed: ValueError" in complained.getvalue()
    with pytest.raises(SystemExit) as stopped:
        call_command("check_search", stdout=said, stderr=complained)
    assert stopped.value.code == 1
    assert f"archive.speech.{bad.pk}: cannot be indexed: ValueError" in said.getvalue()


@pytest.mark.usefixtures("poisoned")
def test_where_nothing_can_be_indexed_the_living_index_stays() -> None:
    speech = make_speech(text="水渠。")
    Speech.objects.update(text=f"水渠{BAD}。")
    with pytest.raises(CommandError, match="Not one document"):
        call_command("rebuild_search", stdout=StringIO())
    assert found("水渠") == {speech.pk}


def test_a_row_that_cannot_be_read_stops_no_other() -> None:
    good, bad = make_speech(text="水渠。"), make_speech(text="水渠二。")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE archive_speech SET date = '2024-99', year = 2024 WHERE id = %s", [bad.pk]
        )
    note_changes(Speech, [good.pk, bad.pk])
    assert IndexFailure.objects.get().key == bad.pk
    assert {str(each).split(":")[0] for each in differences()} == {f"archive.speech.{bad.pk}"}


@pytest.mark.usefixtures("poisoned")
def test_check_names_what_has_become_impossible_meanwhile() -> None:
    speech = make_speech(text="水渠。")
    Speech.objects.update(text=f"水渠{BAD}。")  # behind the outbox's back
    assert [each.identity for each in differences()] == [f"archive.speech.{speech.pk}"]


@pytest.mark.usefixtures("poisoned")
@pytest.mark.parametrize(("role", "status"), [(ADMINISTRATOR, 200), (EDITOR, 403)])
def test_administrators_see_the_list(client: Client, role: str, status: int) -> None:
    make_speech(text=f"水渠{BAD}。")
    make_groups()
    user = User.objects.create_user("somebody", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    response = client.get(reverse("admin:search_indexfailure_changelist"))
    assert response.status_code == status
    assert (f"no room for {BAD}" in response.content.decode()) == (status == 200)


def test_items_are_halved_until_the_bad_ones_are_alone() -> None:
    def total(items: list[int]) -> int:
        if 13 in items:
            raise ValueError("unlucky")
        return sum(items)

    used, failed = in_halves(list(range(16)), total, (OSError,))
    assert sum(used) == sum(range(16)) - 13
    assert [(item, str(error)) for item, error in failed] == [(13, "unlucky")]

    def full(_items: list[int]) -> int:
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        in_halves([1, 2], full, (OSError,))


def test_haystacks_own_update_reads_under_the_lock() -> None:
    speech = make_speech(text="水渠。")
    old = Speech.objects.get(pk=speech.pk)
    Speech.objects.update(text="堤坝。")
    site = corpus()
    site.update(site.unified_index().get_index(Speech), [old])
    assert found("堤坝") == {speech.pk}
    assert found("水渠") == set()
