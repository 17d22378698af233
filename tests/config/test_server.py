"""The server among slow, large and wrong requests: it goes on answering everybody else."""

from __future__ import annotations

import http.client
import random
import socket
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from archive.models import Original
from archive.roles import EDITOR
from config import bodies, server
from tests.archive.admin.conftest import someone
from tests.factories import make_speech
from tests.serving import READY_SECONDS, environment_of, fetch, serving

HALF_SENT = 60
LARGE = 150 * 2**20
UPLOAD = "/admin/archive/speech/upload/"
HEAD = "POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site as users start it, without a document."""
    with serving(environment_of(tmp_path_factory.mktemp("site") / "data")) as address:
        fetch(f"{address}/help/")
        yield address


def connect(address: str, receive: int = 0) -> socket.socket:
    """Connect, with a small buffer for what is received if `receive` says so."""
    url = urllib.parse.urlsplit(address)
    connection = socket.socket()
    if receive:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    connection.settimeout(READY_SECONDS)
    try:
        connection.connect((url.hostname, url.port))
    except OSError:
        connection.close()
        raise
    return connection


def head(path: str, *more: str, cookie: str = "a=b") -> bytes:
    return (HEAD.format(path=path, cookie=cookie) + "".join(more)).encode()


def answer(connection: socket.socket) -> tuple[int, str]:
    """Read one answer: its status and body."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response.status, response.read().decode()


SLOW = {
    "silence": b"",
    "half an address": b"GET /sea",
    "half a header": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ",
    "half a body": head("/admin/login/", FORM, "Content-Length: 1000\r\n\r\n", "a=b"),
    "half a chunk": head("/language/", FORM, "Transfer-Encoding: chunked\r\n\r\n", "5\r\nab"),
    "no reading": b"GET /static/admin/js/vendor/jquery/jquery.js HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
def test_many_slow_clients_keep_nobody_waiting(site: str, sent: bytes) -> None:
    with ExitStack() as opened:
        for _ in range(HALF_SENT):
            connection = opened.enter_context(connect(site, receive=4096))
            connection.sendall(sent)
        for _ in range(5):
            assert "<main" in fetch(f"{site}/help/")


@pytest.mark.parametrize("path", ["/admin/login/", "/language/", "/search/", UPLOAD, "/nowhere/"])
@pytest.mark.parametrize("expecting", ["", "Expect: 100-continue\r\n"])
def test_a_large_body_is_refused_before_it_is_sent(site: str, path: str, expecting: str) -> None:
    with connect(site) as connection:
        length = f"Content-Length: {LARGE}\r\n"
        connection.sendall(head(path, expecting, FORM, length, "\r\n"))
        status, page = answer(connection)
    assert (status, "最多收 1 MB" in page) == (413, True)


@pytest.mark.parametrize("path", ["/admin/login/", UPLOAD])
def test_a_large_body_without_a_length_is_refused_while_it_comes(site: str, path: str) -> None:
    sent = 0
    with connect(site) as connection:
        connection.sendall(head(path, FORM, "Transfer-Encoding: chunked\r\n\r\n"))
        connection.settimeout(0.01)
        while sent < LARGE:
            try:
                connection.sendall(b"10000\r\n" + b"a" * 2**16 + b"\r\n")
                sent += 2**16
                connection.recv(1, socket.MSG_PEEK)
                break
            except TimeoutError:
                continue
        connection.settimeout(READY_SECONDS)
        connection.shutdown(socket.SHUT_WR)
        assert answer(connection)[0] == 413
    assert sent < 32 * 2**20


def test_who_goes_on_sending_still_reads_why_that_was_refused(site: str) -> None:
    with connect(site) as connection:
        connection.sendall(head("/language/", FORM, f"Content-Length: {8 * 2**20}\r\n\r\n"))
        for _ in range(128):
            connection.sendall(b"a" * 2**16)
        assert answer(connection)[0] == 413


ADDRESSES = [
    ("/help/?q=功成不必在我".encode(), 200, "<main"),
    ("/来源/".encode(), 404, "<main"),
    (b"/search/?q=" + b"a" * 30_000, 200, "<main"),
    (b"/search/?q=" + b"a" * 70_000, 431, "地址太长了"),
    (b"/search/?q=\x01", 400, ""),
    (b"/search/?q=\xff\xfe", 200, "<main"),
]


@pytest.mark.parametrize(("address", "status", "said"), ADDRESSES)
def test_addresses(site: str, address: bytes, status: int, said: str) -> None:
    with connect(site) as connection:
        connection.sendall(b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % address)
        answered, page = answer(connection)
    assert (answered, said in page) == (status, True)


def test_chinese_may_stand_in_an_address_as_it_is(site: str) -> None:
    fetch(f"{site}/api/v1/search/")  # waits for an index
    with connect(site) as connection:
        line = "GET /api/v1/search/?q=功成不必在我 HTTP/1.1\r\nHost: localhost\r\n\r\n"
        connection.sendall(line.encode())
        status, body = answer(connection)
    assert status == 200
    assert '"query": "功成不必在我"' in body


def test_without_a_host_the_site_answers_too(site: str) -> None:
    with connect(site) as connection:
        connection.sendall(b"GET /help/ HTTP/1.0\r\n\r\n")
        assert answer(connection)[0] == 200


Run = Callable[..., str]


@pytest.fixture
def run() -> Iterator[Run]:
    """Run a server in this process, with a site of a test's own or ours, and give its address."""
    with ExitStack() as stack:

        def start(*site: Any) -> str:
            listener = socket.create_server(("127.0.0.1", 0))
            started = server.make(listener, *site)
            thread = threading.Thread(target=started.run)
            thread.start()
            stack.callback(thread.join)
            stack.callback(started.stop)
            return f"http://127.0.0.1:{listener.getsockname()[1]}"

        yield start


@pytest.fixture
def editor(transactional_db: None) -> Client:
    return someone("editor", EDITOR)


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        (UPLOAD, 3 * 2**20, 403),  # taken in whole: the token is what is missing
        (UPLOAD, 300 * 2**20, 413),
        ("/admin/archive/speech/add/", 3 * 2**20, 403),
        ("/admin/archive/speech/add/", 30 * 2**20, 413),
        ("/nowhere/", 30 * 2**20, 413),
    ],
)
def test_an_editor_may_send_more(
    run: Run, editor: Client, path: str, size: int, status: int
) -> None:
    cookie = f"sessionid={editor.cookies['sessionid'].value}"
    with connect(run()) as connection:
        connection.sendall(head(path, FORM, f"Content-Length: {size}\r\n\r\n", cookie=cookie))
        if status == 403:
            connection.sendall(b"a" * size)
        assert answer(connection)[0] == status


def test_files_are_sent_as_they_are_while_nobody_waits(
    run: Run, editor: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.ORIGINALS_DIR = tmp_path
    content = random.Random(1).randbytes(2**22)
    speech = make_speech(original=Original.objects.keep(content, "1.docx"))
    asked = f"GET /admin/archive/speech/{speech.pk}/original/ HTTP/1.1\r\nHost: localhost\r\n"
    asked += f"Cookie: sessionid={editor.cookies['sessionid'].value}\r\n\r\n"
    address = run()
    with ExitStack() as opened:
        readers = [opened.enter_context(connect(address, receive=4096)) for _ in range(12)]
        for reader in readers:
            reader.sendall(asked.encode())
        with urllib.request.urlopen(f"{address}/static/yinde.css", timeout=READY_SECONDS) as answer:  # noqa: S310
            assert b":root" in answer.read()
        response = http.client.HTTPResponse(readers[-1])
        response.begin()
        assert response.read() == content


@pytest.mark.parametrize("session", ["", "x", "x" * 32, "\x00", "ended"])
def test_a_session_of_nobody_earns_nothing(editor: Client, session: str) -> None:
    if session == "ended":
        session = editor.cookies["sessionid"].value
        assert bodies.limit_of(UPLOAD, f"sessionid={session}") > bodies.STRANGER
        editor.post("/admin/logout/")
    assert bodies.limit_of(UPLOAD, f"sessionid={session}") == bodies.STRANGER
    assert User.objects.count() == 1


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
def test_who_takes_too_long_is_cut_off(
    run: Run, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "PATIENCE", 0.5)

    def large(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", str(2**24))])
        return [b"a" * 2**24]

    monkeypatch.setattr(server, "SLOWEST", 2**26)
    with connect(run(large), receive=4096) as connection:
        connection.sendall(sent)
        if b"GET /static" in sent:
            time.sleep(7)  # late after 0.75 s, looked for every 2 s between turns of a second
            received = sum(map(len, iter(lambda: connection.recv(2**16), b"")))
            assert received < 2**24
        else:
            assert connection.recv(1) == b""


def test_steady_senders_and_readers_are_waited_for(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "PATIENCE", 1.0)

    def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    with connect(run(echo)) as connection:
        connection.sendall(head("/", f"Content-Length: {30 * 2**14}\r\n\r\n"))
        for _ in range(30):  # as slow as may be: 3 seconds for 30 portions of 16 KB
            connection.sendall(b"a" * 2**14)
            time.sleep(0.1)
        assert answer(connection) == (200, "a" * 30 * 2**14)


def test_stopping_waits_for_the_answers_that_are_due(run: Run) -> None:
    asked, go = threading.Event(), threading.Event()

    def slow(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
        asked.set()
        assert go.wait(READY_SECONDS)
        start_response("200 OK", [("Content-Length", str(2**22))])
        return [b"a" * 2**22]

    listener = socket.create_server(("127.0.0.1", 0))
    started = server.make(listener, slow)
    serving = threading.Thread(target=started.run)
    serving.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with connect(address) as connection, connect(address) as idle:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert asked.wait(READY_SECONDS)
        started.stop()
        go.set()
        assert answer(connection) == (200, "a" * 2**22)
        serving.join(READY_SECONDS)
        assert not serving.is_alive()
        assert idle.fileno() >= 0
        with pytest.raises(OSError, match=r"refused"):
            connect(address)
