"""Files read behind a wall."""

import io
import os
import threading
import zipfile

import pytest

from archive.ingest import Hints, IngestError, Member, isolate, pipeline, worker

PROSE = "树立和践行正确政绩观，关键在于坚持正确的价值导向、实践导向和效果导向，真正把工作做到实处。"
PAGE = f"<title>在座谈会上的讲话_某网</title><div>{f'<p>{PROSE}</p>' * 5}</div>".encode()
TEXT = f"在座谈会上的讲话\n{PROSE}\n{PROSE}".encode()


@pytest.fixture
def wall():
    made = isolate.Worker()
    yield made
    made.stop()


@pytest.mark.parametrize("content", [PAGE, TEXT])
def test_the_same_as_without_the_wall(content):
    hints = Hints(source="某网", tags=("甲",), date="2024-03")
    assert isolate.draft(content, "a.html", hints) == pipeline.draft(content, "a.html", hints)
    assert isolate.draft_member(Member("a.html", content), hints) == isolate.draft(
        content, "a.html", hints
    )


def test_rows_and_errors_of_members_stay_in_this_process():
    row = {"title": "甲", "text": PROSE * 3}
    assert isolate.draft_member(Member("a", row=row)).title == "甲"
    with pytest.raises(IngestError):
        isolate.draft_member(Member("a", error=IngestError("damaged", "a")))


def test_an_error_of_the_file_crosses_the_wall(wall):
    with pytest.raises(IngestError) as error:
        wall.draft(b"PK\x03\x04 broken", "a.docx", Hints())
    assert (error.value.code, error.value.detail) == ("damaged", "a.docx")


def test_one_process_serves_many_files_and_threads(wall):
    drafts = []
    threads = [
        threading.Thread(target=lambda: drafts.append(wall.draft(PAGE, "a.html", Hints())))
        for _n in range(8)
    ]
    wall.draft(PAGE, "a.html", Hints())
    first = wall._process.pid
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(drafts) == 8
    assert wall._process.pid == first


def test_a_worker_that_dies_is_one_failed_file_and_is_replaced(wall):
    wall.draft(PAGE, "a.html", Hints())
    wall._process.kill()
    wall._process.wait()
    assert wall.draft(PAGE, "a.html", Hints()).text
    wall._process.kill()
    wall._process.wait()
    wall._process.poll = lambda: None  # as if it died between the look and the question
    with pytest.raises(IngestError) as error:
        wall.draft(PAGE, "a.html", Hints())
    assert error.value.code == "gave-up"
    assert wall.draft(PAGE, "a.html", Hints()).text


def test_a_file_that_takes_too_long_is_given_up():
    slow = isolate.Worker(wall=0)
    with pytest.raises(IngestError) as error:
        slow.draft(PAGE, "a.html", Hints())
    assert error.value.code == "gave-up"
    slow.stop()


def document_of(paragraphs):
    name_space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{name_space}"><w:body>{"<w:p/>" * paragraphs}</w:body></w:document>',
        )
    return file.getvalue()


@pytest.mark.parametrize("limits", [{"memory": 150 << 20}, {"cpu": 0}])
def test_a_file_that_takes_too_much_is_given_up(limits):
    narrow = isolate.Worker(**limits)
    with pytest.raises(IngestError) as error:
        narrow.draft(document_of(1_500_000), "a.docx", Hints())
    assert error.value.code == "gave-up"
    if "memory" in limits:
        assert narrow.draft(PAGE, "a.html", Hints()).text
    narrow.stop()


def test_a_fork_does_not_use_its_parents_worker(wall):
    wall.draft(PAGE, "a.html", Hints())
    parents = wall._process
    wall._owner = os.getpid() + 1  # as after a fork
    assert wall.draft(PAGE, "a.html", Hints()).text
    assert wall._process is not parents
    assert parents.poll() is None
    parents.kill()
    parents.communicate()


def test_the_worker_answers_and_ends_with_its_input(monkeypatch):
    questions, answers = io.BytesIO(), io.BytesIO()
    worker.send(questions, b'{"name": "a.txt", "hints": {"title": "", "tags": ["x"]}}')
    worker.send(questions, TEXT)
    questions.seek(0)
    monkeypatch.setattr(worker.sys, "stdin", io.TextIOWrapper(questions))
    monkeypatch.setattr(worker.sys, "stdout", io.TextIOWrapper(answers))
    monkeypatch.setattr(worker.resource, "setrlimit", lambda *_limits: None)
    worker.main(1, 1)
    answers.seek(0)
    assert '"title"' in worker.receive(answers).decode()
    assert worker.receive(answers) is None


@pytest.mark.parametrize("failure", [MemoryError, RecursionError])
def test_what_the_worker_cannot_take_is_an_answer(monkeypatch, failure):
    def fail(*_arguments):
        raise failure

    monkeypatch.setattr(worker, "draft", fail)
    request = {"name": "a", "hints": {"tags": []}}
    assert worker.answer(b"", request) == {"error": ["gave-up", ""]}


def test_an_error_of_the_file_is_an_answer():
    request = {"name": "a", "hints": {"tags": []}}
    assert worker.answer(b"", request) == {"error": ["empty", ""]}
