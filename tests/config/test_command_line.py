"""The command line: one line for what is wrong around the site, a traceback for a bug."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from config.command_line import run

ERRORS = [
    (ImproperlyConfigured("A：\n b"), "设置有误 · Settings: A： b"),
    (
        OperationalError("no\n such table"),
        "数据库用不了 · The database cannot be used: no such table",
    ),
    (OSError(28, "No space left", "/x"), "文件读写出错 · Files: [Errno 28] No space left: '/x'"),
]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """Let Django's command line raise what is put into this list."""
    errors: list[BaseException] = []

    def execute(*_arguments: object) -> None:
        raise errors[0]

    monkeypatch.setattr("config.command_line.execute_from_command_line", execute)
    return errors


@pytest.mark.parametrize(("error", "line"), ERRORS)
def test_the_surroundings(failing: list[BaseException], error: Exception, line: str) -> None:
    failing.append(error)
    with pytest.raises(SystemExit) as raised:
        run(["manage.py", "serve"])
    assert raised.value.code == line  # printed to stderr, with status 1
    with pytest.raises(type(error)):
        run(["manage.py", "serve", "--traceback"])


def test_a_bug_stays_a_traceback(failing: list[BaseException]) -> None:
    failing.append(ValueError("bug"))
    with pytest.raises(ValueError, match="bug"):
        run(["manage.py", "serve"])


def test_an_interruption_is_quiet(failing: list[BaseException]) -> None:
    failing.append(KeyboardInterrupt())
    with pytest.raises(SystemExit) as raised:
        run(["manage.py", "import_speeches"])
    assert raised.value.code == 130


def test_what_works_works(capsys: pytest.CaptureFixture[str]) -> None:
    run(["manage.py", "version"])
    assert capsys.readouterr().out.startswith("5.")
