"""Hostile files of every kind: each item ends with a status and a reason, and none stops the rest."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from time import process_time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from archive.ingest import upload
from archive.ingest.sandbox import reader
from archive.models import ItemStatus, UploadBatch
from archive.roles import EDITOR
from tests.archive.admin.conftest import someone
from tests.archive.hostile import FILES
from tests.archive.samples import text_of

KINDS = [(group, name) for group, files in FILES.items() for name in files]
TIME, MEMORY = 150, 4  # times what an ordinary text takes
LEAST, LARGE = 100_000, 2_000_000  # bytes of the ordinary texts
_STATUS = Path("/proc/self/status")


def said(batch: UploadBatch) -> dict[str, str]:
    """Check that everything in a batch has an end and a reason; return the statuses by name."""
    batch.refresh_from_db()
    assert batch.finished_at
    for item in batch.items.all():
        assert item.name
        assert item.status in ItemStatus.values
        assert item.status != ItemStatus.WAITING
        assert item.reason or item.status in (ItemStatus.NEW, ItemStatus.CHANGED)
    return dict(batch.items.values_list("name", "status"))


@pytest.fixture
def desk(db: None) -> Client:
    return someone("editor", EDITOR)


@pytest.mark.long
@pytest.mark.parametrize("group", FILES)
def test_uploaded_looked_at_and_confirmed(
    desk: Client, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "MAX_ITEMS", 5_000)  # nothing is left out here
    files = [SimpleUploadedFile(name, content) for name, content in FILES[group].items()]
    files.append(SimpleUploadedFile("good.txt", text_of(99)))
    answer = desk.post(reverse("admin:archive_speech_upload"), {"documents": files})
    batch = UploadBatch.objects.get()
    address = reverse("admin:archive_speech_staged", args=[batch.pk])
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert lost(files_of=group, among=batch) == []
    for number in range(1, -(-batch.items.filter(status="waiting").count() // 10) + 1):
        assert desk.get(address, {"page": number}).status_code == 200
    for _turn in range(10):
        assert desk.post(address, {"_all": "1"}).status_code == 302
        if not batch.items.filter(status=ItemStatus.WAITING).exists():
            break
    assert desk.get(address).status_code == 200
    statuses = said(batch)
    assert statuses["good.txt"] == "new"


def lost(files_of: str, among: UploadBatch, folder: str = "") -> list[str]:
    """Return the files of which a batch says nothing; of an archive it may name the entries."""
    names = list(among.items.values_list("name", flat=True))
    called = {
        name: folder + name.removesuffix(".gz").removesuffix(".xz") for name in FILES[files_of]
    }
    return [
        name
        for name, start in called.items()
        if not name.endswith(".zip") and not any(one.startswith(start) for one in names)
    ]


@pytest.mark.django_db
@pytest.mark.long
def test_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for group, name in KINDS:
        (tmp_path / group).mkdir(exist_ok=True)
        (tmp_path / group / name).write_bytes(FILES[group][name])
    (tmp_path / "zz.txt").write_bytes(text_of(99))
    call_command("import_speeches", str(tmp_path), "--report", str(tmp_path / "report.csv"))
    batch = UploadBatch.objects.get()
    statuses = said(batch)
    assert statuses["zz.txt"] == "new"
    assert [lost(group, batch, f"{group}/") for group in FILES] == [[]] * len(FILES)
    assert "Traceback" not in capsys.readouterr().err


@pytest.fixture(scope="module")
def child() -> Iterator[reader.Child]:
    made = reader.Child()
    list(made.read(io.BytesIO(text_of(1)), "a.txt"))
    yield made
    made.stop()


def cost(child: reader.Child, content: bytes, name: str) -> tuple[float, float]:
    """Return the seconds of processor time, here and in the child, and the most memory there."""
    assert child._process
    pid, before = child._process.pid, process_time()
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # forget what was the most
    started = processor_of(pid)
    items = list(child.read(io.BytesIO(content), name))
    assert items
    assert child._process, "it died"
    assert child._process.pid == pid, "it died"
    status = Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1]
    return processor_of(pid) - started + process_time() - before, float(status.split()[0])


@cache
def ordinary(child: reader.Child, size: int) -> tuple[float, float]:
    """Return what an ordinary text of a size costs."""
    text = b"\n".join(text_of(number) for number in range(size // len(text_of(1)) + 1))
    return cost(child, text, "ordinary.txt")


def processor_of(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(not _STATUS.exists(), reason="measured by Linux's means")
@pytest.mark.parametrize(("group", "name"), KINDS)
def test_bounded_by_what_an_ordinary_text_takes(child: reader.Child, group: str, name: str) -> None:
    content = FILES[group][name]
    usual_time, usual_memory = ordinary(child, min(max(len(content), LEAST), LARGE))
    # The clock ticks a hundred times a second: what takes less is told from a larger text.
    measurable = ordinary(child, LARGE)[0] / 4
    time, memory = cost(child, content, name)
    assert time < TIME * max(usual_time, measurable)
    assert memory < MEMORY * usual_memory
