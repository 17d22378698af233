"""The child process that reads files nobody has looked at yet, within hard limits.

Started by `isolate` as `python -m archive.ingest.worker BYTES SECONDS`. Requests come by standard
input, answers go by standard output: eight bytes of length, then JSON (and, in a request, the bytes
of the file). JSON, not pickle: what comes out of here is trusted no more than the file that went
in. The process knows neither settings nor database.
"""

from __future__ import annotations

import json
import math
import resource
import struct
import sys
from dataclasses import asdict
from typing import IO, Any

from archive.ingest.errors import IngestError
from archive.ingest.pipeline import draft
from archive.ingest.values import Hints

OPEN_FILES = 16
LENGTH = struct.Struct(">Q")


def main(memory: int, seconds: int) -> None:
    """Answer requests until standard input ends, within bytes of memory and seconds for a file."""
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    while (header := receive(sys.stdin.buffer)) is not None:
        request = json.loads(header)
        content = receive(sys.stdin.buffer) or b""
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime) + seconds)
        send(sys.stdout.buffer, json.dumps(answer(content, request)).encode())
        sys.stdout.buffer.flush()


def _limit(kind: int, value: int) -> None:
    """Set the soft limit, as far as the machine's own hard limit allows."""
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def answer(content: bytes, request: dict[str, Any]) -> dict[str, Any]:
    """Read one file; an error that the file causes is an answer too."""
    hints = Hints(**{**request["hints"], "tags": tuple(request["hints"]["tags"])})
    try:
        found = draft(content, request["name"], hints)
    except IngestError as error:
        return {"error": [error.code, error.detail]}
    except (MemoryError, RecursionError):
        return {"error": ["gave-up", ""]}
    return {"draft": asdict(found)}


def send(stream: IO[bytes], payload: bytes) -> None:
    """Write one message."""
    stream.write(LENGTH.pack(len(payload)))
    stream.write(payload)


def receive(stream: IO[bytes]) -> bytes | None:
    """Read one message; None at the end of the stream."""
    length = stream.read(LENGTH.size)
    if len(length) < LENGTH.size:
        return None
    return stream.read(LENGTH.unpack(length)[0])


if __name__ == "__main__":  # pragma: no cover  the child is not measured
    main(int(sys.argv[1]), int(sys.argv[2]))
