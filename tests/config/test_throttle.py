"""How often one client may search."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from pytest_django import Settings

from config import throttle
from config.throttle import client_of

pytestmark = pytest.mark.django_db
VISITOR = "203.0.113.7"


@pytest.fixture(autouse=True)
def one_window(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A public site, two searches a window, and a clock that stands twenty seconds into one."""
    settings.LOCAL_ONLY = False
    limits = {name: (counted, 2) for name, (counted, _limit) in throttle.LIMITS.items()}
    monkeypatch.setattr(throttle, "LIMITS", limits)
    monkeypatch.setattr(throttle.time, "time", lambda: 6_000_020.25)
    cache.clear()
    yield
    cache.clear()


def statuses(client: Client, path: str, times: int, address: str = VISITOR) -> list[int]:
    return [
        client.get(path, headers={"X-Forwarded-For": address}).status_code for _ in range(times)
    ]


def test_who_asks_too_often_is_told_when_to_come_back(client: Client) -> None:
    assert statuses(client, "/search/", 2) == [200, 200]
    refused = client.get("/search/", headers={"X-Forwarded-For": f"10.0.0.1, {VISITOR}"})
    assert (refused.status_code, refused["Retry-After"]) == (429, "40")
    assert "40 秒" in refused.content.decode()
    assert "colophon" in refused.content.decode()
    refused = client.get("/api/v1/search/", headers={"X-Forwarded-For": VISITOR})
    assert (refused.status_code, refused["Retry-After"]) == (429, "40")
    assert "40 秒" in refused.json()["detail"]
    assert statuses(client, "/feeds/search/", 1) == [429]


def test_others_other_pages_and_the_next_window_go_on(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses(client, "/search/", 3)
    assert statuses(client, "/search/", 1, "203.0.113.8") == [200]
    assert statuses(client, "/about/", 3) == [200] * 3
    assert statuses(client, "/api/v1/suggest/", 3) == [200, 200, 429]
    monkeypatch.setattr(throttle.time, "time", lambda: 6_000_060.0)
    assert statuses(client, "/search/", 1) == [200]


def test_this_machine_is_never_limited(client: Client, settings: Settings) -> None:
    assert statuses(client, "/search/", 5, "127.0.0.1") == [200] * 5
    assert statuses(client, "/search/", 5, "") == [200] * 5
    settings.LOCAL_ONLY = True
    assert statuses(client, "/search/", 5) == [200] * 5
    settings.LOCAL_ONLY, settings.DEBUG = False, True
    assert statuses(client, "/search/", 5) == [200] * 5


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "1.1.1.1, 203.0.113.7", "203.0.113.7"),
        ("::1", "203.0.113.7", "203.0.113.7"),
        ("203.0.113.9", "1.1.1.1", "203.0.113.9"),
        ("127.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("127.0.0.1", "2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("127.0.0.1", "<script>", ""),
        ("127.0.0.1", "203.0.113.7,", ""),
        ("", "", ""),
    ],
)
def test_who_asks(rf: RequestFactory, remote: str, forwarded: str, client: str) -> None:
    request = rf.get("/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded})
    assert client_of(request) == client


def test_a_count_that_was_evicted_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle.cache, "add", lambda *_args: False)
    assert throttle._count("gone") == 1
