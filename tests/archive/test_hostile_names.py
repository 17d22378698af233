"""Names of files and entries, however hostile: every item comes to an end and none is lost."""

from __future__ import annotations

import csv
import io
import itertools
import os
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.ingest.read.containers import _JUNK
from archive.ingest.upload import confirm, preview, stage
from archive.models import ItemStatus, UploadBatch
from archive.roles import EDITOR
from tests.archive.admin.conftest import someone
from tests.archive.samples import body_of, title_of
from tests.effort import examples

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings(
        "ignore:Duplicate name:UserWarning"
    ),  # names that are alike are the point
]

NAMES = [
    *("", " ", ".", "..", "...", "/", "//", "\\", "./a.txt", "../a.txt", "a/../b.txt", "/a.txt"),
    *("C:\\a.txt", "c:a.txt", "\\\\host\\a.txt", "a\x00.txt", "\x00", "a\nb.txt", "a\rb.txt", "\t"),
    *("a\x1b[2J.txt", "a\u202etxt.exe", "\u200b", "\ufeff.txt", "\u2028.txt", "a\x7f.txt"),
    *("x.jsonl#1", "X.NDJSON#12", "x.jsonl", "x.jsonl ", "#1", "a!b.txt", "a|b.txt", "a\tb.txt"),
    *(
        "a.txt",
        "a.txt",
        "A.TXT",
        "e\u0301.txt",
        "é.txt",
        "ａ.txt",
        "ﬁ.txt",
        "a.txt/b.txt",
        "a.txt/",
    ),
    *("x.zip", "x.docx", "x.json", "x.csv", "x.gz", ".gz", "x.xz", ".xz", ".jsonl", ".txt", "a."),
    *(
        "字" * 4_000,
        "字" * 4_000 + ".txt",
        "." * 300,
        "a" * 201,
        "讲话.txt ",
        "讲话.txt.",
        "%s%(name)s{}",
    ),
    *(
        "<script>.txt",
        "&amp;.txt",
        "'; DROP TABLE.txt",
        "data:text/html,x",
        "=1+1.txt",
        "CON",
        "nul.txt",
    ),
    *("😀.txt", "\U0010ffff", "\ufffe.txt", "（无名）", "__MACOSX.txt", "\ufffd.txt"),
]
RAW = [
    *(
        "讲话.txt".encode("gb18030"),
        "講話.txt".encode("big5"),
        b"\xff\xfe\xfd.txt",
        b"\x80",
        b"\x81",
    ),
    *(
        "é.txt".encode("cp437"),
        "é.txt".encode("latin-1"),
        b"\xed\xa0\x80.txt",
        b"\xc0\xae\xc0\xae/a",
    ),
]
HOSTILE = [name.encode() for name in NAMES] + RAW
PIECES = st.sampled_from([*HOSTILE, b"/", b"\\", b"..", b".jsonl#1", b"#1", b"|", b"!", b".txt"])
ANY = st.lists(PIECES | st.binary(max_size=6), max_size=3).map(b"".join)
ENDS = {status for status in ItemStatus if status not in (ItemStatus.WAITING, ItemStatus.SKIPPED)}
_numbers = itertools.count(1)


def body() -> bytes:
    """Return a text on one line that is like no other."""
    number = next(_numbers)
    return (title_of(number) + "。" + "".join(body_of(number))).encode()


class RawName(zipfile.ZipInfo):
    """An entry whose name is written as it is, with or without the flag that says UTF-8."""

    def __init__(self, name: bytes, flag: int) -> None:
        super().__init__("entry")
        self.raw, self.flag = name, flag

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  zipfile's
        return self.raw, self.flag


def zip_named(names: list[bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(RawName(name[:60_000], 0x800 if is_utf8(name) else 0), body())
    return file.getvalue()


def is_utf8(name: bytes) -> bool:
    try:
        return bool(name.decode())
    except UnicodeDecodeError:
        return False


def is_junk(name: bytes) -> bool:
    """Tell whether an entry is what systems leave in archives; no name may only look so."""
    text = name.split(b"\0")[0].decode("utf-8", "replace").replace("\\", "/")
    return bool(_JUNK.search(text))


@settings(
    max_examples=examples(15),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(ANY, min_size=1, max_size=8), st.sampled_from(["zh-hans", "en"]))
def test_every_item_comes_to_its_end(names: list[bytes], language: str) -> None:
    user, _new = User.objects.get_or_create(username="wang")
    names = [name for name in names if not is_junk(name)]
    files = [(name.decode("utf-8", "surrogateescape"), io.BytesIO(body())) for name in names]
    with translation.override(language):
        staged = stage([("all.zip", io.BytesIO(zip_named([*names, b"last.txt"]))), *files], user)
        assert staged.batch
        assert staged.batch.items.count() == 2 * len(names) + 1
        for item in staged.batch.items.filter(status=ItemStatus.WAITING):
            assert preview(item).draft.text
            confirm(item, user)
    batch = UploadBatch.objects.get(pk=staged.batch.pk)
    assert batch.finished_at
    for item in batch.items.all():
        assert item.name == " ".join(item.name.split()) != ""
        assert item.name.isprintable() or not item.name.isascii()
        assert item.status in ENDS
        assert item.reason or item.status == ItemStatus.NEW
    assert batch.items.get(name="last.txt").status == ItemStatus.NEW


def test_every_hostile_name_at_once_in_a_zip_over_http() -> None:
    desk = someone("editor", EDITOR)
    names = [name for name in HOSTILE if not is_junk(name)]
    upload(desk, [SimpleUploadedFile("all.zip", zip_named([*names, b"last.txt"]))])
    assert UploadBatch.objects.get().items.count() == len(names) + 1


def test_every_hostile_name_of_a_file_over_http() -> None:
    files = []
    for name in (name for name in HOSTILE if len(name) < 900):  # Django refuses longer heads
        file = SimpleUploadedFile("file", body())
        file._name = name.decode("utf-8", "replace")  # past Django's own washing of names
        files.append(file)
    upload(someone("editor", EDITOR), [*files, SimpleUploadedFile("last.txt", body())])


def upload(desk: Client, files: list[SimpleUploadedFile]) -> None:
    answer = desk.post(reverse("admin:archive_speech_upload"), {"documents": files})
    batch = UploadBatch.objects.get()
    address = reverse("admin:archive_speech_staged", args=[batch.pk])
    assert answer["Location"] == address
    for number in range(1, 1 + -(-batch.items.filter(status="waiting").count() // 10)):
        assert desk.get(address, {"page": number}).status_code == 200
    for _turn in range(5):
        assert desk.post(address, {"_all": "1"}).status_code == 302
    assert desk.get(address).status_code == 200
    batch.refresh_from_db()
    assert batch.finished_at
    assert not batch.items.filter(reason="").exclude(status=ItemStatus.NEW).exists()
    assert batch.items.get(name="last.txt").status == ItemStatus.NEW


@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_every_hostile_name_in_a_folder(
    tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / os.fsdecode("材料\x1b[2J".encode("gb18030"))
    folder.mkdir()
    made = 0
    for name in HOSTILE:
        if (
            name.strip(b".")
            and not set(name) & set(b"/\0")
            and len(name) < 255
            and name[:1] != b"."
        ):
            made += not os.path.exists(os.fsencode(folder) + b"/" + name)
            Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(body())
    (folder / "all.zip").write_bytes(zip_named([b"", b"x.jsonl#1", b"last.txt"]))
    report = tmp_path / f"report.{suffix}"
    call_command("import_speeches", str(folder), "--report", str(report))
    batch = UploadBatch.objects.get()
    assert batch.items.count() == made + 3
    assert not batch.items.filter(reason="").exclude(status=ItemStatus.NEW).exists()
    assert batch.items.get(name="last.txt").status == ItemStatus.NEW
    if suffix == "csv":
        with report.open(encoding="utf-8", newline="") as file:
            assert len(list(csv.reader(file))) == made + 4
    capsys.readouterr().err.encode()
