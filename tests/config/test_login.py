"""How often one may try to log in, and who is let in all the same."""

from __future__ import annotations

import datetime as dt
import re
import threading

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from config.login import COOKIE, KNOWN_FOR, SPRAYED, WARNED_FROM, address_of

LOGIN = "/admin/login/"
HOME, OFFICE, STRANGER = "203.0.113.7", "198.51.100.4", "192.0.2.66"
RIGHT, WRONG = "correct horse battery", "wrong"
LIMIT = 3


@pytest.fixture(autouse=True)
def public_site(settings: Settings, db: None) -> None:
    """A site behind its proxy, with one administrator."""
    settings.LOCAL_ONLY = False
    settings.AXES_FAILURE_LIMIT = LIMIT
    User.objects.create_superuser("keeper", password=RIGHT)


def attempt(
    client: Client, address: str = STRANGER, name: str = "keeper", password: str = WRONG
) -> int:
    """Try to log in through the proxy; 302 is in, 200 a wrong password, 429 locked."""
    said = {"username": name, "password": password, "next": "/admin/"}
    return client.post(LOGIN, said, headers={"X-Forwarded-For": address}).status_code


def fail(times: int, address: str = STRANGER, name: str = "keeper") -> list[int]:
    return [attempt(Client(), address, name) for _ in range(times)]


def later(**ago: int) -> None:
    """Let time pass for what has been counted."""
    for row in AccessAttempt.objects.all():
        AccessAttempt.objects.filter(pk=row.pk).update(
            attempt_time=row.attempt_time - dt.timedelta(**ago)
        )


def known(address: str = HOME) -> Client:
    """Return a browser in which the administrator has logged in once."""
    client = Client()
    assert attempt(client, address, password=RIGHT) == 302
    del client.cookies["sessionid"]
    return client


def with_cookie(client: Client) -> Client:
    """Return another browser with the cookie of that one."""
    thief = Client()
    thief.cookies[COOKIE] = client.cookies[COOKIE].value
    return thief


def test_who_fails_too_often_locks_out_himself_and_nobody_else() -> None:
    assert fail(LIMIT + 2) == [200] * (LIMIT - 1) + [429] * 3
    assert attempt(Client(), STRANGER, password=RIGHT) == 429
    assert attempt(Client(), HOME, password=RIGHT) == 302
    assert fail(1, STRANGER, "another") == [200]


def test_it_is_said_how_many_failures_are_left(settings: Settings) -> None:
    settings.AXES_FAILURE_LIMIT = WARNED_FROM + 2
    sent = {"username": "keeper", "password": WRONG}
    stranger, browser = Client(), known()
    pages = [stranger.post(LOGIN, sent).content.decode() for _ in range(WARNED_FROM + 1)]
    said = [re.findall(r"再错 (\d+) 次，登录要关闭 15 分钟", page) for page in pages]
    assert said == [[], *([str(left)] for left in range(WARNED_FROM, 0, -1))]
    assert stranger.post(LOGIN, sent).status_code == 429
    assert "再错" not in browser.post(LOGIN, sent).content.decode()  # it has its own failures


def test_a_lock_ends_by_itself_though_the_attempts_go_on() -> None:
    fail(LIMIT)
    later(minutes=8)
    assert set(fail(6)) == {429}
    later(minutes=8)
    assert attempt(Client(), STRANGER, password=RIGHT) == 302
    assert not AccessAttempt.objects.exists()


def test_many_names_from_one_address_are_limited() -> None:
    names = [f"name{number}" for number in range(20)]
    answers = [fail(1, STRANGER, name)[0] for name in names]
    assert answers.index(429) == SPRAYED * LIMIT - 1
    assert set(answers[answers.index(429) :]) == {429}
    assert attempt(Client(), STRANGER, password=RIGHT) == 429
    assert fail(1, HOME, "name0") == [200]


def test_a_network_of_ipv6_is_one_address() -> None:
    answers = [fail(1, f"2001:db8:1:2::{number:x}")[0] for number in range(1, LIMIT + 10)]
    assert answers == [200] * (LIMIT - 1) + [429] * 10
    assert fail(1, "2001:db8:1:3::1") == [200]


def test_what_has_no_readable_address_is_one_client() -> None:
    assert fail(2, "unknown") + fail(2, "") == [200] * (LIMIT - 1) + [429] * 2
    assert attempt(Client(), HOME, password=RIGHT) == 302


def test_what_the_client_writes_before_the_proxy_proves_nothing() -> None:
    answers = [fail(1, f"10.0.0.{number}, {STRANGER}")[0] for number in range(LIMIT)]
    assert answers[-1] == 429


def test_a_browser_s_name_is_no_other_client() -> None:
    answers = []
    for number in range(LIMIT):
        headers = {"X-Forwarded-For": STRANGER, "User-Agent": f"browser {number}"}
        said = {"username": "keeper", "password": "wrong"}
        answers.append(Client().post(LOGIN, said, headers=headers).status_code)
    assert answers[-1] == 429
    assert AccessAttempt.objects.count() == 1


@pytest.mark.parametrize("exists", [True, False])
def test_the_page_says_when_and_not_whether_there_is_such_a_name(exists: bool) -> None:
    name = "keeper" if exists else "nobody"
    fail(LIMIT, name=name)
    later(minutes=5)
    said = {"username": name, "password": "wrong"}
    headers = {"X-Forwarded-For": STRANGER}
    page = Client().post(LOGIN, said, headers=headers)
    assert page.status_code == 429
    assert 590 <= int(page["Retry-After"]) <= 600
    text = page.content.decode()
    assert "登录失败次数过多，请 10 分钟后再试。" in text
    assert "colophon" in text
    assert name not in text
    reader = Client(headers=headers)
    reader.cookies["django_language"] = "en"
    english = reader.post(LOGIN, said)
    assert "Too many failed log-ins" in english.content.decode()
    asked = Client(headers={"X-Requested-With": "XMLHttpRequest", **headers}).post(LOGIN, said)
    assert asked.status_code == 429
    assert name not in asked.content.decode()


def test_a_known_browser_is_let_in_whatever_strangers_do() -> None:
    client = known(HOME)
    fail(LIMIT, HOME)
    for number in range(SPRAYED * LIMIT):
        fail(1, HOME, f"name{number}")
    assert attempt(Client(), HOME, password=RIGHT) == 429
    assert attempt(client, HOME) == 200
    assert attempt(client, HOME, password=RIGHT) == 302
    assert attempt(client, OFFICE, password=RIGHT) == 302


def test_the_cookie_is_for_the_desk_and_the_server_only(settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    cookie = known().cookies[COOKIE]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Strict")
    assert cookie["path"] == "/admin/"
    assert cookie["max-age"] == KNOWN_FOR.total_seconds()
    assert "keeper" not in cookie.value
    assert COOKIE not in Client().get("/").cookies


def test_a_stolen_cookie_gives_few_guesses_and_locks_nobody_out() -> None:
    client = known(HOME)
    thief = with_cookie(client)
    answers = [attempt(thief) for _ in range(2 * LIMIT + 3)]
    assert answers == [200] * (2 * LIMIT - 1) + [429] * 4
    assert attempt(client, HOME, password=RIGHT) == 302
    # The owner's browser has another cookie by now; his success helps no thief.
    assert attempt(thief) == 429


@pytest.mark.parametrize(
    "ending", ["password", "inactive", "deleted", "expired", "forged", "other"]
)
def test_a_cookie_ends(ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = known(HOME)
    user = User.objects.get(username="keeper")
    name = "keeper"
    if ending == "password":
        user.set_password("another correct horse")
        user.save()
    elif ending == "inactive":
        User.objects.update(is_active=False)
    elif ending == "deleted":
        user.delete()
        User.objects.create_superuser("keeper", password=RIGHT)
    elif ending == "expired":
        now = timezone.now() + KNOWN_FOR + dt.timedelta(seconds=5)
        monkeypatch.setattr("django.core.signing.time.time", now.timestamp)
    elif ending == "forged":
        value = client.cookies[COOKIE].value
        client.cookies[COOKIE] = value[:-1] + ("a" if value[-1] != "a" else "b")
    else:
        User.objects.create_superuser("second", password=RIGHT)
        name = "second"
    fail(LIMIT, HOME, name)
    assert attempt(client, HOME, name) == 429


@pytest.mark.parametrize("value", ["", "x", "é", "a:b:c", "\x7f", "e30:1:x" * 500])
def test_junk_for_a_cookie_is_no_cookie(value: str) -> None:
    client = Client()
    client.cookies[COOKIE] = value
    assert [attempt(client) for _ in range(LIMIT)][-1] == 429


def test_own_failures_are_forgotten_after_logging_in_but_not_those_of_the_address() -> None:
    fail(LIMIT - 2, HOME)
    for number in range(SPRAYED * LIMIT - LIMIT):
        fail(1, HOME, f"name{number}")
    assert attempt(Client(), HOME, password=RIGHT) == 302
    assert AccessAttempt.objects.count() == SPRAYED * LIMIT - LIMIT


def test_what_is_kept_does_not_grow_for_ever() -> None:
    for number in range(5):
        fail(LIMIT, f"192.0.2.{number}")
    later(minutes=16)
    fail(1)
    assert AccessAttempt.objects.count() == 1
    client = known()
    AccessLog.objects.update(attempt_time=timezone.now() - dt.timedelta(days=400))
    assert attempt(client, HOME, password=RIGHT) == 302
    assert AccessLog.objects.count() == 1


def test_a_local_site_counts_too(settings: Settings) -> None:
    settings.LOCAL_ONLY = True
    assert fail(LIMIT, "")[-1] == 429


@given(st.text(max_size=40), st.text(st.characters(max_codepoint=255), max_size=40))
def test_the_address_is_one_that_a_database_takes(forwarded: str, remote: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=remote)
    request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    AccessAttempt._meta.get_field("ip_address").clean(address_of(request), None)


@pytest.mark.django_db(transaction=True)
def test_attempts_at_the_same_time_are_all_counted() -> None:
    answers: list[int] = []

    def guess() -> None:
        answers.extend(fail(5))
        connection.close()

    threads = [threading.Thread(target=guess) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Those that were under way when the last allowed one failed may still be answered.
    assert set(answers) == {200, 429}
    assert answers.count(200) < LIMIT + len(threads)
