"""The upload desk: what may come in, what is shown, what is confirmed."""

import gzip
import re
import struct
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from archive.admin import desk
from archive.models import Original, Source, Speech, UploadBatch, UploadItem
from tests.archive.samples import (
    docx_of,
    html_of,
    jsonl_of,
    row_of,
    text_of,
    title_of,
    zip_of,
)
from tests.factories import path_of

UPLOAD = "/admin/archive/speech/upload/"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
EVIL = "<script>alert(document.domain)</script>"


def send(client: Client, files: dict[str, bytes], **values: Any) -> Any:
    documents = [SimpleUploadedFile(name, content) for name, content in files.items()]
    return client.post(UPLOAD, {"documents": documents, **values}, follow=True)


def fields(page: Any, **changes: Any) -> dict[str, Any]:
    """Return what the preview's form would send; `changes` hold for every item."""
    sent: dict[str, Any] = {"item": []}
    for card in page.context["cards"]:
        form = card.form
        sent["item"].append(card.shown.item.pk)
        for name in form.fields:
            sent[form.add_prefix(name)] = changes.get(name, str(form[name].value() or ""))
    return sent


def confirm(client: Client, page: Any, button: str = "_confirm", **changes: Any) -> Any:
    address = page.redirect_chain[-1][0] if page.redirect_chain else page.request["PATH_INFO"]
    return client.post(address, {**fields(page, **changes), button: "1"}, follow=True)


def test_files_are_shown_before_anything_is_stored(editor: Client) -> None:
    page = send(
        editor,
        {
            "a.txt": text_of(1),
            "b.html": html_of(2),
            "c.docx": docx_of(3),
            "d.jsonl": jsonl_of(row_of(4)),
        },
    )
    html = page.content.decode()
    assert [card.form["title"].value() for card in page.context["cards"]] == [
        title_of(number) for number in (1, 2, 3, 4)
    ]
    assert "江川市人民政府" in html
    assert "2024-04-14" in html
    assert not Speech.objects.exists()
    assert not Source.objects.exists()
    done = confirm(editor, page)
    assert [item.status for item in done.context["page"]] == ["new"] * 4
    assert "新增 4" in " ".join(map(str, done.context["messages"]))
    assert Speech.objects.filter(state="draft").count() == 4


def test_a_zip_is_published_with_corrections(editor: Client) -> None:
    page = send(editor, {"a.zip": zip_of({"甲/一.txt": text_of(1), "二.html": html_of(2)})})
    confirm(editor, page, "_publish", source="江川市", date="2024", type="report")
    for speech in Speech.objects.published():
        assert (speech.source.name, str(speech.date), speech.type) == ("江川市", "2024", "report")
    assert Speech.objects.published().count() == 2


def test_what_holds_for_all_is_said_once(editor: Client) -> None:
    source = Source.objects.create(name="甲站", slug="jia")
    page = send(editor, {"a.txt": text_of(1)}, source=source.pk, type="lecture")
    confirm(editor, page)
    speech = Speech.objects.get()
    assert (speech.source, speech.type) == (source, "lecture")


def shifted(package: bytes) -> bytes:
    """Return a zip whose end says that its parts begin before the file does."""
    at = package.rindex(b"PK\x05\x06") + 16
    (offset,) = struct.unpack_from("<I", package, at)
    return package[:at] + struct.pack("<I", offset + 5) + package[at + 4 :]


BAD = {
    "shifted.docx": (shifted(docx_of(1)), "损坏|不完整"),
    "shifted.zip": (shifted(zip_of({"a.txt": text_of(1)})), "损坏|不完整"),
    "空.txt": (b"", "空的"),
    "blank.html": (b" \n\t", "空的"),
    "truncated.docx": (docx_of(1)[:700], "损坏|不完整"),
    "scripts-only.html": (b"<html><script>alert(1)</script></html>", "没有可读"),
    "picture.png": (PNG, "不支持"),
    "picture.txt": (PNG, "不支持"),
    "picture.docx": (PNG, "不支持"),
    "program.exe": (b"MZ" + bytes(300), "不支持"),
    "up.zip": (zip_of({"../../etc/passwd": text_of(1)}), "不安全"),
    "empty.zip": (zip_of({}), "空的"),
    "broken.zip": (zip_of({"a.txt": text_of(1)})[:50], "损坏|不完整"),
    "inner.zip": (zip_of({"inner.zip": zip_of({"a.txt": text_of(1)})}), "压缩包"),
    "rows.jsonl": (b"{not json}\n[]\n", "记录"),
    "rows.jsonl.gz": (gzip.compress(b"x" * 100, mtime=0)[:20], "损坏|不完整"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_a_reason_and_nothing_is_written(
    editor: Client, originals_dir: Any, name: str
) -> None:
    content, reason = BAD[name]
    page = send(editor, {name: content})
    assert page.status_code == 200
    refused = dict(page.context["refused"])
    assert refused
    assert re.search(reason, " ".join(refused.values()))
    html = page.content.decode()
    assert "没有收下任何文件" in html
    assert all(escape(each) in html for each in refused)
    assert not UploadBatch.objects.exists()
    assert not Original.objects.exists()
    assert not originals_dir.exists()


@pytest.mark.parametrize(
    ("name", "content", "notice"),
    [
        ("a.docx", text_of(1), "扩展名是 .docx，内容却是文本"),
        ("a.exe", text_of(1), "扩展名是 .exe，内容却是文本"),
        ("a.html", docx_of(1), "扩展名是 .html，内容却是Word 文档"),
        ("a", docx_of(1), "扩展名是 （无），内容却是Word 文档"),
        ("a.docx", docx_of(1), ""),
        ("a", text_of(1), ""),
        ("a.jsonl", jsonl_of(row_of(1)), ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "…",
)
def test_a_wrong_extension_is_said(editor: Client, name: str, content: bytes, notice: str) -> None:
    page = send(editor, {name: content})
    assert page.context["cards"][0].shown.notice.startswith(notice)
    assert ("扩展名是" in page.content.decode()) == bool(notice)


def test_bytes_that_no_encoding_explains_are_refused_or_held(editor: Client) -> None:
    content = (
        text_of(1).decode().encode("gb18030").replace("同志".encode("gb18030"), b"\xff\xfe\xff")
    )
    page = send(editor, {"bad.txt": content})
    if page.context.get("refused"):
        assert not UploadBatch.objects.exists()
    else:
        draft = page.context["cards"][0].shown.draft
        assert "\ufffd" in draft.text
        assert draft.provenance["replaced"].text != "0"


def test_good_files_come_in_beside_bad_ones(editor: Client) -> None:
    page = send(editor, {"a.txt": text_of(1), f"{EVIL}.txt": b""})
    html = page.content.decode()
    assert "这些文件没有收下" in html
    assert EVIL not in html
    done = confirm(editor, page)
    assert sorted(item.status for item in done.context["page"]) == ["failed", "new"]


def test_scripts_are_neither_stored_nor_shown_as_such(editor: Client) -> None:
    content = html_of(
        1,
        extra=f'{EVIL}<p onclick="alert(1)">还有一段&lt;script&gt;的文字。</p><img src=x onerror=alert(1)>',
    )
    page = send(editor, {"a.html": content, "b.txt": text_of(2)})
    html = page.content.decode()
    assert EVIL not in html
    assert html.count("文件里有脚本，已经去除") == 1
    confirm(editor, page, title=f"题{EVIL}")
    speech = Speech.objects.earliest("pk")
    assert "alert(document" not in speech.text + speech.html
    assert "onerror" not in speech.html
    shown = editor.get(f"/admin/archive/speech/{speech.pk}/change/").content.decode()
    assert EVIL not in shown


def test_no_file_at_all_is_said(editor: Client) -> None:
    page = editor.post(UPLOAD, {})
    assert page.status_code == 200
    assert page.context["form"].errors


def test_too_much_is_refused_before_it_is_read(
    editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "MAX_REQUEST", 2**20)
    page = send(editor, {"a.txt": bytes(2**20)})
    assert (page.status_code, "不能超过 1 MB" in page.content.decode()) == (413, True)
    assert not UploadBatch.objects.exists()


def test_too_many_files_are_refused(editor: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    page = send(editor, {f"{number}.txt": text_of(number) for number in range(3)})
    assert (page.status_code, "打成一个 .zip" in page.content.decode()) == (413, True)


@pytest.mark.django_db
def test_an_upload_needs_the_token() -> None:
    client = Client(enforce_csrf_checks=True)
    user = User.objects.create_superuser("root")
    client.force_login(user)
    assert send(client, {"a.txt": text_of(1)}).status_code == 403
    assert not UploadBatch.objects.exists()


def test_duplicates_are_linked_and_skipped_by_default(editor: Client) -> None:
    confirm(editor, send(editor, {"a.txt": text_of(1)}))
    first = Speech.objects.get()
    page = send(editor, {"b.txt": text_of(1)})
    html = page.content.decode()
    assert f'href="/admin/archive/speech/{first.pk}/change/"' in html
    assert "正文相同" in html
    done = confirm(editor, page)
    assert [item.status for item in done.context["page"]] == ["duplicate"]
    confirm(editor, send(editor, {"c.txt": text_of(1)}), decision="both")
    assert Speech.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_look_alikes_are_shown_with_their_share(editor: Client) -> None:
    confirm(editor, send(editor, {"a.txt": text_of(1)}))
    page = send(editor, {"b.txt": text_of(1).replace("取信于民".encode(), "服务人民".encode())})
    assert re.search("本份的 9[0-9]% 见于其中", page.content.decode())
    first = Speech.objects.get()
    assert f"作为 #{first.pk} 的新版本" in page.content.decode()
    confirm(editor, page, decision=f"version-{first.pk}")
    assert "服务人民" in Speech.objects.get().text


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"date": "昨天"}, {"type": "poem"}, {"decision": "burn"}]
)
def test_a_wrong_value_is_said_and_nothing_is_stored(editor: Client, wrong: dict[str, str]) -> None:
    page = confirm(editor, send(editor, {"a.txt": text_of(1), "b.txt": text_of(2)}), **wrong)
    assert set(page.context["cards"][0].form.errors) == set(wrong)
    assert "没有确认：请先改正下面的错误。" in page.content.decode()
    assert not Speech.objects.exists()


def test_many_are_confirmed_page_by_page_or_all_at_once(
    editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "PAGE_ITEMS", 2)
    page = send(editor, {f"{number}.txt": text_of(number) for number in range(7)})
    assert len(page.context["cards"]) == 2
    later = editor.get(f"{page.redirect_chain[-1][0]}?page=2")
    assert [card.shown.item.name for card in later.context["cards"]] == ["2.txt", "3.txt"]
    page = confirm(editor, page)
    assert Speech.objects.count() == 2
    address = page.redirect_chain[-1][0]
    done = editor.post(address, {"_all_publish": "1"}, follow=True)
    assert (Speech.objects.count(), Speech.objects.published().count()) == (7, 5)
    assert len(done.context["page"]) == 7


def test_a_request_stores_only_for_as_long_as_it_may(
    editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = send(editor, {f"{number}.txt": text_of(number) for number in range(3)})
    monkeypatch.setattr(desk, "PATIENCE", -1.0)
    page = editor.post(page.redirect_chain[-1][0], {"_all": "1"}, follow=True)
    assert Speech.objects.count() == 1
    assert "其余 2 份还在等待" in page.content.decode()


def test_an_upload_can_be_given_up(editor: Client) -> None:
    page = send(editor, {"a.txt": text_of(1), "b.txt": text_of(2)})
    done = editor.post(page.redirect_chain[-1][0], {"_discard": "1"}, follow=True)
    assert [item.status for item in done.context["page"]] == ["skipped", "skipped"]
    assert UploadBatch.objects.get().finished_at
    assert not Speech.objects.exists()


def test_odd_keys_are_ignored(editor: Client) -> None:
    page = send(editor, {"a.txt": text_of(1)})
    address = page.redirect_chain[-1][0]
    editor.post(address, {"item": ["x", "-1", "9" * 30, "0"], "_confirm": "1"})
    assert UploadItem.objects.get().status == "waiting"
    assert editor.get("/admin/archive/speech/upload/999999/").status_code == 404


def test_an_item_whose_original_is_lost_has_failed(editor: Client) -> None:
    page = send(editor, {"a.txt": text_of(1)})
    path_of(Original.objects.get()).unlink()
    done = editor.get(page.redirect_chain[-1][0])
    assert [item.status for item in done.context["page"]] == ["failed"]


def test_without_the_right_to_publish_there_are_drafts_only(helper: Client) -> None:
    user = User.objects.get(username="helper")
    user.user_permissions.set(Permission.objects.filter(codename__in=["add_speech", "view_speech"]))
    page = send(helper, {"a.txt": text_of(1)})
    assert "_publish" not in page.content.decode()
    assert confirm(helper, page, "_publish").status_code == 403
    confirm(helper, page)
    assert Speech.objects.get().state == "draft"


@pytest.mark.django_db
def test_who_may_not_upload(visitor: Client, helper: Client) -> None:
    batch = UploadBatch.objects.create()
    for address in (UPLOAD, f"{UPLOAD}{batch.pk}/"):
        assert visitor.post(address).status_code == 302
        assert helper.post(address).status_code == 403
