"""What server and child process say to each other."""

import json
import socket
import tempfile
import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.ingest.errors import IngestError
from archive.ingest.rules import RemovalRule
from archive.ingest.sandbox import messages
from archive.ingest.values import Draft, Removed
from tests.archive.ingest.store.storing import DRAFT

TEXTS = st.text(st.characters(exclude_categories=()), max_size=20)


@given(TEXTS, TEXTS, st.lists(TEXTS), st.none() | st.integers(), st.booleans())
def test_a_draft_survives(title, text, tags, count, is_row):
    draft = replace(
        DRAFT, title=title, text=text, site_tags=tuple(tags), hit_count=count, is_row=is_row
    )
    assert messages.unpack(messages.pack(draft)) == replace(draft, raw="")


def test_an_error_survives():
    error = messages.unpack(messages.pack(IngestError("damaged", "a" * 9_999)))
    assert (error.code, error.detail) == ("damaged", "a" * 500)


def test_a_draft_is_bounded(monkeypatch):
    cuts = (Removed(0, 1, "x", RemovalRule.BUTTONS),) * (messages.MAX_REMOVED + 1)
    with pytest.raises(IngestError) as error:
        messages.pack(replace(DRAFT, removed=cuts))
    assert error.value.code == "too-many-cuts"
    monkeypatch.setattr(messages, "MAX_DRAFT", 100)
    with pytest.raises(IngestError) as error:
        messages.pack(DRAFT)
    assert error.value.code == "too-large"


VALUES = json.loads(messages.pack(Draft("甲", "乙")))
WRONG = [
    *({**VALUES, name: wrong} for name in VALUES for wrong in ({"a": 1}, [[1, 2, 3]], 1.5)),
    {**VALUES, "date": "2024-99"},
    {**VALUES, "type": "unheard-of"},
    {**VALUES, "more": ""},
    {**VALUES, "removed": [[1, 2, 3, 4]]},
    {**VALUES, "removed": [["1", 2, "", ""]]},
    {**VALUES, "provenance": {"title": [1, 2, 3]}},
    {**VALUES, "is_row": 1},
    {**VALUES, "hit_count": True},
    {"title": "甲"},
    {"error": ["unheard-of", ""]},
    {"error": ["empty", 1]},
    {"error": 1},
    [],
    1,
]


@pytest.mark.parametrize("values", WRONG)
def test_what_is_no_draft_is_refused(values):
    with pytest.raises(ValueError):  # noqa: PT011  whatever it says
        messages.unpack(json.dumps(values).encode())


@pytest.mark.parametrize(
    "payload", [b"", b"\xff", b"[" * 1_000_000, b'{"a":' * 1_000_000, b"1" * 9_999, b"nul"]
)
def test_what_is_no_json_is_refused(payload):
    with pytest.raises(ValueError):  # noqa: PT011  whatever it says
        messages.unpack(payload)


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_messages_keep_their_bounds(pair):
    ours, theirs = pair
    payload = b"x" * 3_000_000
    sender = threading.Thread(target=messages.send, args=(theirs, payload))
    sender.start()
    assert messages.receive(ours, len(payload)) == payload
    sender.join()
    messages.send(theirs, b"four")
    with pytest.raises(ValueError, match="4 bytes"):
        messages.receive(ours, 3)


def test_who_says_nothing_is_not_waited_for(pair):
    ours, theirs = pair
    with pytest.raises(TimeoutError):
        messages.receive(ours, 9, seconds=0.01)
    with pytest.raises(TimeoutError):
        messages.receive(ours, 9, seconds=0)
    theirs.close()
    with pytest.raises(EOFError):
        messages.receive(ours, 9)


def test_an_open_file_goes_along(pair):
    ours, theirs = pair
    with tempfile.TemporaryFile() as file:
        file.write(b"bytes")
        file.flush()
        messages.send(theirs, b"name", file.fileno())
    payload, descriptor = messages.receive_file(ours)
    with open(descriptor, "rb") as received:
        received.seek(0)
        assert (payload, received.read()) == (b"name", b"bytes")
    theirs.close()
    with pytest.raises(EOFError):
        messages.receive_file(ours)
