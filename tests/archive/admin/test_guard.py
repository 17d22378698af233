"""Two editors at one form: nothing that was saved is taken back without having been shown."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import translation
from lxml import html

from archive.models import Source, Speech, State
from archive.models.speech import BY_EDITOR
from tests.archive.admin.conftest import someone
from tests.archive.admin.sending import sent
from tests.archive.admin.test_speech import LIST, said
from tests.archive.public.pages import unwrapped
from tests.effort import examples
from tests.factories import make_source, make_speech

# What an editor may type into each box, one of them as it is.
CHOICES: dict[str, tuple[str, ...]] = {
    "title": ("题目", "新题", " 新题 ", "再改的题"),
    "type": ("speech", "report", "news"),
    "date": ("", "2024", "2024-04", "2024-04-14T10:24:03"),
    "state": ("draft", "restricted", "taken_down", "published"),
    "original_url": ("", "https://example.cn/甲", "https://example.cn/b"),
    "source_line": ("", "网友投稿"),
    "site_column": ("", "党建"),
    "site_tags": ("", "甲\r\n乙", "乙"),
    "author": ("", "某某"),
    "hit_count": ("", "0", "17"),
    "declared_length": ("", "300"),
    "text": (
        "正文。",
        "第一段\r\n第二段",
        "第一段\r\n\r\n 第二段 ",
        "长" * 400,
        "长" * 400 + "\r\n末段",
    ),
}
LABELS = {name: str(Speech._meta.get_field(name).verbose_name) for name in CHOICES}


@pytest.fixture
def other(db: None) -> Client:
    return someone("other", "editor")


def change(speech: Speech | Source) -> str:
    return f"/admin/archive/{speech._meta.model_name}/{speech.pk}/change/"


def values_of(pk: int) -> dict[str, Any]:
    snapshot = Speech.objects.get(pk=pk).version_values()
    return {name: snapshot[name] for name in CHOICES}


@pytest.mark.django_db
@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(examples(12)))
def test_history_names_exactly_what_changed(editor: Client, seed: int) -> None:
    random = Random(seed)
    speech = make_speech(
        # As imports may have left it: not quite as a form would send it.
        **{
            "title": "题目 ",
            "text": "第一段 \n第二段\n",
            "date": "2024",
            "site_tags": ["甲 ", "乙"],
        }
        if seed % 2
        else {"date": "2024-04-14"}
    )
    for _ in range(3):
        before = Speech.objects.get(pk=speech.pk)
        typed = {n: random.choice(CHOICES[n]) for n in CHOICES if random.random() < 0.25}
        button = {"_publish": "1"} if random.random() < 0.2 else {"_save": "1"}
        entries, versions = LogEntry.objects.count(), before.versions.count()
        page = editor.post(change(speech), {**sent(editor.get(change(speech))), **typed, **button})
        assert page.status_code == 302
        after = Speech.objects.get(pk=speech.pk)
        changed = {
            n for n, v in before.version_values().items() if after.version_values()[n] != v
        } & CHOICES.keys()
        assert changed <= typed.keys() | ({"state"} if "_publish" in button else set())
        assert LogEntry.objects.count() == entries + 1
        entry = LogEntry.objects.latest("pk")
        (message,) = json.loads(entry.change_message) or [{"changed": {"fields": []}}]
        assert set(message["changed"]["fields"]) == {LABELS[name] for name in changed}
        with translation.override("zh-hans"):
            named = entry.get_change_message()
        assert all(
            (label in named) == (label in {LABELS[n] for n in changed})
            for label in ["标题", "日期"]
        )
        assert after.versions.count() == versions + bool(changed)
        marked = after.by_hand() - before.by_hand()
        assert marked <= changed & BY_EDITOR


class Person:
    """An editor with the form open: what he has seen of each field, and what he typed."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.page: dict[str, Any] = {}
        self.shown: dict[str, Any] = {}  # what the boxes held when the form was opened
        self.seen: dict[str, list[Any]] = {}

    def open(self, pk: int) -> None:
        """Open the form, and see what it shows."""
        self.page = sent(self.client.get(f"{LIST}{pk}/change/"))
        self.shown = dict(self.page)
        self.seen = {name: [value] for name, value in values_of(pk).items()}

    def save(self, pk: int, random: Random) -> None:
        """Type something, save, and check what that did to what others had saved."""
        for name, choices in CHOICES.items():
            if random.random() < 0.15:
                self.page[name] = random.choice(choices)
        typed = {name for name in CHOICES if self.page.get(name) != self.shown.get(name)}
        before = values_of(pk)
        if random.random() < 0.3:
            self.page["take"] = random.choice(list(CHOICES))
        button = random.choice(["_save", "_save", "_publish"])
        answer = self.client.post(f"{LIST}{pk}/change/", {**self.page, button: "1"})
        after = values_of(pk)
        if answer.status_code == 302:
            for name, value in before.items():
                if after[name] != value:
                    assert value in self.seen[name], f"{name}: {value} was never shown"
                if after["state"] == "published" != before["state"] and name not in typed:
                    assert value in self.seen[name], f"published unseen {name}"
            self.open(pk)
            return
        assert after == before
        form = answer.context["adminform"].form
        assert form.clashes, form.errors
        for name in (clash.name for clash in form.clashes):
            self.seen[name].append(before[name])
        self.page = sent(answer)
        for clash in form.clashes:
            if clash.mine is not None:  # what was typed is still there
                typed_again = self.page.get(clash.name, "").splitlines()
                assert typed_again == form.data[clash.name].splitlines()


@pytest.mark.django_db
@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(examples(8)))
def test_no_saved_change_is_taken_back_unseen(editor: Client, other: Client, seed: int) -> None:
    random = Random(seed)
    speech = make_speech(date="2024", state=State.DRAFT)
    people = [Person(editor), Person(other)]
    for person in people:
        person.open(speech.pk)
    for _ in range(14):
        person, deed = random.choice(people), random.random()
        if deed < 0.2:
            person.open(speech.pk)
        elif deed < 0.3:  # a bulk action, or an import
            Speech.objects.filter(pk=speech.pk).move_to(
                random.choice([State.DRAFT, State.TAKEN_DOWN])
            )
        else:
            person.save(speech.pk, random)


@pytest.mark.django_db
def test_what_both_changed_is_shown_and_then_saved_knowingly(editor: Client, other: Client) -> None:
    speech = make_speech("旧题", "第一段\n第二段\n第三段", author="原来的人")
    mine = sent(editor.get(change(speech)))
    theirs = sent(other.get(change(speech)))
    other.post(
        change(speech),
        theirs | {"title": "他的<题>", "text": "第一段\n他改了\n第三段", "author": "某"},
    )
    typed = mine | {"title": "我的<题>", "text": "第一段\n第二段\n我改了"}
    page = editor.post(change(speech), typed)
    shown = unwrapped(page.content.decode())
    assert page.status_code == 200
    assert Speech.objects.get().title == "他的<题>"
    for part in ("有人在你之前保存了", "other · ", "旧题", "他的&lt;题&gt;", "我的&lt;题&gt;"):
        assert part in shown
    assert "<del>第二段</del><ins>他改了</ins>" in shown
    assert "<del>第三段</del><ins>我改了</ins>" in shown
    again = sent(page)
    assert (again["title"], again["author"]) == ("我的<题>", "某")
    editor.post(change(speech), again | {"take": "title"})
    speech.refresh_from_db()
    assert (speech.title, speech.author, speech.text) == (
        "他的<题>",
        "某",
        "第一段\n第二段\n我改了",
    )
    assert speech.versions.count() == 2


@pytest.mark.django_db
def test_what_only_the_other_changed_is_kept_and_said(editor: Client, other: Client) -> None:
    speech = make_speech("旧题", author="旧")
    mine = sent(editor.get(change(speech)))
    other.post(change(speech), sent(other.get(change(speech))) | {"author": "新", "date": "2024"})
    page = editor.post(change(speech), mine | {"title": "新题"}, follow=True)
    speech.refresh_from_db()
    assert (speech.title, speech.author, str(speech.date)) == ("新题", "新", "2024")
    assert "你打开之后有人改了：日期、作者或单位。" in said(page)


@pytest.mark.django_db
def test_nobody_publishes_what_he_has_not_seen(editor: Client, other: Client) -> None:
    speech = make_speech(state=State.DRAFT)
    mine = sent(editor.get(change(speech)))
    other.post(change(speech), sent(other.get(change(speech))) | {"text": "完全不同。"})
    page = editor.post(change(speech), mine | {"_publish": "1"})
    assert page.status_code == 200
    assert "你没有改，表单里已换成现在的值。" in page.content.decode()
    editor.post(change(speech), sent(page) | {"_publish": "1"})
    speech.refresh_from_db()
    assert (speech.state, speech.text) == (State.PUBLISHED, "完全不同。")


@pytest.mark.django_db
@pytest.mark.parametrize("opened", ["", "[]", "{", '{"title": 3}', "[" * 5000])
def test_a_page_that_does_not_say_what_it_was_opened_with(editor: Client, opened: str) -> None:
    speech = make_speech("旧题")
    page = editor.post(
        change(speech), sent(editor.get(change(speech))) | {"title": "新", "opened": opened}
    )
    assert "（已无从得知）" in page.content.decode()
    assert editor.post(change(speech), sent(page)).status_code == 302
    assert Speech.objects.get().title == "新"


@pytest.mark.django_db
def test_sources_too(editor: Client, other: Client) -> None:
    source = make_source("jia", name="甲站")
    mine = sent(editor.get(change(source)))
    other.post(
        change(source), sent(other.get(change(source))) | {"licence": "许可", "name": "乙站"}
    )
    page = editor.post(change(source), mine | {"name": "丙站"})
    assert [clash.name for clash in page.context["adminform"].form.clashes] == ["name", "licence"]
    assert editor.post(change(source), sent(page)).status_code == 302
    source.refresh_from_db()
    assert (source.name, source.licence) == ("丙站", "许可")


@pytest.mark.django_db
def test_buttons_beside_the_form_do_not_act_on_what_was_not_seen(
    editor: Client, other: Client
) -> None:
    speech = make_speech("旧题", state=State.DRAFT)
    editor.post(change(speech), sent(editor.get(change(speech))) | {"title": "新题"})
    mine = sent(editor.get(change(speech)))
    other.post(
        change(speech), sent(other.get(change(speech))) | {"author": "他", "state": "published"}
    )
    page = editor.post(f"{LIST}{speech.pk}/move/", mine | {"to": "trash"}, follow=True)
    assert "没有执行" in said(page)
    page = editor.post(f"{LIST}{speech.pk}/revert/{speech.versions.last().pk}/", mine, follow=True)
    assert "没有恢复" in said(page)
    speech.refresh_from_db()
    assert (speech.title, speech.state) == ("新题", State.PUBLISHED)


@pytest.mark.django_db
def test_bulk_actions_leave_alone_what_changed_since_the_list(
    editor: Client, other: Client
) -> None:
    kept, changed = make_speech(state=State.DRAFT), make_speech(state=State.DRAFT)
    document = html.fromstring(editor.get(LIST).content.decode())
    listed = document.get_element_by_id("changelist-form").fields["listed_at"]
    other.post(change(changed), sent(other.get(change(changed))) | {"state": "taken_down"})
    chosen = {"action": "publish", "_selected_action": [kept.pk, changed.pk], "listed_at": listed}
    page = editor.post(LIST, chosen, follow=True)
    assert "1 份在你打开列表之后被改过" in said(page)
    assert [Speech.objects.get(pk=each.pk).state for each in (kept, changed)] == [
        "published",
        "taken_down",
    ]
