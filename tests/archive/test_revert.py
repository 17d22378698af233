"""Bringing an earlier version back: nothing is lost, and who decided what stays known."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from archive.ingest.pipeline import draft
from archive.ingest.store.speeches import store
from archive.models import Original, Speech, SpeechVersion, State
from archive.revert import revert
from search.pages import search
from search.results import SearchRequest
from search.sync.follow import follow
from tests.archive.samples import html_of
from tests.factories import make_source, make_speech

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return User.objects.create_user("editor")


def version_of(speech: Speech, **values: Any) -> SpeechVersion:
    return SpeechVersion.objects.create(
        speech=speech, values=speech.version_values() | values, original=speech.original
    )


def test_what_it_was_comes_back_and_what_it_is_becomes_a_version(editor: User) -> None:
    speech = make_speech("新题", "新文。", date="2024-04-01", site_tags=["新"], source="yi")
    earlier = version_of(
        speech,
        title="旧题",
        text="旧文。",
        html="<p>旧文。</p>",
        date="2023",
        source=make_source("jia").pk,
        site_tags=["旧"],
        removed=[{"start": 0, "end": 1, "rule": "x", "text": "广"}],
    )
    changed = revert(earlier, editor)
    assert changed == {"title", "text", "html", "date", "source", "site_tags", "removed"}
    speech.refresh_from_db()
    assert (speech.title, speech.text, speech.html) == ("旧题", "旧文。", "<p>旧文。</p>")
    assert (str(speech.date), speech.year, speech.source.slug) == ("2023", 2023, "jia")
    assert (speech.site_tags, len(speech.removed), speech.char_count) == (["旧"], 1, 3)
    latest = speech.versions.first()
    assert (latest.values["title"], latest.values["text"]) == ("新题", "新文。")
    assert (latest.changed_by, latest.reason, latest.taken) == (editor, "恢复旧版本", True)
    # There and back again: nothing was lost.
    revert(latest, editor)
    speech.refresh_from_db()
    assert (speech.title, speech.text, str(speech.date)) == ("新题", "新文。", "2024-04-01")
    assert speech.versions.count() == 3


def test_nothing_is_written_where_nothing_differs(editor: User) -> None:
    speech = make_speech(state=State.DRAFT)
    same = version_of(speech, state="published", held_reason="缺标题", provenance={"title": {}})
    assert revert(same, editor) == frozenset()
    assert speech.versions.count() == 1


def test_the_index_follows(editor: User) -> None:
    speech = make_speech(text="新的措辞。")
    earlier = version_of(speech, text="旧的措辞。")
    follow(patient=True)
    revert(earlier, editor)
    follow(patient=True)
    assert search(SearchRequest("“旧的措辞”")).count == 1
    assert search(SearchRequest("“新的措辞”")).count == 0


@pytest.mark.parametrize("state", State)
def test_the_state_stays(editor: User, state: State) -> None:
    speech = make_speech(state=state)
    revert(version_of(speech, title="旧题", state="published"), editor)
    speech.refresh_from_db()
    assert (speech.title, speech.state) == ("旧题", state)


def test_what_is_published_keeps_a_text(editor: User) -> None:
    speech = make_speech(text="有文。")
    empty = version_of(speech, text="")
    with pytest.raises(ValueError, match="needs a text"):
        revert(empty, editor)
    Speech.objects.all().move_to(State.DRAFT)
    assert revert(empty, editor) == {"text"}


def test_a_source_that_is_gone_is_not_brought_back(editor: User) -> None:
    speech = make_speech()
    assert revert(version_of(speech, source=10**6), editor) == frozenset()
    assert revert(version_of(speech, source=10**6, title="旧题"), editor) == {"title"}


def test_a_version_may_know_less_than_today_s_columns(editor: User) -> None:
    speech = make_speech(author="某办")
    old = SpeechVersion.objects.create(speech=speech, values={"title": "旧题"})
    assert revert(old, editor) == {"title"}
    speech.refresh_from_db()
    assert (speech.title, speech.author) == ("旧题", "某办")


def test_an_editor_s_correction_taken_back_is_the_import_s_again(editor: User) -> None:
    read = {"rule": "title-head", "text": "原题", "guessed": True}
    speech = make_speech("原题", provenance={"title": read, "date": read})
    imported = version_of(speech)
    speech.title = "订正之题"
    speech.mark_by_hand({"title", "author"}, "editor")
    speech.save()
    revert(imported, editor)
    speech.refresh_from_db()
    assert speech.provenance["title"] == speech.provenance["date"] == read
    assert speech.by_hand() == {"author"}  # its value is the same, and the editor's


def test_a_value_put_back_over_an_import_s_stays(editor: User) -> None:
    url = "https://jia.example/1.html"

    def bring(number: int) -> Speech:
        content = html_of(number, url)
        return store(draft(content, "1.html"), content, "1.html").speech

    speech = bring(1)
    first, first_file = speech.text, speech.original
    bring(2)
    revert(speech.versions.get(), editor)
    speech.refresh_from_db()
    assert (speech.text, speech.original) == (first, first_file)
    assert "text" in speech.by_hand()
    bring(3)
    speech.refresh_from_db()
    assert speech.text == first
    assert not speech.versions.first().taken
    # What the import brought meanwhile can be adopted; it is the import's then.
    revert(speech.versions.first(), editor)
    speech.refresh_from_db()
    assert "第3" in speech.text
    assert speech.original == Original.objects.latest("pk")
    assert "text" not in speech.by_hand()
