"""Several connections, keys of any kind, an index that is not there, commands and models."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from haystack import connection_router, connections
from haystack.exceptions import SearchBackendError
from haystack.query import SearchQuerySet
from haystack.routers import DefaultRouter

from search.errors import IndexUnavailable
from search.models import IndexChange, IndexFailure
from search.sync.rebuild import rebuild
from tests.search.shop.conftest import connect, disconnect
from tests.search.shop.indexes import NoteIndex, ThingIndex
from tests.search.shop.models import Note, Thing

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = "other"


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Any]:
    """A second connection, with both kinds of objects in its index."""
    yield connect(OTHER, tmp_path / "other", [ThingIndex(), NoteIndex()])
    disconnect(OTHER)


def pks(query: Any) -> set[str]:
    """The keys of all results, as many as are counted."""
    found = [result.pk for result in query]
    assert query.count() == len(found) == len(set(found))
    return set(found)


def test_keys_that_are_no_integers(other: Any) -> None:
    notes = [Note.objects.create(text=f"群众工作{n}") for n in range(5)]
    thing = Thing.objects.create(text="群众工作")
    other.update(NoteIndex(), notes)
    other.update(ThingIndex(), [thing])
    everything = SearchQuerySet(using=OTHER)
    assert pks(everything) == {str(each.pk) for each in (*notes, thing)}
    assert pks(everything.models(Note)) == {str(note.pk) for note in notes}
    assert pks(everything.models(Thing)) == {str(thing.pk)}
    assert [r.object for r in everything.filter(id=f"shop.note.{notes[2].pk}")] == [notes[2]]
    assert pks(everything.filter(django_id__in=[notes[0].pk, thing.pk])) == {
        str(notes[0].pk),
        str(thing.pk),
    }
    assert {result.object for result in everything.models(Note).load_all()} == set(notes)
    assert pks(everything.models(Note).more_like_this(notes[0])) == {str(n.pk) for n in notes[1:]}
    ordered = [result.id for result in everything.order_by("id")]
    assert ordered == sorted(ordered)
    other.remove(f"shop.note.{uuid.uuid4()}")
    other.remove(notes[0])
    gone = notes[1].pk
    Note.objects.filter(pk=gone).delete()
    call_command("update_index", using=[OTHER], remove=True, verbosity=0)
    assert pks(everything.models(Note)) == {str(n.pk) for n in (notes[0], *notes[2:])}
    assert not IndexChange.objects.exists()


def test_original_characters_are_read_in_every_model(other: Any) -> None:
    notes = [Note.objects.create(text=text) for text in ("群众，工作", "群众工作")]
    things = [Thing.objects.create(text=text) for text in ("群众工作", "做群众，工作")]
    other.update(NoteIndex(), notes)
    other.update(ThingIndex(), things)
    everything = SearchQuerySet(using=OTHER)
    assert pks(everything.auto_query("群众工作")) == {str(o.pk) for o in (*notes, *things)}
    wanted = {str(notes[0].pk), str(things[1].pk)}
    assert pks(everything.raw_search("原样:“群众，工作”")) == wanted
    assert pks(everything.raw_search("同句(原样:“众，工” 群)")) == wanted
    assert pks(everything.models(Note).raw_search("原样:“群众，工作”")) == {str(notes[0].pk)}


def test_the_sites_own_index_follows_keys_of_any_kind() -> None:
    connections["default"]._index = None
    unified = connections["default"].get_unified_index()
    unified.build(indexes=[NoteIndex()])
    try:
        note = Note.objects.create(text="群众工作")
        assert pks(SearchQuerySet().models(Note)) == {str(note.pk)}
        note.text = "调查研究"
        note.save()
        assert pks(SearchQuerySet().filter(content="调查研究")) == {str(note.pk)}
        assert rebuild(processes=1) == 1
        assert pks(SearchQuerySet().filter(content="调查研究")) == {str(note.pk)}
        key = note.pk
        note.delete()
        assert pks(SearchQuerySet().filter(id=f"shop.note.{key}")) == set()
        assert not IndexChange.objects.exists()
    finally:
        connections["default"]._index = None


def test_each_connection_has_its_own_index(other: Any) -> None:
    thing = Thing.objects.create(text="群众工作")
    other.update(ThingIndex(), [thing])
    assert pks(SearchQuerySet().using(OTHER)) == {str(thing.pk)}
    assert connections["default"].get_backend().backend.folder.root != other.backend.folder.root
    call_command("clear_index", using=[OTHER], interactive=False, verbosity=0)
    assert pks(SearchQuerySet().using(OTHER)) == set()
    call_command("rebuild_index", using=[OTHER], interactive=False, verbosity=0)
    assert pks(SearchQuerySet().using(OTHER)) == {str(thing.pk)}


class Both(DefaultRouter):
    """Write to both connections."""

    def for_write(self, **_hints: Any) -> list[str]:
        """Return the names of both."""
        return ["default", OTHER]


def test_what_a_router_names_follows_each_change(other: Any) -> None:
    connection_router._routers = [Both()]
    try:
        note = Note.objects.create(text="群众")
        everything = SearchQuerySet().using(OTHER)
        assert pks(everything.filter(content="群众")) == {str(note.pk)}
        note.text = "调查"
        note.save()
        assert pks(everything.filter(content="调查")) == {str(note.pk)}
        note.delete()
        assert pks(everything) == set()
    finally:
        connection_router._routers = None


def test_a_scope_limits_only_its_own_model(tmp_path: Path) -> None:
    class Scoped(ThingIndex):
        """Things, of which only some are shown."""

        scope = {"code": ("a",)}

    site = connect(OTHER, tmp_path / "scoped", [Scoped(), NoteIndex()])
    things = {code: Thing.objects.create(text="群众", code=code) for code in ("a", "b")}
    note = Note.objects.create(text="群众")
    site.update(Scoped(), things.values())
    site.update(NoteIndex(), [note])
    everything = SearchQuerySet().using(OTHER)
    assert pks(everything) == {str(things["a"].pk), str(note.pk)}
    assert pks(everything.models(Thing)) == {str(things["a"].pk)}
    assert pks(everything.more_like_this(note)) == {str(things["a"].pk)}
    assert pks(everything.narrow("code:b")) == {str(things["b"].pk)}
    disconnect(OTHER)


def test_what_cannot_be_indexed_elsewhere_is_an_error_there(other: Any) -> None:
    class Wrong(ThingIndex):
        """An index whose values are no numbers."""

        def prepare_number(self, obj: Thing) -> str:
            """Give what is none."""
            return "many"

    thing = Thing.objects.create(text="群众")
    with pytest.raises(SearchBackendError, match="many"):
        other.update(Wrong(), [thing])
    other.silently_fail = True
    other.update(Wrong(), [thing])
    assert pks(SearchQuerySet().using(OTHER)) == set()
    assert not IndexFailure.objects.exists()


def test_an_index_that_is_not_there(other: Any) -> None:
    for ask in (
        SearchQuerySet().using(OTHER).all(),
        SearchQuerySet().using(OTHER).more_like_this(Thing.objects.create(text="群众")),
    ):
        with pytest.raises(IndexUnavailable):
            len(ask)
    other.silently_fail = True
    empty = SearchQuerySet().using(OTHER).facet("code")
    assert list(empty) == []
    assert empty.count() == 0
    assert empty.facet_counts() == {}
    assert list(SearchQuerySet().using(OTHER).more_like_this(Thing.objects.get())) == []
