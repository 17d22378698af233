"""The two roles, and the command that makes their accounts."""

import re

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.core.management import CommandError, call_command
from django.db.migrations.state import StateApps

from archive.management.commands import create_editor
from archive.roles import ADMINISTRATOR, EDITOR, LABELS, make_groups

pytestmark = pytest.mark.django_db


def may(role: str) -> set[str]:
    user = User.objects.create_user(f"a {role}")
    user.groups.add(Group.objects.get(name=role))
    return user.get_all_permissions()


def test_an_editor_publishes_but_neither_deletes_nor_keeps_accounts() -> None:
    codes = may(EDITOR)
    assert {"archive.add_speech", "archive.change_speech", "archive.publish_speech"} <= codes
    assert not [code for code in codes if "delete" in code or code.startswith("auth.")]


def test_an_administrator_may_do_more() -> None:
    codes = may(ADMINISTRATOR)
    assert {"archive.delete_speech", "auth.add_user", "archive.publish_speech"} <= codes
    assert set(LABELS) == {EDITOR, ADMINISTRATOR}


def test_what_is_missing_is_added_and_nothing_is_taken_away() -> None:
    editor = Group.objects.get(name=EDITOR)
    extra = Permission.objects.get(codename="view_logentry")
    editor.permissions.set([extra])
    Group.objects.get(name=ADMINISTRATOR).delete()
    make_groups()
    assert extra in editor.permissions.all()
    assert may(EDITOR) > {"archive.change_speech"}
    assert may(ADMINISTRATOR) > {"archive.delete_speech"}


def test_without_accounts_there_are_no_roles() -> None:
    Group.objects.all().delete()
    make_groups(apps=StateApps([], {}))
    assert not Group.objects.exists()
    assert apps.is_installed("django.contrib.auth")


@pytest.mark.parametrize(("options", "role"), [([], EDITOR), (["--administrator"], ADMINISTRATOR)])
def test_a_password_is_generated_and_printed_once(
    options: list[str], role: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("create_editor", "wang", *options)
    printed = capsys.readouterr().out
    password = re.search(r"shown only here\): (\S{16})\n", printed)
    user = User.objects.get(username="wang")
    assert password
    assert user.check_password(password[1])
    assert (user.is_staff, user.is_superuser) == (True, False)
    assert list(user.groups.all()) == [Group.objects.get(name=role)]


class Terminal:
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        (["correct horse", "correct horse"], ""),
        (["correct horse", "correct house"], "differ"),
        (["12345678901"], "数字|numeric"),
    ],
)
def test_on_a_terminal_the_password_is_asked_for(
    answers: list[str], error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = iter(answers)
    monkeypatch.setattr(create_editor, "getpass", lambda _prompt: next(given))
    monkeypatch.setattr("sys.stdin", Terminal())
    if error:
        with pytest.raises(CommandError, match=error):
            call_command("create_editor", "wang")
        assert not User.objects.exists()
    else:
        call_command("create_editor", "wang")
        assert User.objects.get().check_password(answers[0])


@pytest.mark.parametrize("name", ["wang", "a b", "", "x" * 151])
def test_a_name_that_will_not_do_is_refused(name: str) -> None:
    User.objects.create_user("wang")
    with pytest.raises(CommandError):
        call_command("create_editor", name)
    assert User.objects.count() == 1
