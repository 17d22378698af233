"""What a public site says to browsers, and where its desk is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import reload
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import clear_url_caches, reverse
from pytest_django import Settings

from config import bodies, urls

pytestmark = pytest.mark.django_db
PUBLIC = {"ALLOWED_HOSTS": "archive.example", "SECRET_KEY": "0123456789" * 6 + "abcdefgh"}


@pytest.fixture
def moved(settings: Settings) -> Iterator[str]:
    """The desk at another address."""
    settings.ADMIN_PATH = "quiet/desk/"
    _read_addresses()
    yield "/quiet/desk/"
    settings.ADMIN_PATH = "admin/"
    _read_addresses()


def _read_addresses() -> None:
    reload(urls)
    clear_url_caches()


def test_the_desk_moves_with_all_that_points_to_it(moved: str, admin_client: Client) -> None:
    visitor = Client()
    assert visitor.get("/admin/").status_code == 404
    sent = visitor.get(moved)
    assert (sent.status_code, sent["Location"]) == (302, f"{moved}login/?next={moved}")
    assert visitor.get(f"{moved}login/").status_code == 200
    assert moved not in visitor.get("/robots.txt").content.decode()
    for page in ("", "archive/speech/", "archive/speech/upload/", "archive/speech/add/"):
        html = admin_client.get(moved + page).content.decode()
        assert '"/admin/' not in html
        assert moved in html
    cookie = f"sessionid={admin_client.cookies['sessionid'].value}"
    upload = reverse("admin:archive_speech_upload")
    assert upload.startswith(moved)
    assert bodies.limit_of(upload, cookie) > bodies.limit_of(moved, cookie) > bodies.STRANGER
    assert bodies.limit_of("/admin/archive/speech/upload/", cookie) < 200 * 2**20


def test_robots_are_kept_from_the_known_address(client: Client) -> None:
    assert "Disallow: /admin/" in client.get("/robots.txt").content.decode()


@pytest.mark.parametrize(
    "path", ["/", "/nowhere/", "/static/yinde.css", "/admin/login/", "/language/"]
)
def test_pages_may_ask_nothing_of_a_device(client: Client, path: str) -> None:
    answer = client.get(path)
    b"".join(answer)
    policy = answer["Permissions-Policy"]
    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(policy.split(", "))


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({}, "max-age=31536000"),
        ({"HSTS_SUBDOMAINS": "1"}, "max-age=31536000; includeSubDomains"),
        (
            {"HSTS_SUBDOMAINS": "1", "HSTS_PRELOAD": "1"},
            "max-age=31536000; includeSubDomains; preload",
        ),
    ],
)
def test_hsts_binds_other_names_only_by_choice(
    tmp_path: Path, chosen: dict[str, str], said: str
) -> None:
    asked = (
        "import django; django.setup()\n"
        "from django.test import RequestFactory\n"
        "from django.http import HttpResponse\n"
        "from django.middleware.security import SecurityMiddleware\n"
        "request = RequestFactory().get('/', secure=True)\n"
        "answer = SecurityMiddleware(lambda _request: HttpResponse())(request)\n"
        "print(answer['Strict-Transport-Security'])"
    )
    assert _run([sys.executable, "-c", asked], tmp_path, chosen) == said


def test_the_deployment_check_is_content(tmp_path: Path) -> None:
    check = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    assert "no issues" in _run(check, tmp_path, {})


def _run(command: list[str], folder: Path, chosen: dict[str, str]) -> str:
    environment = os.environ | PUBLIC | chosen
    environment |= {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    ran = subprocess.run(
        command,
        env=environment,
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()
