"""How often one client may search."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from django.core.cache import cache, caches
from django.core.management import call_command
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from config import throttle
from config.throttle import UNKNOWN, client_of
from tests.factories import make_speech

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


def test_counts_in_a_table_are_one_for_all_processes(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now().timestamp()  # a table goes by the true time
    monkeypatch.setattr(throttle.time, "time", lambda: now)
    backend = "django.core.cache.backends.db.DatabaseCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "counts"}}
    call_command("createcachetable", verbosity=0)
    assert statuses(client, "/search/", 2) == [200, 200]
    in_another_process = caches.create_connection("default")
    assert in_another_process.get(f"throttle:search:{VISITOR}:{now // 60:.0f}") == 2
    assert statuses(client, "/search/", 1) == [429]


def test_others_other_pages_and_the_next_window_go_on(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses(client, "/search/", 3)
    assert statuses(client, "/search/", 1, "203.0.113.8") == [200]
    assert statuses(client, "/about/", 3) == [200] * 3
    assert statuses(client, "/api/v1/suggest/", 3) == [200, 200, 429]
    monkeypatch.setattr(throttle.time, "time", lambda: 6_000_060.0)
    assert statuses(client, "/search/", 1) == [200]


def test_a_speech_in_which_something_is_looked_for_is_a_search(client: Client) -> None:
    own = make_speech().get_absolute_url()
    assert statuses(client, own, 4) == [200] * 4
    assert statuses(client, f"{own}?q=正文", 3) == [200, 200, 429]
    assert statuses(client, "/search/", 1) == [429]
    assert statuses(client, f"{own}?page=1", 1) == [200]


def test_a_site_for_this_machine_alone_is_never_limited(client: Client, settings: Settings) -> None:
    settings.LOCAL_ONLY = True
    assert statuses(client, "/search/", 5) == [200] * 5
    assert statuses(client, "/search/", 5, "") == [200] * 5
    assert [client.get("/search/").status_code for _ in range(5)] == [200] * 5
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
        ("127.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"),
        ("::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "203.0.113.7:52110", "203.0.113.7"),
        ("127.0.0.1", "[2001:db8:1:2::9]:52110", "2001:db8:1:2::/64"),
        ("127.0.0.1", '"[2001:db8:1:2::9]"', "2001:db8:1:2::/64"),
        ("127.0.0.1", "fe80::1%eth0", "fe80::/64"),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "<script>", UNKNOWN),
        ("127.0.0.1", "unknown", UNKNOWN),
        ("127.0.0.1", "_hidden", UNKNOWN),
        ("127.0.0.1", "203.0.113.7,", UNKNOWN),
        ("127.0.0.1", "", UNKNOWN),
        ("", "", UNKNOWN),
    ],
)
def test_who_asks(rf: RequestFactory, remote: str, forwarded: str, client: str) -> None:
    request = rf.get("/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded})
    assert client_of(request) == client


_FOUR = st.ip_addresses(v=4).map(str)
_SIX = st.ip_addresses(v=6).map(str)
_PORT = st.integers(0, 65535)
_VALUES = st.one_of(
    _FOUR,
    _SIX,
    st.builds("{}:{}".format, _FOUR, _PORT),
    st.builds("[{}]:{}".format, _SIX, _PORT),
    st.builds('"[{}]"'.format, _SIX),
    st.builds("::ffff:{}".format, _FOUR),
    st.builds("{}%eth0".format, _SIX),
    st.sampled_from(["", " ", "unknown", "_hidden", "127.0.0.1", "::1", "[", "[]:1", "%", "1.2.3"]),
    st.text(st.characters(max_codepoint=255), max_size=20),
)


@given(st.none() | st.lists(_VALUES, max_size=4), st.sampled_from(["127.0.0.1", "::1"]))
def test_no_header_makes_a_client_of_a_public_site_this_machine(
    values: list[str] | None, remote: str
) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=remote)
    if values is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = ", ".join(values)
    with override_settings(LOCAL_ONLY=False):
        found = client_of(request)
        assert found == UNKNOWN or ip_network(found)
        # What the client itself wrote before the proxy's own value changes nothing.
        if values:
            request.META["HTTP_X_FORWARDED_FOR"] = values[-1]
            assert client_of(request) == found
    with override_settings(LOCAL_ONLY=True):
        assert client_of(request) == ""


@given(st.ip_addresses(), _PORT)
def test_a_port_makes_no_other_client(address: IPv4Address | IPv6Address, port: int) -> None:
    written = f"{address}:{port}" if address.version == 4 else f"[{address}]:{port}"
    with override_settings(LOCAL_ONLY=False):
        clients = {
            client_of(
                RequestFactory().get("/", REMOTE_ADDR="::1", headers={"X-Forwarded-For": value})
            )
            for value in (str(address), written)
        }
    assert len(clients - {UNKNOWN}) == 1


def test_the_unknown_are_limited_as_one(client: Client) -> None:
    for unreadable in ("unknown", "", "nobody"):
        assert statuses(client, "/search/", 1, unreadable) == [
            200 if unreadable != "nobody" else 429
        ]
    assert client.get("/search/").status_code == 429


def test_a_count_that_was_evicted_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle.cache, "add", lambda *_args: False)
    assert throttle._count("gone") == 1
