"""Addresses of static files."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client
from pytest_django import Settings

from config.static import VersionedStorage


@pytest.fixture(autouse=True)
def as_served(settings: Settings) -> None:
    """List the files once, as a site does."""
    settings.WHITENOISE_AUTOREFRESH = False


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


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["yinde.css", "yinde.js", "favicon.svg", "admin/css/base.css"])
def test_text_is_sent_compressed_to_who_can_read_it(client: Client, name: str) -> None:
    file = Path(finders.find(name)).read_bytes()
    plain = client.get(f"/static/{name}")
    assert b"".join(plain) == file
    assert "Content-Encoding" not in plain
    for _again in range(2):
        packed = client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip, br"})
        content = b"".join(packed)
        assert gzip.decompress(content) == file
        assert int(packed["Content-Length"]) == len(content) < len(file)
        assert packed["Content-Encoding"] == "gzip"
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"
    assert plain["Cache-Control"] == packed["Cache-Control"]
    both = {"Accept-Encoding": "gzip", "If-None-Match": packed["ETag"]}
    assert client.get(f"/static/{name}", headers=both).status_code == 304


@pytest.mark.django_db
def test_a_part_of_a_file_is_sent_as_it_is(client: Client) -> None:
    asked = {"Accept-Encoding": "gzip", "Range": "bytes=0-9"}
    part = client.get("/static/yinde.css", headers=asked)
    assert b"".join(part) == Path("static/yinde.css").read_bytes()[:10]
    assert "Content-Encoding" not in part


@pytest.mark.django_db
def test_other_files_stay_as_they_are(client: Client) -> None:
    path = "admin/img/README.txt"
    file = client.get(f"/static/{path}", headers={"Accept-Encoding": "gzip"})
    assert b"".join(file) == Path(finders.find(path)).read_bytes()
    assert "Content-Encoding" not in file
