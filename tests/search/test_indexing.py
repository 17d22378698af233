"""The index follows the database: through the outbox, whatever stands in the way."""

from __future__ import annotations

import random
import sys
import threading

import pytest
from django.db import connection, transaction

from archive.models import Speech, State
from search.errors import IndexBusy, IndexUnavailable
from search.index.backend import forget
from search.models import IndexChange
from search.pages import search
from search.results import SearchRequest
from search.site import backend, corpus
from search.sync.consistency import differences
from search.sync.follow import catch_up
from search.sync.outbox import deferred, note_changes
from search.sync.rebuild import needs_rebuild, rebuild
from tests.factories import make_speech

pytestmark = pytest.mark.django_db(transaction=True)


def found(query: str, **options: object) -> set[int]:
    """The keys of what a visitor finds."""
    return {row.pk for row in search(SearchRequest(q=query, per_page=1000, **options)).rows}


def test_a_saved_speech_is_found_at_once_and_leaves_no_note() -> None:
    speech = make_speech(text="功成不必在我，功成必定有我。")
    assert found("功成必定有我") == {speech.pk}
    assert not IndexChange.objects.exists()
    assert list(differences()) == []


def test_changing_hiding_and_deleting_show_at_once() -> None:
    speech = make_speech(text="政绩观")
    speech.text = "调查研究"
    speech.save()
    assert (found("政绩观"), found("调查研究")) == (set(), {speech.pk})
    for state in State.values:
        speech.state = state
        speech.save()
        assert found("调查研究") == ({speech.pk} if state == State.PUBLISHED else set())
    speech.delete()
    assert found("") == set()
    assert list(differences()) == []


def test_a_rolled_back_change_changes_nothing() -> None:
    speech = make_speech(text="政绩观")
    with transaction.atomic():
        Speech.objects.filter(pk=speech.pk).update(text="别的")
        note_changes(Speech, [speech.pk])
        transaction.set_rollback(True)
    assert not IndexChange.objects.exists()
    assert found("政绩观") == {speech.pk}


@pytest.mark.thread(
    "https://github.com/whoosh-community/whoosh/issues/141",
    "https://github.com/WeblateOrg/weblate/issues/47",
    "https://github.com/WeblateOrg/weblate/issues/92",
    "https://github.com/indico/indico/issues/1581",
    "https://github.com/frappe/frappe/pull/14215",
    "https://github.com/OpenSlides/OpenSlides/pull/2251",
    "https://github.com/CIRCL/AIL-framework/issues/478",
    "https://github.com/honmaple/maple-bbs/issues/27",
)
def test_while_the_index_is_locked_saving_works_and_the_note_stays() -> None:
    kept = make_speech(text="群众路线一")
    with backend().exclusive("write"):
        late = make_speech(text="群众路线二")
        kept.state = State.TAKEN_DOWN
        kept.save()
        assert IndexChange.objects.count() == 2
        # What must not be seen is not seen although the index has not followed yet.
        assert found("群众路线") == set()
        assert search(SearchRequest(q="群众路线")).count == 0
        with pytest.raises(IndexBusy):
            catch_up()
    catch_up()
    assert found("群众路线") == {late.pk}
    assert list(differences()) == []


def test_without_an_index_pages_say_so_and_a_rebuild_brings_it_back() -> None:
    speech = make_speech(text="政绩观")
    corpus().delete_index()
    page = search(SearchRequest(q="政绩观"))
    assert (page.count, bool(page.notes)) == (0, True)
    assert needs_rebuild() == "there is no index"
    assert [str(d) for d in differences()] != []
    assert rebuild(processes=1) == 1
    assert found("政绩观") == {speech.pk}
    assert needs_rebuild() == ""
    assert list(differences()) == []


def test_a_rebuild_follows_what_changed_during_it() -> None:
    speeches = [make_speech(text=f"第{n}篇调查研究") for n in range(5)]

    def change(_done: int, _total: int) -> None:
        make_speech(text="新来的调查研究")
        speeches[0].delete()
        speeches[1].text = "改过的"
        speeches[1].save()

    rebuild(progress=change, processes=1)
    assert len(found("调查研究")) == 4
    assert len(found("改过的")) == 1
    assert not IndexChange.objects.exists()
    assert list(differences()) == []


def test_only_one_rebuild_at_a_time() -> None:
    with backend().exclusive("build"), pytest.raises(IndexBusy):
        rebuild()


@pytest.mark.thread(
    "https://github.com/jonaswinkler/paperless-ng/issues/195",
    "https://github.com/community-scripts/ProxmoxVE/issues/16394",
)
def test_another_fingerprint_asks_for_a_rebuild_and_still_serves() -> None:
    speech = make_speech(text="政绩观")
    path = backend().folder.current()
    assert path is not None
    (path / "fingerprint").write_text("another")
    assert "another schema" in needs_rebuild()
    assert found("政绩观") == {speech.pk}
    assert any("another schema" in str(d) for d in differences())


@pytest.mark.thread(
    "https://github.com/whoosh-community/whoosh/issues/369",
    "https://github.com/whoosh-community/whoosh/issues/558",
    "https://github.com/wagtail-nest/wagtail-whoosh/issues/3",
)
def test_many_threads_save_and_search_at_once() -> None:
    problems: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for n in range(4):
                make_speech(text=f"线程{number}写的第{n}篇，调查研究。")
                search(SearchRequest(q="调查研究"))
        except BaseException as error:  # noqa: BLE001 (reported by the assertion below)
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    catch_up(wait=5)
    assert len(found("调查研究")) == 16
    assert list(differences()) == []


def test_damage_is_noticed() -> None:
    make_speech(text="政绩观" * 50)
    state = backend().snapshot()
    folder = backend().folder.current()
    assert folder is not None
    victim = next(folder.glob("*.text.col"))
    raw = bytearray(victim.read_bytes())
    raw[-3] ^= 1
    victim.write_bytes(bytes(raw))
    assert state.size == 1
    assert any("damaged" in str(d) for d in differences())


def test_what_stands_only_in_the_index_or_only_in_the_database_is_listed() -> None:
    one, two = make_speech(text="甲"), make_speech(text="乙")
    with deferred():
        Speech.objects.filter(pk=one.pk).update(title="悄悄改过")
        Speech.objects.filter(pk=two.pk)._raw_delete("default")
        unseen = make_speech(text="丙")
    IndexChange.objects.all().delete()
    listed = {str(d) for d in differences()}
    assert listed == {
        f"archive.speech.{one.pk}: title is not as in the database",
        f"archive.speech.{two.pk}: is not in the database",
        f"archive.speech.{unseen.pk}: stands 0 times in the index",
    }


def test_the_first_save_of_a_new_archive_makes_the_index() -> None:
    with deferred():
        earlier = make_speech(text="政绩观一")
    with pytest.raises(IndexUnavailable):
        catch_up()
    later = make_speech(text="政绩观二")
    assert found("政绩观") == {earlier.pk, later.pk}
    assert not IndexChange.objects.exists()


def test_a_programme_that_seeds_random_overwrites_no_living_segment() -> None:
    keys = set()
    for number in range(3):
        random.seed(0)
        keys.add(make_speech(text=f"第{number}份，水渠。").pk)
    assert [str(each) for each in differences()] == []
    assert {row.pk for row in search(SearchRequest("水渠")).rows} == keys


def test_an_index_that_another_version_of_the_program_wrote_is_built_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its table of contents is a pickle, whose classes may have moved since."""
    speech = make_speech(text="政绩观")
    with monkeypatch.context() as before:
        before.setattr("search.index.format.fields.IntField.__module__", "search.no_such_module")
        before.setitem(
            sys.modules, "search.no_such_module", sys.modules["search.index.format.fields"]
        )
        rebuild()
    forget(backend().folder)
    assert not search(SearchRequest("政绩观")).available
    assert "cannot be read" in needs_rebuild()
    assert any("no_such_module" in str(each) for each in differences())
    rebuild()
    assert found("政绩观") == {speech.pk}
