"""What server and child say to each other: messages of bytes, a draft as JSON that is checked on arrival.

JSON, not pickle, and no message larger than what was announced for its kind: what comes out of the
child is trusted no more than the file that went in.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from dataclasses import fields
from typing import Any

from archive.ingest.describe.kinds import LABELS
from archive.ingest.errors import MESSAGES, IngestError
from archive.ingest.rules import EvidenceRule, RemovalRule
from archive.ingest.values import Draft, Evidence, Removed
from search.text.dates import PartialDate

MAX_HEAD = 1 << 16  # bytes of a message about a file or an item
MAX_DRAFT = 48 << 20
MAX_REMOVED = 50_000  # spans; a text with more of them is none
_LENGTH = struct.Struct(">Q")
_TEXTS = tuple(field.name for field in fields(Draft) if field.type == "str")
_COUNTS = tuple(field.name for field in fields(Draft) if field.type == "int | None")


def send(channel: socket.socket, payload: bytes, descriptor: int | None = None) -> None:
    """Send one message, with an open file if there is one to hand over."""
    length = _LENGTH.pack(len(payload))
    if descriptor is None:
        channel.sendall(length)
    else:
        socket.send_fds(channel, [length], [descriptor])
    channel.sendall(payload)


def receive(channel: socket.socket, most: int, seconds: float | None = None) -> bytes:
    """Return one message of at most `most` bytes.

    Raises EOFError when the other side is gone, ValueError when it says more than it may and
    TimeoutError when the message is not there within `seconds`.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    return _body(channel, _exactly(channel, _LENGTH.size, deadline), most, deadline)


def receive_file(channel: socket.socket) -> tuple[bytes, int]:
    """Return one message and the descriptor of the open file that came with it."""
    length, descriptors, _flags, _address = socket.recv_fds(channel, _LENGTH.size, 1)
    if not length:
        raise EOFError
    length += _exactly(channel, _LENGTH.size - len(length), None)
    return _body(channel, length, MAX_HEAD, None), descriptors[0]


def _body(channel: socket.socket, length: bytes, most: int, deadline: float | None) -> bytes:
    (size,) = _LENGTH.unpack(length)
    if size > most:
        raise ValueError(f"a message of {size} bytes")
    return _exactly(channel, size, deadline)


def _exactly(channel: socket.socket, size: int, deadline: float | None) -> bytes:
    parts = bytearray(size)
    view = memoryview(parts)
    while view:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            raise TimeoutError
        channel.settimeout(left)
        count = channel.recv_into(view)
        if not count:
            raise EOFError
        view = view[count:]
    return bytes(parts)


def encoded(values: Any) -> bytes:
    """Return plain values as JSON; lone surrogates survive, and Han takes three bytes, not six."""
    return json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass")


def decoded(payload: bytes) -> dict[str, Any]:
    """Return the values of a message. Raises ValueError when it holds none."""
    try:
        values = json.loads(payload.decode("utf-8", "surrogatepass"))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(values, dict):
        raise ValueError("no object")
    return values


def pack(read: Draft | IngestError) -> bytes:
    """Return a draft, without the raw text that the server does not need, or what is wrong.

    Raises IngestError for a draft that is too large to be sent.
    """
    if isinstance(read, IngestError):
        return encoded({"error": [read.code, read.detail[:500]]})
    if len(read.removed) > MAX_REMOVED:
        raise IngestError("too-many-cuts", f"{MAX_REMOVED:,}")
    values = vars(read) | {
        "raw": "",
        "date": str(read.date),
        "removed": [[one.start, one.end, one.text, one.rule] for one in read.removed],
        "provenance": {
            name: [found.rule, found.text, found.guessed] for name, found in read.provenance.items()
        },
    }
    payload = encoded(values)
    if len(payload) > MAX_DRAFT:
        raise IngestError("too-large", f"{MAX_DRAFT >> 20} MB")
    return payload


def unpack(payload: bytes) -> Draft | IngestError:
    """Return what `pack` was given. Raises ValueError for anything that is not of that form."""
    values = decoded(payload)
    try:
        if "error" in values:
            code, detail = values["error"]
            return IngestError(*_all_of(str, [code if code in MESSAGES else None, detail]))
        removed = (_removed(*one) for one in values.pop("removed"))
        provenance = values.pop("provenance").items()
        draft = Draft(
            **values
            | {
                "date": PartialDate(values["date"]),
                "site_tags": tuple(_all_of(str, values["site_tags"])),
                "removed": tuple(removed),
                "provenance": {name: _evidence(*found) for name, found in provenance},
            }
        )
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("no draft") from error
    _all_of(str, [getattr(draft, name) for name in _TEXTS])
    _all_of(int, [count for name in _COUNTS if (count := getattr(draft, name)) is not None])
    if draft.type not in LABELS or not isinstance(draft.is_row, bool):
        raise ValueError("no draft")
    return draft


def _removed(start: int, end: int, text: str, rule: str) -> Removed:
    _all_of(int, [start, end])
    _all_of(str, [text])
    return Removed(start, end, text, RemovalRule(rule))


def _evidence(rule: str, text: str, guessed: bool) -> Evidence:
    _all_of(str, [text])
    return Evidence(EvidenceRule(rule), text, guessed is True)


def _all_of(kind: type, values: list[Any]) -> list[Any]:
    if type(values) is not list or not all(type(value) is kind for value in values):
        raise ValueError(f"not all of them {kind.__name__}")
    return values
