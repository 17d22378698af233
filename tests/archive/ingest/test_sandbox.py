"""Files read in child processes."""

import io
import os
import socket
import sys
import threading
import zipfile
from dataclasses import replace

import pytest

from archive.ingest import pipeline
from archive.ingest.errors import IngestError
from archive.ingest.read.containers import expand
from archive.ingest.sandbox import messages, reader, worker
from archive.ingest.values import Hints
from tests.archive.hostile import document, docx
from tests.archive.samples import html_of, jsonl_of, row_of, text_of, zip_of

PROSE = "树立和践行正确政绩观，关键在于坚持正确的价值导向、实践导向和效果导向，真正把工作做到实处。"
PAGE = f"<title>在座谈会上的讲话_某网</title><div>{f'<p>{PROSE}</p>' * 5}</div>".encode()
TEXT = f"在座谈会上的讲话\n{PROSE}\n{PROSE}".encode()
HINTS = Hints(source="某网", tags=("甲",), date="2024-03")


@pytest.fixture(scope="module")
def child():
    """Return a child for all: starting one takes longer than most files, and it is replaced when it dies."""
    made = reader.Child()
    yield made
    made.stop()


def read(child, content, name="a.html", **more):
    return list(child.read(io.BytesIO(content), name, **more))


def code_of(item):
    return item.read.code if isinstance(item.read, IngestError) else ""


FILES = {
    "a.html": PAGE,
    "b.txt": TEXT,
    "c.jsonl": jsonl_of(row_of(1), {"no": "text"}, row_of(2, id=7)),
    "d.zip": zip_of({"e.txt": text_of(4), "f.html": html_of(5), "g.docx": b"PK\x03\x04broken"}),
    "empty.txt": b"",
    "h.txt": "甲\ud800乙。".encode("utf-8", "surrogatepass") * 50,
}


@pytest.mark.parametrize("name", FILES)
def test_the_same_as_in_one_process(name):
    items = list(reader.read_all(io.BytesIO(FILES[name]), name, HINTS))
    members = list(expand(FILES[name], name))
    assert [item.name for item in items] == [member.name for member in members]
    for item, member in zip(items, members, strict=True):
        if isinstance(item.read, IngestError):
            with pytest.raises(IngestError) as error:
                pipeline.draft_member(member, HINTS)
            assert (item.read.code, item.read.detail) == (error.value.code, error.value.detail)
            assert item.content == b""
            continue
        expected = replace(pipeline.draft_member(member, HINTS), raw="")
        assert (item.read, item.content) == (expected, member.content)
        again = reader.read_one(io.BytesIO(item.content), item.name, HINTS, is_row=item.read.is_row)
        assert again == expected


def test_of_what_is_held_the_bytes_come_along(child):
    text = {"text": "字" * 2_000_001}
    for name, content in (("a.txt", text["text"].encode()), ("b.jsonl", jsonl_of(text))):
        (item,) = read(child, content, name)
        assert (code_of(item), item.read.is_held) == ("too-many-characters", True)
        assert (item.content, item.is_row) == (content.strip(), name == "b.jsonl")


def test_a_file_that_holds_nothing_is_one_failed_item(child):
    assert [code_of(item) for item in read(child, zip_of({}), "a.zip")] == ["empty"]
    assert [code_of(item) for item in read(child, b"\n", "a.jsonl")] == ["empty"]


def test_a_file_on_disk_says_how_far_it_is(child, tmp_path):
    (tmp_path / "a.jsonl").write_bytes(jsonl_of(row_of(1), row_of(2)))
    with (tmp_path / "a.jsonl").open("rb") as file:
        items = list(child.read(file, "a.jsonl"))
    assert [item.position for item in items] == [(tmp_path / "a.jsonl").stat().st_size] * 2


def test_one_process_serves_many_files(child):
    read(child, PAGE)
    first = child._process.pid
    read(child, FILES["c.jsonl"], "c.jsonl")
    assert child._process.pid == first


def test_a_process_that_has_read_many_files_makes_place(child, monkeypatch):
    monkeypatch.setattr(reader, "FILES", 2)
    child.stop()
    pids = []
    for _number in range(5):
        read(child, PAGE)
        pids.append(child._process.pid)
    assert [pids.index(pid) for pid in pids] == [0, 0, 2, 2, 4]


def test_threads_do_not_mix_up_their_files():
    found = {}

    def ask(number):
        (item,) = reader.read_all(io.BytesIO(text_of(number)), "a.txt")
        found[number] = item.content

    threads = [threading.Thread(target=ask, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: text_of(number) for number in range(6)}


def test_a_reader_that_is_left_in_the_middle_is_not_asked_again(child):
    reading = child.read(io.BytesIO(FILES["c.jsonl"]), "c.jsonl")
    next(reading)
    reading.close()
    assert [item.name for item in read(child, TEXT, "b.txt")] == ["b.txt"]


def test_a_child_that_died_meanwhile_is_replaced(child):
    read(child, PAGE)
    child._process.kill()
    child._process.wait()
    assert not code_of(read(child, PAGE)[0])


def test_a_child_that_dies_is_one_failed_item_and_the_next_goes_on(child):
    rows = [row_of(number, text=f"第{number}。{PROSE * 4_000}") for number in range(4)]
    reading = child.read(io.BytesIO(jsonl_of(*rows)), "a.jsonl")
    items = []
    for item in reading:
        items.append(item)
        if len(items) == 1:
            child._process.kill()
    assert [item.name for item in items] == [f"a.jsonl#{number}" for number in (1, 2, 3, 4)]
    assert [code_of(item) for item in items].count("gave-up") <= 1


def test_a_file_that_takes_too_long_is_given_up():
    slow = reader.Child(wall=0.001)
    assert [code_of(item) for item in read(slow, PAGE)] == ["gave-up"]
    slow.stop()


@pytest.mark.parametrize("limits", [{"memory": 150 << 20}, {"cpu": 1}])
def test_an_item_that_takes_too_much_is_given_up_and_the_next_goes_on(limits):
    narrow = reader.Child(**limits)
    deadly = docx(document("<w:p/>" * 1_500_000), method=zipfile.ZIP_STORED)
    content = zip_of({"a.txt": text_of(1), "b.docx": deadly, "c.txt": text_of(2)})
    items = read(narrow, content, "a.zip")
    assert [(item.name, code_of(item)) for item in items] == [
        ("a.txt", ""),
        ("b.docx", "gave-up"),
        ("c.txt", ""),
    ]
    narrow.stop()


def test_a_file_that_kills_every_child_is_left(monkeypatch):
    monkeypatch.setattr(reader, "DEATHS", 2)
    deadly = docx(document("<w:p/>" * 1_500_000), method=zipfile.ZIP_STORED)
    narrow = reader.Child(cpu=1)
    items = read(narrow, zip_of({f"{number}.docx": deadly for number in range(4)}), "a.zip")
    assert [code_of(item) for item in items] == ["gave-up", "gave-up", "rest"]
    narrow.stop()


def test_a_fork_does_not_use_its_parents_child(monkeypatch):
    list(reader.read_all(io.BytesIO(PAGE), "a.html"))
    parents = reader._children._idle[-1]
    monkeypatch.setattr(parents, "owner", os.getpid() + 1)  # as after a fork
    list(reader.read_all(io.BytesIO(PAGE), "a.html"))
    assert reader._children._idle[-1] is not parents
    monkeypatch.undo()
    parents.stop()


def answers(content, name="a.txt", alone="", seconds=10):
    """Let `worker.answer` speak in this process and return what it says."""
    request = {"name": name, "hints": {"tags": []}, "alone": alone, "skip": 0}
    ours, theirs = socket.socketpair()
    with ours, theirs:
        speaker = threading.Thread(
            target=worker.answer, args=(theirs, io.BytesIO(content), request, seconds)
        )
        speaker.start()
        said = []
        while head := messages.decoded(messages.receive(ours, messages.MAX_HEAD)):
            said += [
                head,
                messages.receive(ours, messages.MAX_DRAFT),
                messages.receive(ours, 1 << 20),
            ]
        speaker.join()
    return said


@pytest.fixture
def no_limits(monkeypatch):
    monkeypatch.setattr(worker.resource, "setrlimit", lambda *_limits: None)


@pytest.mark.usefixtures("no_limits")
def test_the_worker_says_head_draft_and_bytes(capsys):
    head, draft, content = answers(TEXT)
    assert (head["name"], content) == ("a.txt", TEXT)
    assert messages.unpack(draft).title == "在座谈会上的讲话"
    row = jsonl_of(row_of(1))
    assert messages.unpack(answers(row, alone="row")[1]).is_row
    assert not messages.unpack(answers(row, alone="file")[1]).is_row


@pytest.mark.usefixtures("no_limits")
@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (MemoryError, "gave-up"),
        (RecursionError, "gave-up"),
        (OSError(5, "Input/output error"), "unreadable"),
        (KeyError, "broken"),
        (IngestError("empty"), "empty"),
    ],
)
@pytest.mark.parametrize("place", ["expand", "draft_member"])
def test_whatever_a_file_does_to_its_reader_is_an_answer(monkeypatch, capsys, place, failure, code):
    def fail(*_arguments):
        raise failure

    monkeypatch.setattr(worker, place, fail)
    assert messages.unpack(answers(TEXT)[1]).code == code
    assert bool(capsys.readouterr().err) == (code == "broken")


@pytest.mark.usefixtures("no_limits")
def test_the_worker_ends_with_its_input(monkeypatch):
    ours, theirs = socket.socketpair()
    monkeypatch.setattr(sys, "stdin", theirs.makefile("rb"))
    monkeypatch.setattr(sys, "addaudithook", lambda _hook: None)
    ours.close()
    worker.main(1, 1)
    theirs.close()


def test_what_the_worker_may_not_do():
    worker._forbid("open", ())
    for event in ("socket.connect", "subprocess.Popen", "os.exec", "os.system"):
        with pytest.raises(PermissionError):
            worker._forbid(event, ())
