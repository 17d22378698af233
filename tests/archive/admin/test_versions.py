"""The button that brings an earlier version back."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from archive.models import Speech, SpeechVersion, State
from search.sync.follow import follow
from tests.archive.admin.test_speech import form_of, said
from tests.archive.public.pages import unwrapped
from tests.factories import make_speech


def change(speech: Speech) -> str:
    return reverse("admin:archive_speech_change", args=[speech.pk])


def address(version: SpeechVersion) -> str:
    return reverse("admin:archive_speech_revert", args=[version.speech_id, version.pk])


@pytest.fixture
def corrected(editor: Client) -> Speech:
    """A speech that an editor corrected once."""
    speech = make_speech("旧题", "旧的措辞。")
    editor.post(change(speech), form_of(speech, title="新题", text="新的措辞。"))
    speech.refresh_from_db()
    assert speech.title == "新题"
    return speech


def test_one_click_brings_a_version_back(editor: Client, corrected: Speech, client: Client) -> None:
    version = corrected.versions.get()
    shown = unwrapped(editor.get(change(corrected)).content.decode())
    assert f'formaction="{address(version)}" formnovalidate>恢复此版本</button>' in shown
    # The form around the button sends its own values too, saved or not: they do not count.
    sent = form_of(corrected, title="没有保存的题")
    page = editor.post(address(version), sent, follow=True)
    assert page.redirect_chain == [(change(corrected), 302)]
    corrected.refresh_from_db()
    assert (corrected.title, corrected.text) == ("旧题", "旧的措辞。")
    assert re.search(
        r"已恢复 \d{4}-\d\d-\d\d \d\d:\d\d 的版本（标题、正文）。恢复前的内容存为", said(page)
    )
    assert corrected.versions.first().values["title"] == "新题"
    assert "恢复旧版本" in page.content.decode()
    logged = LogEntry.objects.order_by("pk").last()
    assert (logged.object_id, logged.change_message) == (str(corrected.pk), said(page))
    follow(patient=True)
    assert "共 1 篇" in client.get("/search/", {"q": "“旧的措辞”"}).content.decode()


def test_a_version_without_a_difference_changes_nothing(editor: Client) -> None:
    speech = make_speech()
    version = SpeechVersion.objects.create(speech=speech, values=speech.version_values())
    assert "没有差别" in said(editor.post(address(version), follow=True))
    assert speech.versions.count() == 1
    assert not LogEntry.objects.exists()


def test_only_quiet_columns_are_named_where_there_are_no_others(editor: Client) -> None:
    speech = make_speech()
    values = speech.version_values() | {"html": "<p>正文。</p>"}
    version = SpeechVersion.objects.create(speech=speech, values=values)
    assert "（净化后的 HTML）" in said(editor.post(address(version), follow=True))


def test_a_published_speech_keeps_its_text(editor: Client) -> None:
    speech = make_speech()
    values = speech.version_values() | {"text": ""}
    version = SpeechVersion.objects.create(speech=speech, values=values)
    assert "没有正文" in said(editor.post(address(version), follow=True))
    speech.refresh_from_db()
    assert (speech.text, speech.versions.count()) == ("正文。", 1)


def test_a_version_that_was_not_taken_can_be(editor: Client) -> None:
    speech = make_speech(text="订正的")
    values = speech.version_values() | {"text": "导入的"}
    version = SpeechVersion.objects.create(speech=speech, values=values, taken=False)
    assert "采用此版本</button>" in unwrapped(editor.get(change(speech)).content.decode())
    editor.post(address(version))
    speech.refresh_from_db()
    assert speech.text == "导入的"


@pytest.mark.parametrize(
    ("who", "status"), [("visitor", 302), ("helper", 403), ("editor", 302), ("administrator", 302)]
)
def test_who_may(request: pytest.FixtureRequest, corrected: Speech, who: str, status: int) -> None:
    person = request.getfixturevalue(who)
    assert person.post(address(corrected.versions.get())).status_code == status
    corrected.refresh_from_db()
    assert corrected.title == ("旧题" if who in ("editor", "administrator") else "新题")


def test_who_may_only_look_sees_no_button(corrected: Speech, helper: Client) -> None:
    user = User.objects.get(username="helper")
    user.user_permissions.add(Permission.objects.get(codename="view_speech"))
    page = helper.get(change(corrected)).content.decode()
    assert "1 个旧版本" in page
    assert "恢复此版本" not in page


def test_who_may_not_publish_does_not_publish_by_it(helper: Client) -> None:
    user = User.objects.get(username="helper")
    codes = ["view_speech", "change_speech"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    speech = make_speech(state=State.TAKEN_DOWN)
    values = speech.version_values() | {"title": "旧题", "state": "published"}
    helper.post(address(SpeechVersion.objects.create(speech=speech, values=values)))
    speech.refresh_from_db()
    assert (speech.title, speech.state) == ("旧题", State.TAKEN_DOWN)


def test_only_by_post_with_the_token_and_of_this_speech(editor: Client, corrected: Speech) -> None:
    version = corrected.versions.get()
    assert editor.get(address(version)).status_code == 405
    other = reverse("admin:archive_speech_revert", args=[make_speech().pk, version.pk])
    assert editor.post(other).status_code == 404
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(User.objects.get(username="editor"))
    assert careful.post(address(version)).status_code == 403
    corrected.refresh_from_db()
    assert corrected.title == "新题"
