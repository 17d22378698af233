"""The import command: counts, reports, repetition, and what goes wrong."""

import csv
import gzip
import json
import lzma
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from tqdm import tqdm

from archive.ingest import batch as loading
from archive.ingest.values import Hints
from archive.management.commands import import_speeches
from archive.models import Original, Source, Speech, UploadBatch, UploadItem
from search.models import IndexChange
from search.pages import search
from search.results import SearchRequest
from search.site import backend
from search.sync.follow import follow
from tests.archive.samples import docx_of, html_of, jsonl_of, row_of, text_of, zip_of
from tests.factories import make_speech

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with four materials, one of them broken, and what is not looked at."""
    folder = tmp_path / "in"
    (folder / "sub" / ".git").mkdir(parents=True)
    (folder / "b.html").write_bytes(html_of(1))
    (folder / "a.txt").write_bytes(text_of(2))
    (folder / "sub" / "c.docx").write_bytes(docx_of(3))
    (folder / "empty.txt").write_bytes(b"")
    (folder / ".hidden.txt").write_bytes(text_of(4))
    (folder / "sub" / ".git" / "d.txt").write_bytes(text_of(5))
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: Any, **options: Any) -> str:
    """Run the command and return the last line that it prints."""
    capsys.readouterr()
    call_command("import_speeches", *map(str, arguments), **options)
    return capsys.readouterr().out.splitlines()[-1]


def test_a_folder_is_read_in_order_and_a_second_run_finds_duplicates(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, folder) == "new 3 · changed 0 · duplicate 0 · held 0 · failed 1"
    names = list(UploadItem.objects.values_list("name", "status"))
    assert names == [
        ("a.txt", "new"),
        ("b.html", "new"),
        ("empty.txt", "failed"),
        ("sub/c.docx", "new"),
    ]
    assert set(Speech.objects.values_list("state", flat=True)) == {"draft"}
    batch = UploadBatch.objects.get()
    assert (str(batch), bool(batch.finished_at)) == ("import_speeches in", True)
    assert run(capsys, folder) == "new 0 · changed 0 · duplicate 3 · held 0 · failed 1"
    assert Speech.objects.count() == Original.objects.count() == 3


def test_what_failed_is_named_with_its_reason(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_speeches", str(folder))
    assert "failed: empty.txt: 文件是空的" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "pack"),
    [("in.jsonl", bytes), ("in.jsonl.xz", lzma.compress), ("in.jsonl.gz", gzip.compress)],
)
def test_rows_are_streamed_from_any_packing(
    name: str, pack: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(pack(jsonl_of(*(row_of(number) for number in range(3)))))
    assert run(capsys, path, "--publish") == ("new 3 · changed 0 · duplicate 0 · held 0 · failed 0")
    assert {speech.source.name for speech in Speech.objects.published()} == {"江川市人民政府"}
    assert UploadItem.objects.first().name == "in.jsonl#1"


def test_a_changed_row_is_a_new_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(jsonl_of(row_of(1)))
    run(capsys, path, "--publish")
    path.write_bytes(jsonl_of(row_of(1, text=row_of(2)["text"])))
    assert run(capsys, path) == "new 0 · changed 1 · duplicate 0 · held 0 · failed 0"
    speech = Speech.objects.published().get()
    assert "第2次推进会" in speech.text
    assert speech.versions.count() == 1


def test_a_zip_is_opened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "in.zip"
    path.write_bytes(zip_of({"a.txt": text_of(1), "b/c.html": html_of(2)}))
    assert run(capsys, path).startswith("new 2 · ")


def test_a_dry_run_says_the_same_and_writes_nothing(
    folder: Path, originals_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "z-again.txt").write_bytes(text_of(2) + b"\n")
    assert run(capsys, folder, "--dry-run") == (
        "new 3 · changed 0 · duplicate 1 · held 0 · failed 1"
    )
    assert not originals_dir.exists()
    for model in (Speech, Source, Original, UploadBatch, UploadItem):
        assert not model.objects.exists()
    run(capsys, folder)
    assert run(capsys, folder, "--dry-run").startswith("new 0 · changed 0 · duplicate 4")


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_the_report_has_a_row_an_item(
    suffix: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / f"report{suffix}"
    run(capsys, folder, "--report", report)
    text = report.read_text("utf-8")
    rows = json.loads(text) if suffix == ".json" else list(csv.DictReader(text.splitlines()))
    assert [(row["name"], row["status"]) for row in rows] == [
        ("a.txt", "new"),
        ("b.html", "new"),
        ("empty.txt", "failed"),
        ("sub/c.docx", "new"),
    ]
    assert {int(row["id"]) for row in rows if row["id"]} == set(
        Speech.objects.values_list("pk", flat=True)
    )
    assert rows[2]["reason"].startswith("文件是空的")


def test_source_and_type_hold_for_all(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = Source.objects.create(name="甲站", slug="jia")
    run(capsys, folder, "--source", "jia", "--type", "report")
    assert {speech.source for speech in Speech.objects.all()} == {source}
    assert {speech.type for speech in Speech.objects.all()} == {"report"}
    batch = UploadBatch.objects.get()
    assert (batch.source, batch.type) == (source, "report")


def test_a_type_that_is_none_of_ours_becomes_the_column(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, folder, "--type", "机关党建")
    assert {speech.site_column for speech in Speech.objects.all()} == {"机关党建"}
    assert UploadBatch.objects.get().type == ""


@pytest.mark.parametrize(("known", "named"), [([], "none"), (["yi", "jia"], "jia, yi")])
def test_an_unknown_source_names_those_there_are(
    folder: Path, known: list[str], named: str
) -> None:
    for slug in known:
        Source.objects.create(name=slug, slug=slug)
    with pytest.raises(CommandError, match=f"'bing'. There are: {named}"):
        call_command("import_speeches", str(folder), "--source", "bing")


def test_missing_paths_are_named_before_anything_is_done(folder: Path) -> None:
    with pytest.raises(CommandError, match="No such file or folder: /nowhere"):
        call_command("import_speeches", str(folder), "/nowhere")
    assert not UploadBatch.objects.exists()


def test_a_report_that_cannot_be_written_is_said_first(folder: Path) -> None:
    with pytest.raises(CommandError, match="report cannot be written"):
        call_command("import_speeches", str(folder), "--report", "/nowhere/report.csv")
    assert not Speech.objects.exists()


def test_nothing_to_read_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(CommandError, match="Nothing could be read"):
        call_command("import_speeches", str(tmp_path / "in"))
    (tmp_path / "in" / "empty.txt").write_bytes(b"")
    with pytest.raises(CommandError, match="Nothing could be read"):
        call_command("import_speeches", str(tmp_path / "in"))
    assert "failed 1" in capsys.readouterr().out


def test_what_cannot_be_opened_or_stored_does_not_stop_the_rest(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a0.txt").symlink_to("/proc/self/mem")
    kept = loading.store

    def refuse(draft: Any, content: bytes, name: str, **options: Any) -> Any:
        if name == "b.html":
            with transaction.atomic():
                Speech.objects.create(title="", text="", source_id=10**6)
        return kept(draft, content, name, **options)

    monkeypatch.setattr(loading, "store", refuse)
    assert run(capsys, folder) == "new 2 · changed 0 · duplicate 0 · held 0 · failed 3"
    failed = dict(UploadItem.objects.filter(status="failed").values_list("name", "reason"))
    assert set(failed) == {"a0.txt", "b.html", "empty.txt"}
    assert failed["a0.txt"].startswith("无法读取文件")
    lines = {line.name: line.status for line in loading.load(loading.items_of([folder], Hints()))}
    assert lines["b.html"] == "failed"  # the same without a batch to record it


def test_groups_are_bounded_by_number_and_by_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(jsonl_of(*(row_of(number) for number in range(7))))
    for name, bound in (("GROUP_ITEMS", 3), ("GROUP_BYTES", 1)):
        monkeypatch.setattr(loading, name, bound)
        assert run(capsys, path, "--dry-run").startswith("new 7 · ")


def test_progress_is_told_in_lines_where_there_is_no_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(import_speeches, "STEP", 2)
    path = tmp_path / "in.jsonl"
    path.write_bytes(jsonl_of(*(row_of(number) for number in range(5))))
    call_command("import_speeches", str(path))
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(" · ")[0] for line in lines if " items · " in line] == [
        "2 items",
        "4 items",
    ]


def test_on_a_terminal_there_is_a_bar(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr(import_speeches, "STEP", 2)
    call_command("import_speeches", str(folder))
    shown = capsys.readouterr().err
    assert "100%|" in shown
    assert "failed: empty.txt" in shown
    assert " items · " not in shown
    assert not tqdm._instances


@pytest.mark.django_db(transaction=True)
def test_what_was_imported_is_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, folder, "--publish")
    assert search(SearchRequest("“第3次推进会”")).count == 1
    assert not IndexChange.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_index_that_cannot_follow_does_not_stop_the_import(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_speech()  # so that there is an index
    monkeypatch.setattr(import_speeches, "follow", lambda patient: follow())
    with backend().exclusive("write"):
        call_command("import_speeches", str(folder))
    out, err = capsys.readouterr()
    assert out.splitlines()[-1].startswith("new 3 · ")
    assert "The index has still to follow 3 changes" in err
