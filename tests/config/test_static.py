"""Addresses of static files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client
from pytest_django import Settings

from config.static import VersionedStorage


def test_an_address_carries_the_version_of_its_content(settings: Settings, tmp_path: Path) -> None:
    settings.DEBUG = True
    settings.STATICFILES_DIRS = [tmp_path]
    finders.get_finder.cache_clear()
    (tmp_path / "a.css").write_text("p {}", "utf-8")
    before = VersionedStorage().url("a.css")
    assert re.fullmatch(r"/static/a\.css\?v=[0-9a-f]{12}", before)
    (tmp_path / "a.css").write_text("p { color: red }", "utf-8")
    assert VersionedStorage().url("a.css") != before
    finders.get_finder.cache_clear()


@pytest.mark.parametrize("name", ["none.css", "", "admin"])
def test_what_is_no_file_has_no_version(name: str) -> None:
    assert "?v=" not in staticfiles_storage.url(name)


@pytest.mark.django_db
def test_pages_and_the_desk_use_them(client: Client) -> None:
    for path in ["/", "/admin/login/"]:
        page = client.get(path).content.decode()
        linked = re.findall(r'(?:href|src)="(/static/[^"]*)"', page)
        assert linked
        assert all(re.search(r"\?v=[0-9a-f]{12}$", address) for address in linked)
        for address in linked:
            file = client.get(address)
            assert file.status_code == 200
            file.close()
