"""The drafts of uploads that wait: made once, kept, checked when taken back, and bounded."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from archive.ingest import drafts
from archive.ingest.errors import IngestError
from archive.ingest.sandbox import messages, reader
from archive.ingest.sandbox.reader import read_one
from archive.ingest.upload import confirm, discard, preview, stage
from archive.models import Source, Speech, UploadItem
from tests.archive.samples import docx_of, html_of, jsonl_of, row_of, text_of, zip_of

pytestmark = pytest.mark.django_db

FILES = {
    "a.txt": text_of(1),
    "b.html": html_of(2),
    "c.docx": docx_of(3),
    "d.zip": zip_of({"e.txt": text_of(4), "f.html": html_of(5)}),
    "g.jsonl": jsonl_of(row_of(6), row_of(7)),
}


@pytest.fixture
def user() -> User:
    return User.objects.create_superuser("wang")


@pytest.fixture
def folder(settings: Settings) -> Path:
    return Path(settings.DRAFTS_DIR)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the names of the files that a child process is asked to parse."""
    names: list[str] = []
    read = reader.Child.read

    def noted(self: Any, file: Any, name: str, *more: Any, **options: Any) -> Iterator[Any]:
        names.append(name)
        return read(self, file, name, *more, **options)

    monkeypatch.setattr(reader.Child, "read", noted)
    return names


def put(user: User, *names: str, **options: Any) -> list[UploadItem]:
    """Stage files and return the items as a later request finds them."""
    staged = stage(((name, io.BytesIO(FILES[name])) for name in names), user, **options)
    assert staged.batch
    return list(UploadItem.objects.filter(batch=staged.batch))


def kept(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_a_file_is_parsed_once_on_its_way(user: User, folder: Path, parsed: list[str]) -> None:
    items = put(user, *FILES)
    assert len(kept(folder)) == len(items) == 7
    for item in items:
        preview(item)
        preview(item)
        assert confirm(item, user).status == "new"
    assert parsed == [*FILES]
    assert Speech.objects.count() == 7
    assert kept(folder) == []


def test_what_is_kept_is_what_reading_the_original_gives(user: User) -> None:
    source = Source.objects.create(name="甲站", slug="jia")
    for item in put(user, *FILES, source=source, kind="report"):
        draft, content = drafts.draft_of(item)
        hints = drafts.hints_of(source, "report")
        again = read_one(io.BytesIO(content), item.name, hints, is_row=item.is_row)
        assert draft == again
        assert item.original
        assert content == item.original.read()


def test_what_is_left_out_is_forgotten(user: User, folder: Path) -> None:
    items = put(user, "d.zip", "a.txt")
    batch = items[0].batch
    discard(batch, UploadItem.objects.filter(batch=batch, name="a.txt"))
    assert len(kept(folder)) == 2
    discard(batch, batch.items.filter(status="waiting"))
    assert kept(folder) == []
    assert {item.status for item in batch.items.all()} == {"skipped"}
    assert batch.finished_at


def digested(payload: bytes) -> bytes:
    return sha256(payload).hexdigest().encode() + payload


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content.replace("讲话".encode(), "谎话".encode()),
        lambda content: bytes(len(content)),
        lambda content: digested(b'{"title": 1}'),
        lambda content: digested(messages.pack(IngestError("empty"))),
    ],
)
def test_what_is_damaged_is_made_anew(
    user: User, folder: Path, parsed: list[str], damage: Any
) -> None:
    (item,) = put(user, "a.txt")
    (path,) = kept(folder)
    before = preview(item)
    path.write_bytes(damage(path.read_bytes()))
    assert preview(item).draft == before.draft
    assert preview(item).draft == before.draft
    assert parsed == ["a.txt", "a.txt"]


def test_what_is_gone_is_made_anew(user: User, folder: Path, parsed: list[str]) -> None:
    (item,) = put(user, "a.txt")
    kept(folder)[0].unlink()
    folder.rmdir()
    assert confirm(item, user).status == "new"
    assert parsed == ["a.txt", "a.txt"]


def test_another_pipeline_makes_another_draft(
    user: User, folder: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (item,) = put(user, "a.txt")
    monkeypatch.setattr(drafts, "_pipeline", lambda: "of tomorrow")
    preview(item)
    preview(item)
    assert parsed == ["a.txt", "a.txt"]
    assert len(kept(folder)) == 2


def test_the_pipeline_is_known_by_what_it_consists_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "_PROGRAM", (tmp_path,))
    digests = set()
    for content in ("one = 1\n", "one = 2\n"):
        (tmp_path / "a.py").write_text(content)
        drafts._pipeline.cache_clear()
        digests.add(drafts._pipeline())
    monkeypatch.setattr(drafts.metadata, "version", lambda _name: "of tomorrow")
    drafts._pipeline.cache_clear()
    digests.add(drafts._pipeline())
    drafts._pipeline.cache_clear()
    assert len(digests) == 3


def test_what_a_draft_depends_on_tells_drafts_apart(user: User, folder: Path) -> None:
    (item,) = put(user, "a.txt")
    put(user, "a.txt", kind="report")
    put(user, "a.txt", source=Source.objects.create(name="甲站", slug="jia"))
    put(user, "b.html")
    item.name = "别的名字.txt"
    drafts.draft_of(item)
    assert len(kept(folder)) == 5
    put(user, "a.txt")
    assert len(kept(folder)) == 5


def test_old_drafts_and_too_many_are_swept(
    user: User, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(user, "a.txt", "b.html", "c.docx")
    paths = kept(folder)
    now = paths[0].stat().st_mtime
    for age, path in enumerate(paths):
        os.utime(path, (now - age, now - age))
    assert drafts.sweep() == 0
    monkeypatch.setattr(drafts, "MAX_FILES", 2)
    assert drafts.sweep() == 1
    assert kept(folder) == paths[:2]
    monkeypatch.setattr(drafts, "MAX_BYTES", paths[0].stat().st_size)
    assert drafts.sweep() == 1
    assert kept(folder) == paths[:1]
    os.utime(paths[0], (now - drafts.MAX_AGE - 60, now - drafts.MAX_AGE - 60))
    assert drafts.sweep() == 1
    assert kept(folder) == []


def test_an_upload_never_leaves_more_than_the_bound(
    user: User, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MAX_FILES", 2)
    items = put(user, *FILES)
    assert len(kept(folder)) == 2
    assert [confirm(item, user).status for item in items] == ["new"] * 7


def test_a_disk_that_will_not_keep_drafts_loses_nothing(
    user: User, folder: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if target.parent == folder:
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    (item,) = put(user, "a.txt")
    assert kept(folder) == []
    assert confirm(item, user).status == "new"
    assert parsed == ["a.txt", "a.txt"]


def test_a_folder_that_cannot_be_used_loses_nothing(user: User, folder: Path) -> None:
    folder.write_bytes(b"")
    (item,) = put(user, "a.txt")
    assert confirm(item, user).status == "new"
    assert drafts.sweep() == 0
