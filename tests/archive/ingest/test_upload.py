"""Uploads in two steps: staged, then confirmed item by item."""

import io
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User

from archive.ingest import upload
from archive.ingest.errors import IngestError
from archive.ingest.upload import Choice, Decision, confirm, preview, proposed, source_name
from archive.models import Original, Source, Speech, SpeechVersion, State, UploadBatch, UploadItem
from search.text.dates import PartialDate
from tests.archive.samples import (
    body_of,
    docx_of,
    html_of,
    jsonl_of,
    row_of,
    text_of,
    title_of,
    zip_of,
)
from tests.factories import path_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create_superuser("wang")


def put(user: User, files: dict[str, bytes], **options: Any) -> upload.Staged:
    opened = ((name, io.BytesIO(content)) for name, content in files.items())
    return upload.stage(opened, user, **options)


def one(user: User, name: str = "a.txt", content: bytes | None = None, **more: Any) -> UploadItem:
    """Stage one file and return its item."""
    staged = put(user, {name: text_of(1) if content is None else content}, **more)
    assert staged.batch
    return staged.batch.items.get()


def test_staging_keeps_the_originals_and_stores_nothing(user: User) -> None:
    files = {
        "a.txt": text_of(1),
        "b.html": html_of(2),
        "c.docx": docx_of(3),
        "d.zip": zip_of({"e.txt": text_of(4)}),
        "f.jsonl": jsonl_of(row_of(5), row_of(6)),
        "empty.txt": b"",
    }
    staged = put(user, files)
    assert staged.batch
    assert [name for name, _reason in staged.refused] == ["empty.txt"]
    items = {item.name: item.status for item in staged.batch.items.all()}
    assert items.pop("empty.txt") == "failed"
    assert (len(items), set(items.values())) == (6, {"waiting"})
    assert str(staged.batch) == "a.txt 等 6 份"
    assert staged.batch.created_by == user
    assert Original.objects.count() == 6
    assert not Speech.objects.exists()
    assert not Source.objects.exists()


def test_where_nothing_can_be_read_nothing_is_written(user: User, originals_dir: Any) -> None:
    staged = put(user, {"empty.txt": b"", "x.zip": b"PK\x03\x04broken"})
    assert staged.batch is None
    assert len(staged.refused) == 2
    assert not UploadBatch.objects.exists()
    assert not originals_dir.exists()


def test_more_than_the_bound_is_said(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "MAX_ITEMS", 2)
    staged = put(user, {f"{number}.txt": text_of(number) for number in range(4)})
    assert staged.batch
    assert staged.batch.items.filter(status="waiting").count() == 2
    assert [name for name, _reason in staged.refused] == ["2.txt"]
    assert "一次最多 2 份" in staged.refused[0][1]


@pytest.mark.parametrize("name", ["a.txt", "b.html", "c.docx", "f.jsonl"])
def test_a_preview_shows_what_was_understood(user: User, name: str) -> None:
    content = {
        "a.txt": text_of(1),
        "b.html": html_of(1),
        "c.docx": docx_of(1),
        "f.jsonl": jsonl_of(row_of(1)),
    }[name]
    shown = preview(one(user, name, content))
    assert (shown.draft.title, shown.verdict.status) == (title_of(1), "new")
    assert shown.draft.text == "\n".join(body_of(1))
    assert shown.decisions == (Decision.STORE, Decision.VERSION, Decision.SKIP)


def test_as_understood_or_as_proposed_is_the_same(user: User) -> None:
    first, second = one(user), one(user, "b.txt", text_of(2))
    assert confirm(first, user).status == "new"
    assert confirm(second, user, proposed(preview(second))).status == "new"
    assert [speech.by_hand() for speech in Speech.objects.all()] == [set(), set()]
    assert set(Speech.objects.values_list("state", flat=True)) == {"draft"}
    first.refresh_from_db()
    assert (first.status, first.speech) == ("new", Speech.objects.earliest("pk"))
    assert first.batch.finished_at


def test_publishing_is_asked_for(user: User) -> None:
    confirm(one(user), user, publish=True)
    assert Speech.objects.get().state == State.PUBLISHED


def test_corrections_are_stored_and_marked(user: User) -> None:
    item = one(user)
    choice = replace(
        proposed(preview(item)),
        title="订正的题目",
        source="新站",
        date=PartialDate("2024-04"),
        type="report",
    )
    confirm(item, user, choice)
    speech = Speech.objects.get()
    assert (speech.title, speech.source.name, str(speech.date), speech.type) == (
        "订正的题目",
        "新站",
        "2024-04",
        "report",
    )
    assert speech.by_hand() == {"title", "source", "date", "type"}
    assert speech.provenance["title"] == {"rule": "by-hand", "text": "wang", "guessed": False}


def test_what_holds_for_the_batch_may_be_overridden(user: User) -> None:
    source = Source.objects.create(name="甲站", slug="jia")
    item, other = (
        one(user, name, text_of(number), source=source, kind="report")
        for number, name in enumerate(["a.txt", "b.txt"])
    )
    choice = proposed(preview(item))
    assert (choice.source, choice.type) == ("甲站", "report")
    confirm(item, user, choice)
    confirm(other, user, replace(proposed(preview(other)), source="", type="speech"))
    first, second = Speech.objects.order_by("pk")
    assert (first.source, first.type, first.by_hand()) == (source, "report", set())
    assert (second.source.name, second.type) == ("来源不详", "speech")
    assert second.by_hand() == {"source", "type"}


def test_a_known_source_is_proposed_by_its_name(user: User) -> None:
    Source.objects.create(name="甲站", slug="jia", domains=["jia.example"])
    item = one(user, "a.html", html_of(1, url="https://www.jia.example/wen/1.html"))
    assert source_name(preview(item).draft, item.batch) == "甲站"


def test_a_duplicate_is_left_out_unless_the_editor_says_otherwise(user: User) -> None:
    confirm(one(user), user)
    first = Speech.objects.get()
    for decision, status, count in (
        (None, "duplicate", 1),
        (Decision.SKIP, "duplicate", 1),
        (Decision.VERSION, "changed", 1),
        (Decision.BOTH, "new", 2),
    ):
        item = one(user)
        shown = preview(item)
        assert shown.decisions == (Decision.SKIP, Decision.VERSION, Decision.BOTH)
        choice = replace(proposed(shown), decision=decision) if decision else None
        outcome = confirm(item, user, choice)
        assert (outcome.status, Speech.objects.count()) == (status, count)
    assert SpeechVersion.objects.get().speech == first


def test_a_change_is_a_new_version_or_another_document(user: User) -> None:
    url = "https://jia.example/wen/1.html"
    confirm(one(user, "a.html", html_of(1, url)), user, publish=True)
    item = one(user, "b.html", html_of(2, url))
    shown = preview(item)
    assert shown.decisions == (Decision.VERSION, Decision.BOTH, Decision.SKIP)
    assert confirm(item, user, proposed(shown)).status == "changed"
    speech = Speech.objects.published().get()
    assert speech.title == title_of(2)
    again = one(user, "c.html", html_of(3, url))
    both = replace(proposed(preview(again)), decision=Decision.BOTH)
    assert confirm(again, user, both).status == "new"
    assert Speech.objects.count() == 2


def test_a_look_alike_may_be_replaced(user: User) -> None:
    confirm(one(user), user)
    first = Speech.objects.get()
    for replaces, status in ((first.pk, "changed"), (first.pk + 1, "new")):
        item = one(user, "b.txt", text_of(replaces))
        choice = replace(proposed(preview(item)), decision=Decision.VERSION, replaces=replaces)
        assert confirm(item, user, choice).status == status
    assert Speech.objects.count() == 2


@pytest.mark.parametrize(
    ("decision", "status", "state", "held"),
    [
        (Decision.STORE, "held", "draft", True),
        (Decision.CLEARED, "new", "published", False),
    ],
)
def test_what_is_held_may_be_cleared(
    user: User, decision: Decision, status: str, state: str, held: bool
) -> None:
    item = one(
        user, content="在座谈会上的讲话\n\n同志们：\n\n今天的会很短，请大家抓好落实。".encode()
    )
    shown = preview(item)
    assert shown.decisions == (
        Decision.STORE,
        Decision.CLEARED,
        Decision.VERSION,
        Decision.SKIP,
    )
    outcome = confirm(item, user, replace(proposed(shown), decision=decision), publish=True)
    speech = Speech.objects.get()
    assert (outcome.status, speech.state, bool(speech.held_reason)) == (status, state, held)


def test_what_is_skipped_stays_out(user: User) -> None:
    item = one(user)
    choice = Choice(Decision.SKIP, "", "", PartialDate(""), "")
    assert confirm(item, user, choice).status == "skipped"
    assert not Speech.objects.exists()


def test_confirming_twice_stores_once(user: User) -> None:
    item = one(user)
    first = confirm(item, user)
    second = confirm(item, user, publish=True)
    assert (first.status, second.status, second.speech) == ("new", "new", first.speech)
    assert Speech.objects.get().state == State.DRAFT


def test_a_lost_original_has_failed(user: User) -> None:
    item = one(user)
    assert item.original
    path_of(item.original).unlink()
    with pytest.raises(IngestError):
        preview(item)
    outcome = confirm(item, user)
    assert (outcome.status, "无法读取" in outcome.reason) == ("failed", True)
