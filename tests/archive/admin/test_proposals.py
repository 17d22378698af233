"""Changes by who may not publish: they wait, are shown, taken over or refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from archive.models import Source, Speech, SpeechVersion, State
from archive.revert import revert
from tests.archive.admin.sending import sent
from tests.archive.admin.test_desk import confirm, send
from tests.archive.admin.test_speech import LIST, form_of, said
from tests.archive.public.pages import unwrapped
from tests.archive.samples import jsonl_of, row_of
from tests.factories import make_source, make_speech

HIDDEN = [state for state in State if state != State.PUBLISHED]
CHANGES: list[dict[str, Any]] = [
    {"title": "改题"},
    {"text": "改文。"},
    {"type": "news"},
    {"date": "2001-02-03"},
    {"source": "yi"},
    {"original_url": "https://yi.example/1"},
    {"source_line": "改"},
    {"site_column": "改"},
    {"site_tags": "改\r\n二"},
    {"author": "改"},
    {"hit_count": 5},
    {"declared_length": 5},
    {"title": "改题", "text": "改文。", "state": "draft", "_publish": "1", "_save": "1"},
]


def change(speech: Speech) -> str:
    return reverse("admin:archive_speech_change", args=[speech.pk])


def decide(client: Client, version: SpeechVersion, decision: str) -> Any:
    address = reverse("admin:archive_speech_proposal", args=[version.speech_id, version.pk])
    return client.post(address, {"decision": decision}, follow=True)


def stored(speech: Speech) -> dict[str, Any]:
    values = Speech.objects.values().get(pk=speech.pk)
    return {name: value for name, value in values.items() if name != "updated_at"}


def proposed(writer: Client, **changes: Any) -> tuple[Speech, SpeechVersion]:
    speech = make_speech("原题", "原来的第一段。\n原来的第二段。")
    writer.post(change(speech), form_of(speech, **changes))
    return speech, SpeechVersion.objects.get(speech=speech, pending=True)


@pytest.mark.parametrize("changes", CHANGES)
def test_what_is_published_stays_until_somebody_agrees(
    writer: Client, editor: Client, changes: dict[str, Any]
) -> None:
    if "source" in changes:
        changes = {"source": make_source("yi").pk}
    speech = make_speech("原题", "原文。")
    before = stored(speech)
    page = writer.post(change(speech), form_of(speech, **changes), follow=True)
    assert stored(speech) == before
    assert "等有发布权限的人批准" in said(page)
    assert "提交改动待批准" in LogEntry.objects.get().change_message
    version = SpeechVersion.objects.get()
    assert (version.taken, version.pending, version.changed_by.username) == (False, True, "writer")
    assert "有改动待批准" in editor.get(LIST).content.decode()
    page = editor.get(change(speech)).content.decode()
    assert "待批准的改动：writer" in page
    decide(editor, version, "accept")
    after = stored(speech)
    for name, value in changes.items():
        if name not in ("state", "_publish", "_save", "source", "site_tags"):
            assert str(after[name]) == str(value)
    assert after["state"] == "published"
    assert after != before
    kept = SpeechVersion.objects.get()
    assert (kept.taken, kept.pending, kept.changed_by.username) == (True, False, "editor")
    assert kept.reason == "采纳 writer 的改动"
    assert Speech.objects.get().by_hand() == set(changes) - {"state", "_publish", "_save"}
    revert(kept, User.objects.get(username="editor"))
    assert {**stored(speech), "html": ""} == {**before, "html": ""}


@pytest.mark.parametrize("state", HIDDEN)
def test_what_is_not_published_is_changed_at_once(writer: Client, state: State) -> None:
    speech = make_speech("原题", state=state)
    writer.post(change(speech), form_of(speech, title="改题", state="published", _publish="1"))
    speech.refresh_from_db()
    assert (speech.title, speech.state) == ("改题", state)
    assert not SpeechVersion.objects.filter(pending=True).exists()


def test_the_difference_is_shown(writer: Client, editor: Client) -> None:
    speech, _version = proposed(writer, text="原来的第一段。\n改过的第二段。", title="原<b>题")
    page = unwrapped(editor.get(change(speech)).content.decode())
    assert "<del>原来</del><ins>改过</ins>" in page
    assert "<ins>&lt;b&gt;</ins>" in page
    assert "采纳</button>" in page
    assert "不采纳</button>" in page
    own = unwrapped(writer.get(change(speech)).content.decode())
    assert "采纳</button>" not in own
    assert "撤回</button>" in own
    assert "再改会另成一份" in own
    assert "要等有发布权限的人批准" in own
    filtered = editor.get(f"{LIST}?pending=yes").context["cl"].result_list
    assert [each.pk for each in filtered] == [speech.pk]
    assert editor.get(f"{LIST}?pending=no").status_code == 200


def test_enter_in_the_form_gives_no_consent(writer: Client, editor: Client) -> None:
    speech, _version = proposed(writer, title="改题")
    page = editor.get(change(speech)).content.decode()
    form = page[page.index('id="speech_form"') :]
    first = re.search(r'<(?:input|button) type="submit"[^>]*>', form[: form.index("</form>")])
    assert first
    assert 'name="_save"' in first[0]
    assert "decision" not in form[: form.index("</form>")]


def test_a_refused_change_is_kept_as_not_taken(writer: Client, editor: Client) -> None:
    speech, version = proposed(writer, title="改题")
    before = stored(speech)
    assert "未采纳改动：标题" in said(decide(editor, version, "refuse"))
    assert stored(speech) == before
    version.refresh_from_db()
    assert (version.pending, version.taken, version.reason) == (False, False, "未采纳：人工修改")
    page = unwrapped(editor.get(change(speech)).content.decode())
    assert "待批准的改动" not in page.split('id="changelist-filter"')[0]
    assert re.search(r"<strong>未采用</strong>· 标题</summary>", page)
    assert "有改动待批准" not in editor.get(LIST).content.decode()
    assert "处理过" in said(decide(editor, version, "accept"))
    assert stored(speech) == before


def test_who_proposed_may_take_it_back_and_nobody_else_below(
    writer: Client, helper: Client, visitor: Client
) -> None:
    speech, version = proposed(writer, title="改题")
    before = stored(speech)
    for person, decision, status in [
        (visitor, "accept", 200),  # the page of the log-in
        (helper, "accept", 403),
        (helper, "refuse", 403),
        (writer, "accept", 403),
        (writer, "nonsense", 400),
    ]:
        assert decide(person, version, decision).status_code == status
        version.refresh_from_db()
        assert (stored(speech), version.pending) == (before, True)
    decide(writer, version, "refuse")
    version.refresh_from_db()
    assert (version.pending, version.reason) == (False, "撤回：人工修改")


def test_agreeing_takes_nothing_back_that_was_changed_meanwhile(
    writer: Client, editor: Client
) -> None:
    speech, version = proposed(writer, title="改题")
    speech.refresh_from_db()
    editor.post(change(speech), form_of(speech, text="编辑改的正文。"))
    assert "又有过改动" in editor.get(change(speech)).content.decode()
    decide(editor, version, "accept")
    speech.refresh_from_db()
    assert (speech.title, speech.text) == ("改题", "编辑改的正文。")


def test_the_same_proposed_twice_waits_once(writer: Client) -> None:
    speech, _version = proposed(writer, title="改题")
    writer.post(change(speech), form_of(speech, title="改题"))
    assert SpeechVersion.objects.count() == 1
    writer.post(change(speech), form_of(speech, title="再改"))
    assert SpeechVersion.objects.count() == 2
    page = writer.post(change(speech), form_of(speech), follow=True)
    assert SpeechVersion.objects.count() == 2
    assert page.status_code == 200


def test_bringing_an_earlier_version_back_waits_too(writer: Client, editor: Client) -> None:
    speech = make_speech("旧题", "旧文。")
    editor.post(change(speech), form_of(speech, title="新题", text="新文。"))
    before, old = stored(speech), speech.versions.get()
    page = writer.post(
        reverse("admin:archive_speech_revert", args=[speech.pk, old.pk]), follow=True
    )
    assert "待批准" in page.content.decode()
    assert stored(speech) == before
    waiting = speech.versions.get(pending=True)
    revert_waiting = reverse("admin:archive_speech_revert", args=[speech.pk, waiting.pk])
    assert writer.post(revert_waiting).status_code == 404
    decide(editor, waiting, "accept")
    speech.refresh_from_db()
    assert (speech.title, speech.text) == ("旧题", "旧文。")


@pytest.mark.parametrize("button", ["_confirm", "_all"])
def test_another_version_by_upload_waits_too(writer: Client, editor: Client, button: str) -> None:
    row = row_of(1, id="7")
    confirm(editor, send(editor, {"a.jsonl": jsonl_of(row)}), "_publish")
    speech = Speech.objects.published().get()
    before = stored(speech)
    changed = jsonl_of({**row, "text": row["text"].replace("同志们", "朋友们")})
    page = confirm(writer, send(writer, {"b.jsonl": changed}), button)
    assert stored(speech) == before
    assert "已发布的内容未动，改动待批准" in page.content.decode()
    # The file is known now: sent again it proposes nothing.
    again = send(writer, {"b.jsonl": changed})
    assert again.context["cards"][0].shown.verdict.status == "duplicate"
    version = speech.versions.get(pending=True)
    decide(editor, version, "accept")
    speech.refresh_from_db()
    assert "朋友们" in speech.text
    assert speech.original == version.original
    assert not speech.by_hand()
    again = send(editor, {"b.jsonl": changed})
    assert again.context["cards"][0].shown.verdict.status == "duplicate"


def test_who_may_only_upload_changes_nothing_that_is_there(writer: Client, editor: Client) -> None:
    user = User.objects.get(username="writer")
    user.user_permissions.remove(user.user_permissions.get(codename="change_speech"))
    row = row_of(1, id="7")
    confirm(editor, send(editor, {"a.jsonl": jsonl_of(row)}))
    speech = Speech.objects.get(state=State.DRAFT)
    before = stored(speech)
    confirm(
        writer,
        send(
            writer, {"b.jsonl": jsonl_of({**row, "text": row["text"].replace("同志们", "朋友们")})}
        ),
    )
    assert stored(speech) == before
    assert speech.versions.get().pending


def test_a_source_of_something_published_is_left_alone(writer: Client) -> None:
    speech = make_speech()
    address = reverse("admin:archive_source_change", args=[speech.source_id])
    values = {
        "name": "改名",
        "slug": "gai",
        "domains": "",
        "home_page": "",
        "licence": "",
        "note": "",
    }
    assert writer.post(address, values).status_code == 403
    assert Source.objects.get().name == "jia站"
    speech.state = State.DRAFT
    speech.save()
    assert writer.post(address, sent(writer.get(address)) | values).status_code == 302
    assert Source.objects.get().name == "改名"


@pytest.mark.parametrize("action", ["publish", "withdraw", "take_down", "trash", "restore"])
def test_no_action_for_who_may_not_publish(writer: Client, action: str) -> None:
    speech = make_speech()
    before = stored(speech)
    writer.post(LIST, {"action": action, "_selected_action": [speech.pk]})
    move = reverse("admin:archive_speech_move", args=[speech.pk])
    assert writer.post(move, {"to": "trash"}).status_code == 403
    assert stored(speech) == before
