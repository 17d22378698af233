"""The child process that reads files nobody has looked at yet, within hard limits.

Started by `reader` as `python -m archive.ingest.sandbox.worker BYTES SECONDS` with a socket as its
standard input. A request names a file and brings it along, open; the answer is a head, the draft
and the bytes of every item in it. The process knows neither settings nor database, opens no
connection and starts nothing.
"""

from __future__ import annotations

import math
import os
import resource
import socket
import sys
import traceback
from collections.abc import Iterator
from typing import IO, Any

from archive.ingest.errors import IngestError
from archive.ingest.pipeline import draft_member
from archive.ingest.read.containers import LIMITS, expand, read_line
from archive.ingest.sandbox import messages
from archive.ingest.values import Hints, Member

OPEN_FILES = 16
_FORBIDDEN = ("socket.connect", "socket.bind", "subprocess.", "os.exec", "os.fork", "os.system")


def main(memory: int, seconds: int) -> None:
    """Answer requests until the other side is gone, within bytes of memory and seconds an item."""
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    sys.addaudithook(_forbid)
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as channel:
        while True:
            try:
                head, descriptor = messages.receive_file(channel)
                with os.fdopen(descriptor, "rb") as file:
                    answer(channel, file, messages.decoded(head), seconds)
            except (EOFError, OSError):
                return


def _limit(kind: int, value: int) -> None:
    """Set the soft limit, as far as the machine's own hard limit allows."""
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _allow(seconds: int) -> None:
    """Let the next item take so much of the processor's time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime) + seconds)


def _forbid(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(event)


def answer(channel: socket.socket, file: IO[bytes], request: dict[str, Any], seconds: int) -> None:
    """Send head, draft and bytes of every item in a file, then an empty head.

    The head goes first, so that the other side knows what was being read if this process dies; of
    what could not be read the bytes are wanted only where it is held.
    """
    hints = Hints(**{**request["hints"], "tags": tuple(request["hints"]["tags"])})
    _allow(seconds)
    for number, member in enumerate(_members(file, request["name"], request["alone"])):
        if number >= request["skip"]:
            is_row = member.row is not None
            head = {"name": member.name, "position": file.tell(), "is_row": is_row}
            messages.send(channel, messages.encoded(head))
            said, wanted = _read(member, hints)
            messages.send(channel, said)
            messages.send(channel, member.content if wanted else b"")
        _allow(seconds)
    messages.send(channel, b"{}")


def _members(file: IO[bytes], name: str, alone: str) -> Iterator[Member]:
    """Yield what is in a file; what stops its reading, whatever it be, is its last member."""
    empty = True
    try:
        file.seek(0)
        for member in _alone(file, name, alone) if alone else expand(file, name):
            empty = False
            yield member
    except Exception as error:  # noqa: BLE001  whatever a file does to its reader, it is an answer
        yield Member(name, error=_failure(error))
    else:
        if empty:
            yield Member(name, error=IngestError("empty"))


def _alone(file: IO[bytes], name: str, kind: str) -> Iterator[Member]:
    content = file.read(2 * LIMITS.file)
    yield read_line(content, name) if kind == "row" else Member(name, content)


def _read(member: Member, hints: Hints) -> tuple[bytes, bool]:
    """Return the draft of a member, or what is wrong with it, as it is sent; and if its bytes are wanted."""
    try:
        return messages.pack(draft_member(member, hints)), True
    except Exception as error:  # noqa: BLE001  the same
        failure = _failure(error)
        return messages.pack(failure), failure.is_held


def _failure(error: Exception) -> IngestError:
    """Return what to say of an error; one that nobody foresaw is named in the server's log."""
    if isinstance(error, IngestError):
        return error
    if isinstance(error, (MemoryError, RecursionError)):
        return IngestError("gave-up")
    if isinstance(error, OSError):
        return IngestError("unreadable", error.strerror or type(error).__name__)
    place = traceback.extract_tb(error.__traceback__)[-1]
    sys.stderr.write(f"{__name__}: {type(error).__name__} at {place.filename}:{place.lineno}\n")
    return IngestError("broken", type(error).__name__)


if __name__ == "__main__":  # pragma: no cover  the child is not measured
    main(int(sys.argv[1]), int(sys.argv[2]))
