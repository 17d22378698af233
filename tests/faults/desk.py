"""The site as its editors reach it: a real server, and people who work at the desk by HTTP."""

from __future__ import annotations

import hashlib
import http.client
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from lxml import html

from tests.faults.agreement import EVERYWHERE
from tests.faults.processes import children_of, eventually, lives

TOKEN = "t" * 32  # the token against forged requests: the cookie's and the form's must agree
SECONDS = 60.0


class Site:
    """`manage.py serve` on a free port, to be killed as a whole or in part."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._environment = {**environment, "PORT": str(self.port)}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it if it does not run, and wait until it answers."""
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=settings.BASE_DIR,
                env=self._environment,
                stdout=subprocess.DEVNULL,
            )
        eventually(self._answers)

    def _answers(self) -> bool:
        try:
            return Visitor(self.port).get("/help/").status == 200
        except (OSError, http.client.HTTPException):
            return False

    def pids(self) -> dict[str, list[int]]:
        """Return what runs, by what may be killed: all parts, and the parts by their names."""
        assert self.process is not None
        own = self.process.pid
        found: dict[str, list[int]] = {"supervisor": [own], "server": [], "follower": []}
        for pid in children_of(own):
            name = "follower" if b"yinde worker" in _command_line(pid) else "server"
            found[name].append(pid)
        workers = [pid for server in found["server"] for pid in children_of(server)]
        # What reads files may die of any: that is a refused file, and tests/archive/ingest has it.
        found["worker"] = [pid for pid in workers if b"ingest" not in _command_line(pid)]
        return {name: pids for name, pids in found.items() if pids}

    def kill(self, what: str, random: Random) -> None:
        """Kill a part of it (SIGKILL), or everything; what nobody starts again is gone afterwards.

        Where the server has no workers of its own, it is killed in their place.
        """
        assert self.process is not None
        pids = self.pids()
        everything = [pid for some in pids.values() for pid in some]
        for pid in (
            everything
            if what == "everything"
            else [random.choice(pids.get(what) or pids.get("server", [0]))]
        ):
            if pid:
                _kill(pid)
        if what in ("everything", "supervisor"):
            self.process.wait()
            eventually(lambda: not any(map(lives, everything)))

    def stop(self) -> None:
        """End it as its users do."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(SECONDS)


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _kill(pid: int) -> None:
    subprocess.run(["kill", "-9", str(pid)], check=False, stderr=subprocess.DEVNULL)


@dataclass(frozen=True)
class Answer:
    """What the site answered."""

    status: int
    location: str
    body: bytes
    cookies: str = ""

    def form(self, at: int = 0) -> dict[str, list[str]]:
        """Return what a browser would send of a form of the page, without its buttons."""
        forms = [one for one in html.fromstring(self.body.decode()).forms if one.method == "POST"]
        # Not those for log-out and language; that of a refusal names the page it was sent to.
        own = [one for one in forms if one.action is None or one.get("class") == "typed"]
        sent: dict[str, list[str]] = {}
        for name, value in own[at].form_values():
            sent.setdefault(name, []).append(value)
        return sent | {"csrfmiddlewaretoken": [TOKEN]}


class Visitor:
    """Somebody with a browser; with a session he is an editor. Each request is a new connection."""

    def __init__(self, port: int, session: str = "") -> None:
        self._port, self.session = port, session
        self._cookie = f"csrftoken={TOKEN}; sessionid={session}"

    def log_in(self, name: str, password: str) -> Visitor:
        """Log in, and return the same visitor with his session."""
        sent = {"csrfmiddlewaretoken": TOKEN, "username": name, "password": password, "next": "/"}
        answer = self.post("/admin/login/", sent)
        session = answer.cookies.partition("sessionid=")[2].partition(";")[0]
        assert session, answer
        return Visitor(self._port, session)

    def get(self, address: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", address, None, {})

    def post(self, address: str, values: Mapping[str, Any]) -> Answer:
        """Send a form."""
        kind = "application/x-www-form-urlencoded"
        return self._ask("POST", address, urlencode(values, doseq=True), {"Content-Type": kind})

    def send(self, address: str, values: Mapping[str, Any]) -> Answer:
        """Send a form with files."""
        content = encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": TOKEN, **values})
        return self._ask("POST", address, content, {"Content-Type": MULTIPART_CONTENT})

    def _ask(self, method: str, address: str, body: Any, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=SECONDS)
        try:
            connection.request(method, address, body, {**headers, "Cookie": self._cookie})
            answer = connection.getresponse()
            cookies = "; ".join(answer.headers.get_all("Set-Cookie", []))
            location = answer.headers.get("Location", "")
            return Answer(answer.status, location, answer.read(), cookies)
        finally:
            connection.close()


@dataclass
class Edits:
    """What an editor sent of one speech's text, and what of it was acknowledged."""

    sent: list[str]
    acknowledged: set[str] = field(default_factory=set)


@dataclass
class Upload:
    """Files that an editor sent, by name; the batch's address once acknowledged."""

    files: dict[str, bytes]
    address: str = ""
    confirmed: bool = False

    @property
    def batch(self) -> int:
        """The key of the acknowledged batch."""
        return int(self.address.rstrip("/").rpartition("/")[2])

    def digests(self) -> dict[str, str]:
        """Return the digest of each file's bytes by its name."""
        return {name: hashlib.sha256(content).hexdigest() for name, content in self.files.items()}


class Clerk(threading.Thread):
    """An editor at work until told to stop: corrects speeches of his own, uploads and confirms.

    He takes down what he sends before he sends it, and that it was acknowledged when it was.
    `problems` are answers that no fault excuses.
    """

    def __init__(self, name: str, visitor: Visitor, speeches: Mapping[int, str], seed: int) -> None:
        super().__init__(name=name, daemon=True)
        self.visitor, self.random = visitor, Random(seed)
        self.edits = {pk: Edits([text]) for pk, text in speeches.items()}
        self.uploads: list[Upload] = []
        self.problems: list[str] = []
        self.idle = threading.Event()
        self.go = threading.Event()
        self.stopped = False
        self.work = [self.edit, self.edit, self._upload, self._confirm]
        self._count = 0

    def run(self) -> None:
        while not self.stopped:
            if not self.go.is_set():
                self.idle.set()
                self.go.wait(0.1)
                continue
            self.idle.clear()
            try:
                self.random.choice(self.work)()
            except (OSError, http.client.HTTPException):  # killed while it answered, or not there
                time.sleep(0.05)
        self.idle.set()

    def pause(self) -> None:
        """Let what is being done end, and wait for that."""
        self.go.clear()
        assert self.idle.wait(SECONDS * 2), "a request was never answered"

    def edit(self) -> None:
        """Correct a speech."""
        pk = self.random.choice(list(self.edits))
        address = f"/admin/archive/speech/{pk}/change/"
        page = self._looked_at(self.visitor.get(address))
        text = self._text(self.random.randint(1, 30))
        values = page.form() | {"text": [text], "_save": ["1"]}
        self.edits[pk].sent.append(text)
        if self._acknowledged(self.visitor.post(address, values)):
            self.edits[pk].acknowledged.add(text)

    def _upload(self) -> None:
        address = "/admin/archive/speech/upload/"
        self._looked_at(self.visitor.get(address))
        names = [f"{self.name}-{self._next()}.txt" for _ in range(self.random.randint(1, 3))]
        upload = Upload({name: f"{name}号材料\n\n{self._text(3)}".encode() for name in names})
        self.uploads.append(upload)
        documents = [File(name, content) for name, content in upload.files.items()]
        answer = self.visitor.send(address, {"documents": documents, "source": "", "type": ""})
        if self._acknowledged(answer):
            upload.address = answer.location

    def _confirm(self) -> None:
        waiting = [each for each in self.uploads if each.address and not each.confirmed]
        if not waiting:
            return
        upload = self.random.choice(waiting)
        page = self._looked_at(self.visitor.get(upload.address))
        if b'name="_publish"' not in page.body:  # it was carried out, but the answer was lost
            upload.confirmed = True
            return
        answer = self.visitor.post(upload.address, page.form() | {"_publish": ["1"]})
        upload.confirmed = self._acknowledged(answer)

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _text(self, paragraphs: int) -> str:
        """Return a text that there is only once."""
        number = f"{self.name}{self._next()}"
        return "\n".join(
            f"{EVERYWHERE}是谋事之基、成事之道，第{part}段，编号{number}，要把功夫下在平时，把脚印留在基层。"
            for part in range(1, paragraphs + 1)
        )

    def _looked_at(self, answer: Answer) -> Answer:
        if answer.status != 200:
            raise self._wrong(answer)
        return answer

    def _acknowledged(self, answer: Answer) -> bool:
        if answer.status != 302:
            raise self._wrong(answer)
        return True

    def _wrong(self, answer: Answer) -> OSError:
        self.problems.append(f"{answer.status} {answer.body[:2000].decode(errors='replace')}")
        return OSError(answer.status)


class File:
    """A file as Django's encoder of forms takes it."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self._content = name, content
        self.content_type = "text/plain"

    def read(self) -> bytes:
        return self._content
