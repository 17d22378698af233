"""Speeches at the editors' desk: who may do what, the list, the form."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from archive.admin.forms import SpeechForm
from archive.models import Original, Source, Speech, SpeechVersion, State
from search.models import IndexChange
from search.site import corpus
from tests.archive.admin.conftest import status
from tests.factories import make_follower, make_source, make_speech

LIST = "/admin/archive/speech/"
PEOPLE = ("visitor", "helper", "editor", "administrator")


def form_of(speech: Speech, **changes: Any) -> dict[str, Any]:
    """Return what the form would send that was opened when the speech was as it is here."""
    values = {
        "title": speech.title,
        "source": speech.source_id,
        "type": speech.type,
        "date": str(speech.date),
        "state": speech.state,
        "original_url": speech.original_url,
        "source_line": speech.source_line,
        "site_column": speech.site_column,
        "site_tags": "\r\n".join(speech.site_tags),
        "author": speech.author,
        "hit_count": speech.hit_count or "",
        "declared_length": speech.declared_length or "",
        "text": speech.text.replace("\n", "\r\n"),
    }
    opened = {"opened": SpeechForm(instance=speech).opened} if speech.pk else {}
    return opened | values | changes


def listed(page: Any) -> set[int]:
    return {speech.pk for speech in page.context["cl"].result_list}


def said(page: Any) -> str:
    return " ".join(str(message) for message in page.context["messages"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/admin/", [302, 200, 200, 200]),
        (LIST, [302, 403, 200, 200]),
        (f"{LIST}add/", [302, 403, 200, 200]),
        (f"{LIST}upload/", [302, 403, 200, 200]),
        (f"{LIST}{{pk}}/change/", [302, 403, 200, 200]),
        (f"{LIST}{{pk}}/original/", [302, 403, 200, 200]),
        (f"{LIST}{{pk}}/history/", [302, 403, 200, 200]),
        (f"{LIST}{{pk}}/delete/", [302, 403, 403, 403]),
        (f"{LIST}{{trash}}/delete/", [302, 403, 403, 200]),
        (f"{LIST}{{pk}}/move/", [302, 403, 400, 400]),
        ("/admin/archive/source/", [302, 403, 200, 200]),
        ("/admin/archive/uploadbatch/", [302, 403, 200, 200]),
        ("/admin/archive/uploadbatch/add/", [302, 403, 403, 403]),
        ("/admin/archive/uploaditem/", [302, 403, 200, 200]),
        ("/admin/auth/user/", [302, 403, 403, 200]),
        ("/admin/auth/group/", [302, 403, 403, 200]),
    ],
)
def test_who_may_open_what(
    address: str, expected: list[int], request: pytest.FixtureRequest
) -> None:
    people = [request.getfixturevalue(name) for name in PEOPLE]
    speech = make_speech(original=Original.objects.keep(b"1", "1.html"))
    trash = make_speech(state=State.TRASH)
    address = address.format(pk=speech.pk, trash=trash.pk)
    assert [status(person, address) for person in people] == expected


def test_the_list_narrows_by_state_type_source_and_year(editor: Client) -> None:
    old = make_speech(date="2019", type="report", source="yi", state=State.DRAFT)
    new = make_speech(date="2024-04-14", type="speech", source="jia")
    undated = make_speech(type="speech", source="jia")
    for query, expected in {
        "": {old, new, undated},
        "state__exact=draft": {old},
        "type__exact=speech": {new, undated},
        f"source__id__exact={old.source_id}": {old},
        "year=2024": {new},
        "year=none": {undated},
        "year=x": {old, new, undated},
    }.items():
        page = editor.get(f"{LIST}?{query}")
        assert listed(page) == {speech.pk for speech in expected}, query
    assert "日期不详 (1)" in page.content.decode()


def test_the_list_shows_dates_with_their_precision(editor: Client) -> None:
    for date in ("", "2019", "2024-04", "2024-04-14", "2024-04-14T10:24:03"):
        make_speech(date=date)
    page = editor.get(LIST).content.decode()
    for shown in ("不详", "2019 ", "到年", "到月", "到日", "2024-04-14 10:24:03", "到秒"):
        assert shown in page


def test_the_list_shows_lengths_with_their_unit(editor: Client) -> None:
    make_speech("甲", "乙" * 2345)
    assert '2,345 <span class="unit">字</span>' in editor.get(LIST).content.decode()


def test_the_list_does_not_read_the_texts(
    editor: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        make_speech(title=f"第{number}份")
    with django_assert_max_num_queries(15) as queries:
        editor.get(LIST)
    assert not [each for each in queries if '"archive_speech"."text"' in each["sql"]]


@pytest.mark.django_db(transaction=True)
def test_the_search_box_searches_every_state(editor: Client) -> None:
    shown = make_speech(text="功成不必在我，功成必定有我。")
    draft = make_speech(text="功成必定有我", state=State.DRAFT)
    make_speech(text="别的")
    assert listed(editor.get(LIST, {"q": "“功成，必定”"})) == {shown.pk, draft.pk}
    assert listed(editor.get(LIST, {"q": "功成 -不必在我"})) == {draft.pk}
    assert len(listed(editor.get(LIST, {"q": " "}))) == 3


@pytest.mark.django_db(transaction=True)
def test_a_long_answer_is_cut_and_says_so(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.admin.listing.SEARCH_LIMIT", 2)
    for _ in range(3):
        make_speech(text="政绩观")
    page = editor.get(LIST, {"q": "政绩观"})
    assert len(listed(page)) == 2
    assert "只列出最相关的 2 份" in said(page)


@pytest.mark.django_db(transaction=True)
def test_without_an_index_the_list_looks_in_the_database(editor: Client) -> None:
    speech = make_speech(text="功成必定有我")
    corpus().delete_index()
    page = editor.get(LIST, {"q": "必定有我"})
    assert listed(page) == {speech.pk}
    assert "索引暂不可用" in said(page)


@pytest.mark.parametrize(
    ("action", "moved"),
    [
        ("publish", {"draft": "published", "restricted": "published", "taken_down": "published"}),
        ("withdraw", {"published": "draft", "restricted": "draft", "taken_down": "draft"}),
        ("take_down", dict.fromkeys(["draft", "published", "restricted"], "taken_down")),
        ("trash", dict.fromkeys(["draft", "published", "restricted", "taken_down"], "trash")),
        ("restore", {"trash": "draft"}),
    ],
)
def test_many_at_once(editor: Client, action: str, moved: dict[str, str]) -> None:
    speeches = {state.value: make_speech(state=state) for state in State}
    make_follower()
    page = editor.post(
        LIST,
        {"action": action, "_selected_action": [each.pk for each in speeches.values()]},
        follow=True,
    )
    for state, speech in speeches.items():
        speech.refresh_from_db()
        assert speech.state == moved.get(state, state)
    changed = {speeches[state].pk for state in moved}
    assert {note.key for note in IndexChange.objects.all()} == changed
    assert {int(entry.object_id) for entry in LogEntry.objects.all()} == changed
    assert f"{len(moved)} 份改为" in said(page)


def test_what_is_held_is_left_out_of_bulk_publishing(editor: Client) -> None:
    held = make_speech(state=State.DRAFT, held_reason="缺标题")
    page = editor.post(LIST, {"action": "publish", "_selected_action": [held.pk]}, follow=True)
    held.refresh_from_db()
    assert held.state == State.DRAFT
    assert "1 份待审，未发布" in said(page)
    assert "待审：缺标题" in page.content.decode()


def test_only_an_administrator_deletes_and_only_from_the_trash(
    editor: Client, administrator: Client
) -> None:
    kept, gone = make_speech(), make_speech(state=State.TRASH)
    SpeechVersion.objects.create(speech=gone, values={})
    asked = {"action": "delete_selected", "_selected_action": [kept.pk, gone.pk], "post": "yes"}
    editor.post(LIST, asked)
    assert Speech.objects.count() == 2
    question = administrator.post(LIST, {**asked, "post": ""})
    assert question.status_code == 200
    administrator.post(LIST, asked)
    assert list(Speech.objects.all()) == [kept]


@pytest.mark.parametrize(
    ("state", "to", "status", "after"),
    [
        ("published", "trash", 302, "trash"),
        ("trash", "draft", 302, "draft"),
        ("draft", "published", 400, "draft"),
        ("draft", "", 400, "draft"),
    ],
)
def test_the_buttons_for_the_trash(
    editor: Client, state: str, to: str, status: int, after: str
) -> None:
    speech = make_speech(state=state)
    answer = editor.post(reverse("admin:archive_speech_move", args=[speech.pk]), {"to": to})
    speech.refresh_from_db()
    assert (answer.status_code, speech.state) == (status, after)
    assert editor.post(reverse("admin:archive_speech_move", args=[10**6])).status_code == 404


def test_the_original_is_sent_to_be_saved_and_never_as_a_page(editor: Client) -> None:
    content = b"<script>alert(1)</script>"
    speech = make_speech(original=Original.objects.keep(content, "党建.html"))
    answer = editor.get(reverse("admin:archive_speech_original", args=[speech.pk]))
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    without = make_speech()
    address = reverse("admin:archive_speech_original", args=[without.pk])
    assert editor.get(address).status_code == 404


def test_the_form_shows_evidence_removed_spans_and_versions_escaped(editor: Client) -> None:
    evil = "<script>alert(1)</script>"
    speech = make_speech(
        title=evil,
        text=evil,
        state=State.DRAFT,
        held_reason=evil,
        removed=[{"start": 0, "end": 5, "rule": evil, "text": evil}],
        provenance={"date": {"rule": evil, "text": evil, "guessed": True}},
    )
    editor.post(
        f"{LIST}{speech.pk}/change/", form_of(speech, title="新题", site_tags="学习\n<b>部署</b>")
    )
    page = editor.get(f"{LIST}{speech.pk}/change/").content.decode()
    assert evil not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 6
    for shown in ("推断", "清洗时去除 1 处", "1 个旧版本", "人工修改", "人工修订", "待审"):
        assert shown in page


def test_saving_keeps_the_version_before_and_marks_what_is_an_editors(editor: Client) -> None:
    speech = make_speech(title="旧题", text="第一段\n第二段", html="<p>第一段</p>", date="2024")
    other = make_source("yi")
    text = "第一段。\r\n\r\n  \r\n第二段。\r\n"
    editor.post(
        f"{LIST}{speech.pk}/change/",
        form_of(speech, title="新题", text=text, date="2024-04", source=other.pk, site_tags="甲"),
    )
    speech.refresh_from_db()
    assert (speech.title, speech.text, speech.source) == ("新题", "第一段。\n第二段。", other)
    assert (str(speech.date), speech.year, speech.site_tags) == ("2024-04", 2024, ["甲"])
    assert speech.html == "<p>第一段。</p><p>第二段。</p>"
    assert speech.by_hand() == {"title", "text", "date", "source", "site_tags"}
    version = SpeechVersion.objects.get()
    assert (version.values["title"], version.values["text"]) == ("旧题", "第一段\n第二段")
    assert version.changed_by == User.objects.get(username="editor")
    page = editor.get(f"{LIST}{speech.pk}/change/").content.decode()
    for shown in ("jia站", "yi站", "旧题", "（空）"):
        assert shown in page


def test_saving_without_a_change_changes_nothing(editor: Client) -> None:
    speech = make_speech(text="第一段\n第二段", site_tags=["甲", "乙"], date="2024-04-14")
    before = speech.updated_at
    editor.post(f"{LIST}{speech.pk}/change/", form_of(speech))
    speech.refresh_from_db()
    assert speech.updated_at == before
    assert not SpeechVersion.objects.exists()


def test_a_version_that_was_not_taken_says_so(editor: Client) -> None:
    speech = make_speech(text="订正的")
    values = speech.version_values() | {"text": "导入的", "source": 10**6, "type": "report"}
    SpeechVersion.objects.create(speech=speech, values=values, taken=False, reason="导入更新")
    tagged = speech.version_values() | {"site_tags": ["甲", "乙"]}
    SpeechVersion.objects.create(speech=speech, values=tagged)
    SpeechVersion.objects.create(speech=speech, values=speech.version_values())
    page = editor.get(f"{LIST}{speech.pk}/change/").content.decode()
    for shown in ("未采用", "导入的值", "保留的值", "#1000000", "汇报总结", "甲、乙", "无差别"):
        assert shown in page


def test_publishing_from_the_form_ends_the_holding(editor: Client) -> None:
    speech = make_speech(state=State.DRAFT, held_reason="缺标题")
    editor.post(f"{LIST}{speech.pk}/change/", form_of(speech, _publish="1"))
    speech.refresh_from_db()
    assert (speech.state, speech.held_reason) == (State.PUBLISHED, "")
    assert speech.by_hand() == set()
    assert "已发布" in editor.get(f"{LIST}{speech.pk}/change/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"text": " \r\n "},
        {"date": "昨天"},
        {"type": "poem"},
        {"source": "999999"},
        {"original_url": "javascript:alert(1)"},
    ],
)
def test_a_wrong_value_is_refused_beside_its_box(editor: Client, wrong: dict[str, str]) -> None:
    speech = make_speech()
    answer = editor.post(f"{LIST}{speech.pk}/change/", form_of(speech, **wrong))
    assert answer.status_code == 200
    assert set(answer.context["adminform"].form.errors) == set(wrong)
    assert not SpeechVersion.objects.exists()


def test_without_the_right_to_publish_the_state_stays(helper: Client) -> None:
    user = User.objects.get(username="helper")
    codes = ["view_speech", "change_speech"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    speech = make_speech(state=State.DRAFT)
    page = helper.get(f"{LIST}{speech.pk}/change/").content.decode()
    assert "保存并发布" not in page
    assert "移入回收站" not in page
    helper.post(
        f"{LIST}{speech.pk}/change/",
        form_of(speech, title="新题", state="published", _publish="1"),
    )
    speech.refresh_from_db()
    assert (speech.title, speech.state) == ("新题", State.DRAFT)
    answer = helper.post(reverse("admin:archive_speech_move", args=[speech.pk]), {"to": "trash"})
    assert answer.status_code == 403


def test_a_speech_can_be_typed_in(editor: Client) -> None:
    source = Source.objects.create(name="甲站", slug="jia")
    blank = Speech(source=source, title="题", text="文", date="2024", state=State.DRAFT)
    editor.post(f"{LIST}add/", form_of(blank))
    speech = Speech.objects.get()
    assert (speech.title, speech.original, speech.html) == ("题", None, "<p>文</p>")
    assert {"title", "text"} <= speech.by_hand()


def test_the_desk_keeps_to_the_content_security_policy(editor: Client) -> None:
    speech = make_speech()
    for address in (LIST, f"{LIST}{speech.pk}/change/", f"{LIST}upload/", "/admin/"):
        page = editor.get(address)
        html = page.content.decode()
        assert "script-src 'self'" in page["Content-Security-Policy"]
        assert " style=" not in html
        assert "<style" not in html
        assert " onclick=" not in html
        assert not re.findall(r"<script(?![^>]*\ssrc=)", html)
