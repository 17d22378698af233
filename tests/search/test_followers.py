"""Several indexes follow one database: each change reaches each of them, whatever the others do."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.models import Speech, State
from search.errors import IndexUnavailable
from search.models import IndexChange, IndexFailure, IndexFollower
from search.pages import counts, keys, search
from search.results import SearchRequest
from search.site import backend, corpus
from search.suggesting import longest_part, similar, suggest
from search.sync.consistency import differences
from search.sync.follow import behind, catch_up, follow
from search.sync.followers import LOST_AFTER, note_alive, registered
from search.sync.outbox import deferred
from search.sync.rebuild import needs_rebuild, rebuild
from tests.effort import tries
from tests.factories import make_source, make_speech
from tests.machines import machine

pytestmark = pytest.mark.django_db(transaction=True)

WORD = "水渠"


@pytest.fixture
def machines(tmp_path: Path) -> list[Path]:
    """Two machines whose indexes follow the database."""
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        with machine(folder):
            rebuild(processes=1)
    return folders


def found() -> set[int]:
    """Return the keys of what a visitor of this machine finds."""
    page = search(SearchRequest(q=WORD, per_page=10_000))
    if not page.available:
        raise IndexUnavailable
    assert page.count == len(page.rows)
    return {row.pk for row in page.rows}


def visible() -> set[int]:
    return set(Speech.objects.published().values_list("pk", flat=True))


def test_each_follows_on_its_own(machines: list[Path]) -> None:
    first, second = machines
    with machine(first):
        kept, hidden = make_speech(text=WORD), make_speech(text=WORD)
        assert found() == {kept.pk, hidden.pk}
        assert behind() == 0
    with machine(second):
        assert behind() == 2
        assert found() == set()
        assert catch_up() == 2
        assert found() == {kept.pk, hidden.pk}
    assert not IndexChange.objects.exists()
    with machine(first):
        hidden.state = State.TAKEN_DOWN
        hidden.save()
    with machine(second):  # at once, although it has not followed
        assert found() == {kept.pk}
        assert behind() == 1
        assert catch_up() == 1
    for each in machines:
        with machine(each):
            assert list(differences()) == []


def test_what_one_cannot_index_is_its_own_affair(
    machines: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = machines
    with machine(first):
        write = backend().write

        def refuse(changes: dict[str, object], generation: str | None = None) -> None:
            if any(changes.values()):
                raise ValueError("refused")
            write(changes, generation)

        with monkeypatch.context() as patched:
            patched.setattr(
                "search.index.backend.WhooshBackend.write", lambda _self, *a: refuse(*a)
            )
            speech = make_speech(text=WORD)
        assert [failure.key for failure in IndexFailure.objects.all()] == [speech.pk]
    with machine(second):
        assert catch_up() == 1
        assert found() == {speech.pk}
    assert IndexFailure.objects.exists()  # the first still lacks it
    IndexFailure.objects.update(retry_at=timezone.now())
    with machine(first):
        catch_up()
        assert found() == {speech.pk}
    assert not IndexFailure.objects.exists()


def test_who_was_away_too_long_says_so_and_builds_anew(machines: list[Path]) -> None:
    first, second = machines
    with machine(first):
        late = make_speech(text=WORD)
        IndexChange.objects.update(noted_at=timezone.now() - LOST_AFTER - timedelta(minutes=1))
        note_alive(registered(corpus()))
        assert IndexFollower.objects.get() == registered(corpus())
        gone = make_speech(text=WORD)
        gone.delete()
    assert not IndexChange.objects.exists()
    with machine(second):
        assert_unavailable()
        assert [str(each) for each in differences()] == [
            "index: the database does not know this index"
        ]
        assert needs_rebuild() == "the database does not know this index"
        assert follow(patient=True) == 0
        assert found() == {late.pk}
        assert list(differences()) == []
    assert IndexFollower.objects.count() == 2


def test_who_follows_is_not_forgotten_however_quiet(machines: list[Path]) -> None:
    IndexFollower.objects.update(seen_at=timezone.now() - 30 * LOST_AFTER)
    with machine(machines[0]):
        note_alive(registered(corpus()))
    assert IndexFollower.objects.count() == 2


def test_a_copied_index_follows_nothing(machines: list[Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    with machine(machines[0]):
        speech = make_speech(text=WORD)
    shutil.copytree(machines[0], copy, symlinks=True)
    with machine(copy):
        assert backend().living() is None
        assert_unavailable()
        rebuild(processes=1)
        assert found() == {speech.pk}
    assert IndexFollower.objects.count() == 3


def test_a_moved_index_goes_on(machines: list[Path], tmp_path: Path) -> None:
    speech = make_speech(text=WORD)
    moved = machines[0].rename(tmp_path / "moved")
    with machine(moved):
        catch_up()
        assert found() == {speech.pk}
        assert list(differences()) == []


def assert_unavailable() -> None:
    """Assert that nothing is answered, whatever is asked, and nothing fails."""
    with deferred():
        speech = make_speech(text=WORD)
    assert not search(SearchRequest(q=WORD)).available
    assert counts([SearchRequest(q=WORD)]) == [0]
    assert suggest(WORD)["quotation"] == []
    assert longest_part(f"{WORD}甲") is None
    assert similar(speech).others == []
    with pytest.raises(IndexUnavailable):
        keys(SearchRequest(q=WORD), 10)
    with deferred():
        speech.delete()


@contextmanager
def uncommitted(*, committed: bool = True) -> Iterator[Callable[[], None]]:
    """Hold a new speech and its notes in an open transaction; what is given ends that."""
    source = make_source()
    noted, go = threading.Event(), threading.Event()

    def change() -> None:
        try:
            with transaction.atomic(), deferred():
                make_speech(text=WORD, source=source)
                noted.set()
                go.wait(20)
                transaction.set_rollback(not committed)
        finally:
            connection.close()

    changing = threading.Thread(target=change)
    changing.start()
    assert noted.wait(20)

    def end() -> None:
        go.set()
        changing.join()

    yield end
    end()


@pytest.mark.parametrize("committed", [True, False])
def test_what_is_uncommitted_when_one_registers_reaches_it(tmp_path: Path, committed: bool) -> None:
    """The build does not see it, and its notes are for those who were registered before."""
    with uncommitted(committed=committed) as end, machine(tmp_path / "new"):
        building = threading.Thread(target=_build)
        building.start()
        building.join(2)  # it waits; else it had time to read what was before
        end()
        building.join()
        catch_up()
        assert found() == visible()
        assert len(visible()) == committed
        assert list(differences()) == []


def _build() -> None:
    try:
        rebuild(processes=1)
    finally:
        connection.close()


def test_what_commits_in_another_order_than_it_was_noted_is_followed(machines: list[Path]) -> None:
    """A cursor over the notes' numbers would pass over the one that commits last."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one transaction write at a time")
    with uncommitted() as end, machine(machines[0]):
        later = make_speech(text=WORD)
        assert found() == {later.pk}
        end()
        assert catch_up() == 1
        assert found() == visible()
        assert list(differences()) == []


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["add", "add", "hide", "delete", "follow", "follow", "rebuild", "forget", "lose"]
        ),
        st.integers(0, 2),
        st.integers(0, 30),
    ),
    max_size=30,
)


@settings(max_examples=tries("YINDE_FOLLOWERS", 10, 20))
@given(steps=STEPS)
def test_whatever_happens_none_is_wrong_and_in_the_end_all_agree(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]
) -> None:
    for table in (IndexFollower, Speech):
        table.objects.all().delete()
    folders = [tmp_path_factory.mktemp("machine") for _ in range(3)]
    source = make_source()
    for step, at, which in steps:
        with machine(folders[at]):
            _take(step, which, source)
        for folder in folders:
            with machine(folder):
                assert_right_or_unavailable()
    for folder in folders:
        with machine(folder):
            if behind() is None:
                rebuild(processes=1)
            catch_up()
            assert found() == visible()
            assert list(differences()) == []
    Speech.objects.all().delete()
    source.delete()


def _take(step: str, which: int, source: object) -> None:
    """Do something at this machine, whose index follows only when told."""
    speeches = list(Speech.objects.order_by("pk"))
    with deferred():
        if step == "add":
            make_speech(text=WORD, source=source)
        elif step == "hide" and speeches:
            speech = speeches[which % len(speeches)]
            shown = speech.state == State.PUBLISHED
            speech.state = State.TAKEN_DOWN if shown else State.PUBLISHED
            speech.save()
        elif step == "delete" and speeches:
            speeches[which % len(speeches)].delete()
        elif step == "follow" and behind() is not None:
            catch_up()
        elif step == "rebuild":
            rebuild(processes=1)
        elif step == "forget" and behind() is not None:
            mine = registered(corpus())
            IndexChange.objects.filter(follower=mine).delete()
            mine.delete()
        elif step == "lose":
            shutil.rmtree(backend().folder.root, ignore_errors=True)


def assert_right_or_unavailable() -> None:
    """Assert that this machine shows what may be seen, and all of it that does not wait."""
    try:
        shown, follower = found(), registered(corpus())
    except IndexUnavailable:
        return
    waiting = set(follower.changes.values_list("key", flat=True))
    assert shown <= visible()
    assert visible() - waiting <= shown
