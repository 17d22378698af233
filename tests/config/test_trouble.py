"""What the surroundings refuse is said on a page that gives back what was typed."""

from __future__ import annotations

import errno
import json
import os
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.utils import ConnectionHandler
from django.http import HttpRequest
from django.test import Client
from lxml import html

from archive.models import Speech, UploadItem
from config import trouble
from config.trouble import BUSY, DENIED, FAULTY, FULL, GONE, READ_ONLY, trouble_of
from tests.archive.samples import text_of
from tests.factories import make_speech

LIST = "/admin/archive/speech/"
TYPED = '<b>改过的措辞</b>，\r\n第二段 & ‘引号’"。' * 9
# What a PostgreSQL whose disk is full says, said in its place.
NO_ROOM = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON archive_speech EXECUTE FUNCTION no_room();
"""


@pytest.fixture
def editor(transactional_db: None) -> Client:
    user = User.objects.create_user("editor", password="mi-ma-9-mi-ma", is_staff=True)
    user.groups.add(Group.objects.get_or_create(name="editor")[0])
    user.is_superuser = True
    user.save()
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@contextmanager
def locked() -> Iterator[None]:
    """Let somebody else hold the database, so that it can only be read; nobody waits long for it."""
    other = connection.copy()
    with connection.cursor() as waiting, other.cursor() as holding:
        if connection.vendor == "sqlite":
            waiting.execute("PRAGMA busy_timeout=100")
            holding.execute("BEGIN IMMEDIATE")
        else:
            waiting.execute("SET lock_timeout=100")
            holding.execute("BEGIN")
            tables = ", ".join(connection.introspection.table_names())
            holding.execute(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")
        try:
            yield
        finally:
            other.close()


@contextmanager
def full() -> Iterator[None]:
    """Let the database have no room for another page."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count={cursor.fetchone()[0]}")
            undo = "PRAGMA max_page_count=1000000000"
        else:
            cursor.execute(NO_ROOM)
            undo = "DROP FUNCTION no_room CASCADE"
        try:
            yield
        finally:
            cursor.execute(undo)


@contextmanager
def read_only() -> Iterator[None]:
    """Let the database refuse to be written."""
    own = connection.vendor == "sqlite"
    name = "PRAGMA query_only" if own else "SET default_transaction_read_only"
    with connection.cursor() as cursor:
        cursor.execute(f"{name}=1")
        try:
            yield
        finally:
            cursor.execute(f"{name}=0")


def opened(client: Client, address: str) -> dict[str, Any]:
    forms = html.fromstring(client.get(address).content.decode()).forms
    form = next(each for each in forms if (each.get("id") or "").endswith("_form"))
    return dict(form.form_values())


@pytest.mark.parametrize(
    ("refusing", "kind"),
    [(locked, BUSY), (full, FULL), (read_only, READ_ONLY)],
)
def test_what_was_typed_comes_back_and_can_be_sent_again(
    editor: Client, refusing: Callable[[], Any], kind: trouble.Trouble
) -> None:
    speech = make_speech("旧题")
    address = f"{LIST}{speech.pk}/change/"
    text = TYPED * 400 if kind is FULL else TYPED  # more than the free room of a page
    sent = opened(editor, address) | {"title": "<新题>", "text": text, "_save": "1"}
    with refusing():
        page = editor.post(address, sent)
        assert editor.get("/").status_code == 200
        assert editor.get(f"/speeches/{speech.pk}/").status_code == 200
    shown = page.content.decode()
    assert page.status_code == kind.status
    assert page.headers.get("Retry-After") == (str(kind.retry) if kind.retry else None)
    assert str(kind.title) in shown
    assert "<b>" not in shown
    (form,) = [each for each in html.fromstring(shown).forms if each.get("class") == "typed"]
    given = {name: value.lstrip("\n") for name, value in form.form_values()}
    assert given["title"] == "<新题>"
    assert given["source"] == str(speech.source_id)  # carried, but nobody reads a number
    shown_names = {box.get("name") for box in form.iterfind(".//label/*")}
    assert {"title", "text"} <= shown_names
    assert not shown_names & {"source", "type", "state", "opened", "_save"}
    assert given["text"].split() == text.split()
    assert form.get("action") == address
    assert Speech.objects.get().title == "旧题"
    assert editor.post(address, given).status_code == 302  # the button 再试一次
    speech.refresh_from_db()
    assert speech.title == "<新题>"
    assert speech.text.splitlines()[1].startswith('第二段 & ‘引号’"。')


def test_in_english_too(editor: Client) -> None:
    speech = make_speech()
    editor.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    address = f"{LIST}{speech.pk}/change/"
    sent = opened(editor, address) | {"title": "New"}
    with locked():
        page = editor.post(address, sent).content.decode()
    assert '<html lang="en">' in page
    assert "The database is busy" in page
    assert "Try again" in page
    assert not [
        char for char in html.fromstring(page).find("body/main//h1").text if char > "\u2fff"
    ]


def test_every_way_to_write_at_the_desk(editor: Client, client: Client) -> None:
    speech = make_speech()
    client.raise_request_exception = False
    page = editor.post(
        f"{LIST}upload/", {"documents": SimpleUploadedFile("a.txt", text_of(1))}, follow=True
    )
    staged = page.redirect_chain[-1][0]
    card = page.context["cards"][0].form
    typed = {card.add_prefix(name): str(card[name].value() or "") for name in card.fields}
    typed |= {card.add_prefix("title"): "改过的题", "item": UploadItem.objects.get().pk}
    file = SimpleUploadedFile("b.txt", text_of(2))
    with locked():
        answers = {
            "upload": editor.post(f"{LIST}upload/", {"documents": file}),
            "confirm": editor.post(staged, {**typed, "_confirm": "1"}),
            "bulk": editor.post(LIST, {"action": "trash", "_selected_action": [speech.pk]}),
            "trash": editor.post(f"{LIST}{speech.pk}/move/", {"to": "trash"}),
            "source": editor.post("/admin/archive/source/add/", {"name": "新站", "slug": "x"}),
            "login": client.post(
                "/admin/login/", {"username": "editor", "password": "mi-ma-9-mi-ma"}
            ),
            "logout": editor.post("/admin/logout/"),
        }
    assert {name: page.status_code for name, page in answers.items()} == dict.fromkeys(answers, 503)
    shown = {name: page.content.decode() for name, page in answers.items()}
    assert all("数据库正忙" in page for page in shown.values())
    assert "选的文件没有收下" in shown["upload"]
    assert 'value="改过的题"' in shown["confirm"]
    assert 'value="新站"' in shown["source"]
    assert "mi-ma" not in shown["login"]
    editor.post(staged, {**typed, "_confirm": "1"})
    assert set(Speech.objects.values_list("title", flat=True)) == {speech.title, "改过的题"}


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, FULL), (errno.EDQUOT, FULL), (errno.EROFS, READ_ONLY), (errno.EACCES, DENIED)],
)
def test_originals_that_cannot_be_kept(
    editor: Client, monkeypatch: pytest.MonkeyPatch, number: int, kind: trouble.Trouble
) -> None:
    def refuse(*_args: Any, **_more: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    # Bytes that no other test has: what is kept already, for whichever test, is not written again.
    file = SimpleUploadedFile("b.txt", text_of(2) + secrets.token_hex(8).encode())
    page = editor.post(f"{LIST}upload/", {"documents": file})
    assert (page.status_code, str(kind.title) in page.content.decode()) == (kind.status, True)


def test_files_on_their_way_that_find_no_room(
    editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any, **_more: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("config.uploads.tempfile.TemporaryFile", refuse)
    file = SimpleUploadedFile("b.txt", text_of(2) * 6000)
    page = editor.post(f"{LIST}upload/", {"documents": file})
    assert page.status_code == 507
    assert "选的文件没有收下" in page.content.decode()


def test_an_import_that_meets_a_locked_database_ends_with_a_line(
    transactional_db: None, tmp_path: Path
) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_bytes(text_of(number))
    with locked(), pytest.raises(CommandError, match=r"lock.*\. Stored so far: new 0 .* goes on"):
        call_command("import_speeches", str(tmp_path))
    assert not Speech.objects.exists()
    call_command("import_speeches", str(tmp_path))
    assert Speech.objects.count() == 3


ASK = """
import json, django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
for path in ("/", "/search/?q=a", "/speeches/1/", "/admin/", "/feeds/search/", "/api/v1/speeches/1/"):
    page = client.get(path, headers={"cookie": "sessionid=" + "x" * 32})
    print(json.dumps([path, page.status_code, page.headers["Content-Type"], page.content.decode()]))
"""


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if name != "YINDE_TESTS_FOLDER"},
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        "SEARCH_URL": f"whoosh://{tmp_path}/index",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    run = subprocess.run(
        [sys.executable, "-c", ASK],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("[")]
    for path, status, kind, body in answers:
        # Without an index the page of results needs no database to say so.
        assert status == 503 or path.startswith(("/search", "/feeds")), path
        if path.startswith("/api/"):
            assert kind.startswith("application/json")
            assert "数据库连不上" in json.loads(body)["detail"]
        elif status == 503 and not path.startswith("/feeds"):
            assert "数据库连不上" in body
    assert len(answers) == 6


def raised(deed: Callable[[], Any]) -> BaseException:
    try:
        deed()
    except (DatabaseError, OSError) as error:
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.django_db
def test_databases_that_cannot_be_opened_or_read(tmp_path: Path) -> None:
    (tmp_path / "rubbish").write_bytes(b"no database" * 1000)
    for name, kind in (("rubbish", FAULTY), ("nowhere/at/all", DENIED)):
        engine = "django.db.backends.sqlite3"
        broken = ConnectionHandler({"default": {"ENGINE": engine, "NAME": tmp_path / name}})[
            "default"
        ]
        error = raised(lambda broken=broken: broken.cursor().execute("SELECT * FROM sqlite_master"))
        assert trouble_of(error) is kind
        broken.close()


@pytest.mark.parametrize(
    ("driver", "kind"),
    [
        (psycopg.errors.DiskFull(), FULL),
        (psycopg.errors.LockNotAvailable(), BUSY),
        (psycopg.errors.DeadlockDetected(), BUSY),
        (psycopg.errors.ReadOnlySqlTransaction(), READ_ONLY),
        (psycopg.errors.AdminShutdown(), GONE),
        (psycopg.errors.UniqueViolation(), None),
        (sqlite3.IntegrityError(), None),
    ],
)
def test_what_the_driver_says(driver: Exception, kind: trouble.Trouble | None) -> None:
    error = DatabaseError()
    error.__cause__ = driver
    wrapped = RuntimeError()
    wrapped.__context__ = error
    assert trouble_of(error) is kind
    assert trouble_of(wrapped) is kind
    wrapped.__suppress_context__ = True
    assert trouble_of(wrapped) is None


def test_faults_of_its_own_stay_such(rf: Any) -> None:
    for path, part in (("/x/", "出错了"), ("/api/x/", "Internal error")):
        try:
            raise FileNotFoundError(errno.ENOENT, "x")
        except FileNotFoundError:
            page = trouble.server_error(rf.get(path))
        assert (page.status_code, part in page.content.decode()) == (500, True)
    assert trouble.bad_request(rf.get("/"), ValueError()).status_code == 400


def test_a_form_that_did_not_come_from_our_page_is_not_offered_again(rf: Any) -> None:
    request: HttpRequest = rf.post("/x/", {"title": "题"})
    page = trouble.answer(request, FULL).content.decode()
    assert 'value="题"' in page
    assert "<form" not in page
    assert "再试一次</button>" not in page
