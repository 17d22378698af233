"""What keeps the original files may be any storage of Django's."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import InMemoryStorage
from django.test import Client
from pytest_django import Settings

from archive import originals
from archive.models import Speech
from tests.archive.admin.conftest import editor
from tests.archive.admin.test_desk import confirm, send
from tests.archive.samples import docx_of, jsonl_of, row_of, text_of, title_of

__all__ = ["editor"]

MEMORY = "django.core.files.storage.InMemoryStorage"


class Hasty(InMemoryStorage):
    """A storage that somebody else writes to between a question and the next."""

    hasty = True

    def exists(self, name: str) -> bool:
        hasty, self.hasty = self.hasty, False
        return not hasty and super().exists(name)


def use(settings: Settings, backend: str) -> None:
    settings.STORAGES = {**settings.STORAGES, "originals": {"BACKEND": backend}}


@pytest.mark.django_db
def test_an_upload_goes_its_whole_way_without_a_folder(
    editor: Client, settings: Settings, originals_dir: Path
) -> None:
    use(settings, MEMORY)
    files = {"a.txt": text_of(1), "b.docx": docx_of(2), "c.jsonl": jsonl_of(row_of(3))}
    page = send(editor, files)
    for draft in Path(settings.DRAFTS_DIR).iterdir():
        draft.unlink()  # all is read anew, from what the storage gives
    confirm(editor, page)
    kept = {speech.title: speech.original for speech in Speech.objects.all()}
    assert set(kept) == {title_of(1), title_of(2), title_of(3)}
    assert kept[title_of(2)].read() == files["b.docx"]
    speech = Speech.objects.get(title=title_of(1))
    sent = editor.get(f"/admin/archive/speech/{speech.pk}/original/")
    assert b"".join(sent) == files["a.txt"]
    assert sent["Content-Length"] == str(len(files["a.txt"]))
    assert originals.sweep() == 0
    assert not originals_dir.exists()


def test_who_comes_second_leaves_no_copy(settings: Settings) -> None:
    use(settings, f"{__name__}.{Hasty.__name__}")
    kept_in = originals.storage()
    kept_in.save("ab/abc", originals.ContentFile(b"one"))
    kept_in.hasty = True
    originals.keep("ab/abc", b"one")
    assert kept_in.listdir("ab") == ([], ["abc"])


def test_a_folder_of_its_own(originals_dir: Path, tmp_path: Path) -> None:
    elsewhere = originals.DurableStorage(str(tmp_path / "elsewhere"))
    assert elsewhere.save("ab/abc", originals.ContentFile(b"one")) == "ab/abc"
    assert (tmp_path / "elsewhere/ab/abc").read_bytes() == b"one"
    assert elsewhere.save("ab/abc", originals.ContentFile(b"one")) == "ab/abc"
    assert elsewhere.listdir("ab") == ([], ["abc"])
    assert not originals_dir.exists()
