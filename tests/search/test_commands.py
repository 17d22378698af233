"""The commands that keep the index."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from archive.models import Speech
from search.models import IndexChange
from search.site import backend
from search.sync.outbox import deferred
from search.sync.rebuild import rebuild
from tests.database import database_url
from tests.factories import make_source, make_speech

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str) -> str:
    """Run a command and return what it prints."""
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_rebuild_says_why_and_how_many() -> None:
    with deferred():
        make_speech(text="政绩观")
    assert "there is no index" in run("rebuild_search", "--processes", "1")
    assert run("rebuild_search", "--if-needed") == "The search index is up to date.\n"
    assert "Indexed 1 documents" in run("rebuild_search", "--processes", "1")
    with backend().exclusive("build"), pytest.raises(CommandError, match="Another build"):
        run("rebuild_search")


def test_check_lists_differences_and_exits_with_1() -> None:
    speech = make_speech(text="政绩观")
    assert run("check_search") == "The index and the database agree.\n"
    Speech.objects.filter(pk=speech.pk).update(type="theory")
    with pytest.raises(SystemExit) as ended:
        run("check_search")
    assert ended.value.code == 1


def test_a_check_sees_every_kind_of_field() -> None:
    speech = make_speech(text="广大D员", date="2024")
    changes = {"text": "广大党员", "date": "2023", "site_tags": ["新"], "title": "别的题目"}
    for name, value in changes.items():
        before = getattr(speech, name)
        Speech.objects.filter(pk=speech.pk).update(**{name: value})
        with pytest.raises(SystemExit):
            run("check_search")
        Speech.objects.filter(pk=speech.pk).update(**{name: before})
    assert "agree" in run("check_search")


def test_the_worker_builds_what_is_missing_follows_and_stops_when_told() -> None:
    with deferred():
        speech = make_speech(text="政绩观")
    noted = threading.Event()

    def watch() -> None:
        for _ in range(300):
            if backend().folder.current() and not IndexChange.objects.exists():
                break
            noted.wait(0.1)
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        assert "Rebuilding" in run("follow_search")
    finally:
        watcher.join()
        signal.signal(signal.SIGTERM, before)
    assert "agree" in run("check_search")
    assert speech.pk


def test_a_build_uses_several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    source = make_source()
    rows = [Speech(title=f"第{n}篇", text=f"调查研究{n}", source=source) for n in range(900)]
    for row in rows:
        row.derive()
    Speech.objects.bulk_create(rows)
    # A process of its own knows only the environment, not the test's database and index.
    monkeypatch.setenv("DATABASE_URL", database_url())
    monkeypatch.setenv("SEARCH_URL", f"whoosh://{backend().folder.root}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    seen: list[tuple[int, int]] = []
    assert rebuild(processes=2, progress=lambda done, total: seen.append((done, total))) == 900
    assert seen[-1] == (900, 900)
    assert "agree" in run("check_search")


def test_background_work_gives_way_from_the_command_line_only() -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    call_command("rebuild_search", "--if-needed", stdout=StringIO())
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
    said = subprocess.run(
        [sys.executable, "-c", _NICE],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == [str(max(3, before))]


_NICE = """
import os
from search.background import BackgroundCommand
class Command(BackgroundCommand):
    requires_system_checks = []
    def handle(self, **options): print(os.getpriority(os.PRIO_PROCESS, 0))
import django
from django.conf import settings
settings.configure()
Command().run_from_argv(["manage.py", "anything"])
"""
