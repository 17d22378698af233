"""What is too long for one material is held: its file is kept, and nothing of it is taken in."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from archive.ingest.upload import confirm
from archive.models import ItemStatus, Original, Speech, UploadBatch, UploadItem
from search.models import IndexChange
from tests.archive.admin.conftest import someone
from tests.archive.samples import docx_of, jsonl_of, row_of, text_of, title_of, zip_of

UPLOAD = "/admin/archive/speech/upload/"
CHARACTERS, PARAGRAPHS = "字" * 2_000_001, "字\n" * 50_000 + "字"
FILES = {
    "a.txt": (CHARACTERS.encode(), "最多 2,000,000 字，这一份有 2,000,001 字"),
    "b.txt": (PARAGRAPHS.encode(), "最多 50,000 段，这一份有 50,001 段"),
    "c.jsonl": (jsonl_of({"text": PARAGRAPHS}), "最多 50,000 段，这一份有 50,001 段"),
    "d.html": (f"<html><body><p>{CHARACTERS}，</p>".encode(), "最多 2,000,000 字"),
}


def upload(client: Client, files: dict[str, bytes]) -> Any:
    documents = [SimpleUploadedFile(name, content) for name, content in files.items()]
    return client.post(UPLOAD, {"documents": documents}, follow=True)


def original_of(item: UploadItem) -> str:
    return f"/admin/archive/uploaditem/{item.pk}/original/"


@pytest.mark.parametrize("name", FILES)
def test_it_is_kept_with_its_reason_and_given_back(editor: Client, name: str) -> None:
    content, reason = FILES[name]
    page = upload(editor, {name: content})
    item = UploadItem.objects.get()
    assert (item.status, item.is_row) == (ItemStatus.HELD, name == "c.jsonl")
    assert item.batch.finished_at
    for address in (page.request["PATH_INFO"], "/admin/archive/uploaditem/"):
        html = editor.get(address).content.decode()
        assert reason in html
        assert "请分成几份" in html
        assert original_of(item) in html
    answer = editor.get(original_of(item))
    assert b"".join(answer.streaming_content) == content.rstrip(b"\n")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert not Speech.objects.exists()
    assert not IndexChange.objects.exists()


def test_it_says_so_in_the_reader_s_language(editor: Client) -> None:
    page = upload(editor, {"a.txt": CHARACTERS.encode()})
    editor.cookies["django_language"] = "en"
    for address in (page.request["PATH_INFO"], "/admin/archive/uploaditem/"):
        html = editor.get(address).content.decode()
        assert "may have 2,000,000 characters, this one has 2,000,001" in html
        assert "please divide it" in html
        assert "Download the original file" in html


def test_nobody_confirms_it(editor: Client) -> None:
    page = upload(editor, {"a.txt": CHARACTERS.encode(), "b.txt": text_of(1)})
    html = page.content.decode()
    held, waiting = UploadItem.objects.order_by("name")
    assert "这些文件待审，不能入库" in html
    assert original_of(held) in html
    assert [card.shown.item for card in page.context["cards"]] == [waiting]
    address = page.request["PATH_INFO"]
    for sent in ({"item": held.pk, "_publish": "1"}, {"_all_publish": "1"}, {"_discard": "1"}):
        assert editor.post(address, sent, follow=True).status_code == 200
    outcome = confirm(held, User.objects.get(), publish=True)
    held.refresh_from_db()
    assert (outcome.status, outcome.speech) == (held.status, held.speech) == ("held", None)
    assert "这一份有 2,000,001 字" in outcome.reason
    assert Speech.objects.get().title == title_of(1)


def test_what_waits_from_before_there_was_a_bound_is_held(editor: Client) -> None:
    batch = UploadBatch.objects.create()
    original = Original.objects.keep(CHARACTERS.encode(), "a.txt")
    shown, confirmed = (
        UploadItem.objects.create(batch=batch, name="a.txt", original=original) for _ in "ab"
    )
    assert confirm(confirmed, User.objects.get(), publish=True).status == ItemStatus.HELD
    page = editor.get(f"{UPLOAD}{batch.pk}/").content.decode()
    for item in (shown, confirmed):
        item.refresh_from_db()
        assert item.is_only_held
        assert original_of(item) in page
    assert not Speech.objects.exists()


def test_its_file_is_for_those_who_upload(editor: Client, visitor: Client, helper: Client) -> None:
    upload(editor, {"a.txt": CHARACTERS.encode(), "b.txt": b""})
    held, failed = UploadItem.objects.order_by("name")
    assert visitor.get(original_of(held)).status_code == 302
    assert helper.get(original_of(held)).status_code == 403
    assert editor.get(original_of(failed)).status_code == 404
    assert editor.get("/admin/archive/uploaditem/0/original/").status_code == 404
    answer = someone("second", "editor").get(original_of(held))
    assert b"".join(answer.streaming_content) == CHARACTERS.encode()


def test_an_import_counts_it_as_held(
    db: None, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.zip").write_bytes(
        zip_of({"a.txt": CHARACTERS.encode(), "b.txt": text_of(1), "c.docx": docx_of(2)})
    )
    (tmp_path / "d.jsonl").write_bytes(
        b"\n".join(map(jsonl_of, ({"text": PARAGRAPHS}, row_of(3), {"text": ""})))
    )
    report = tmp_path / "report.json"
    command = ("import_speeches", str(tmp_path / "a.zip"), str(tmp_path / "d.jsonl"), "--publish")
    call_command(*command, "--dry-run")
    assert "new 3 · changed 0 · duplicate 0 · held 2 · failed 1" in capsys.readouterr().out
    assert not UploadItem.objects.exists()
    for counted in ("new 3 · changed 0 · duplicate 0", "new 0 · changed 0 · duplicate 3"):
        call_command(*command, "--report", str(report))
        out, err = capsys.readouterr()
        assert out.splitlines()[-1] == f"{counted} · held 2 · failed 1"
        assert "held: a.txt: 一份材料最多 2,000,000 字，这一份有 2,000,001 字" in err
    rows = {row["name"]: row for row in json.loads(report.read_text())}
    assert (rows["d.jsonl#1"]["status"], rows["d.jsonl#1"]["id"]) == ("held", None)
    held = UploadBatch.objects.first().items.filter(status=ItemStatus.HELD)
    assert [(item.name, item.is_row) for item in held] == [("a.txt", False), ("d.jsonl#1", True)]
    assert [item.original.read() for item in held] == [
        CHARACTERS.encode(),
        jsonl_of({"text": PARAGRAPHS}).rstrip(b"\n"),
    ]
    assert (Speech.objects.count(), Original.objects.count()) == (3, 5)
