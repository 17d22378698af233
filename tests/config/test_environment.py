"""Values from the environment: what is right is used, what is wrong is said in one line."""

from __future__ import annotations

import os
import re
import string
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.core.exceptions import ImproperlyConfigured

from archive.public.urls import urlpatterns
from config import environment
from tests.serving import VARIABLES, surroundings

Setenv = Callable[[str, str], None]


@pytest.fixture
def setenv(monkeypatch: pytest.MonkeyPatch) -> Setenv:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch.setenv


@pytest.mark.parametrize(("written", "port"), [("", 8000), ("8001", 8001), (" 65535 ", 65535)])
def test_a_port(setenv: Setenv, written: str, port: int) -> None:
    setenv("PORT", written)
    assert environment.port() == port


@pytest.mark.parametrize("written", ["abc", "0", "-1", "65536", "8000.0", "9" * 5000, "²"])
def test_no_port(setenv: Setenv, written: str) -> None:
    setenv("PORT", written)
    with pytest.raises(ImproperlyConfigured, match=r"PORT=.*1 到 65535.*from 1 to 65535"):
        environment.port()


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("", "admin/"),
        ("desk", "desk/"),
        ("/desk/", "desk/"),
        ("a-b_C1/x", "a-b_C1/x/"),
        ("searching", "searching/"),
    ],
)
def test_an_address_of_the_desk(setenv: Setenv, written: str, path: str) -> None:
    setenv("ADMIN_PATH", written)
    assert environment.admin_path() == path


@pytest.mark.parametrize(
    "written",
    ["/", "a b", "书桌", "a//b", "../a", "a?b", "<int:x>", "search", "/api/v2/", "static"],
)
def test_no_address_of_the_desk(setenv: Setenv, written: str) -> None:
    setenv("ADMIN_PATH", written)
    with pytest.raises(ImproperlyConfigured, match=r"ADMIN_PATH=.*字母.*public addresses"):
        environment.admin_path()


def test_every_public_address_is_kept_from_the_desk(setenv: Setenv) -> None:
    for pattern in urlpatterns:
        first = str(pattern.pattern).partition("/")[0]
        if first and "." not in first:  # a dot is refused anyway
            setenv("ADMIN_PATH", first)
            with pytest.raises(ImproperlyConfigured):
                environment.admin_path()


@pytest.mark.parametrize(
    ("written", "on"), [("", False), ("0", False), ("No", False), ("1", True), (" TRUE ", True)]
)
def test_a_flag(setenv: Setenv, written: str, on: bool) -> None:
    setenv("HSTS_PRELOAD", written)
    assert environment.flag("HSTS_PRELOAD") is on


def test_no_flag(setenv: Setenv) -> None:
    setenv("HSTS_PRELOAD", "perhaps")
    with pytest.raises(ImproperlyConfigured, match=r"HSTS_PRELOAD=perhaps.*1 或 0.*1 or 0"):
        environment.flag("HSTS_PRELOAD")


def test_databases(setenv: Setenv, tmp_path: Path) -> None:
    odd = tmp_path / "资 料#?%20" / "yinde.sqlite3"
    assert environment.database(odd)["NAME"] == str(odd)
    setenv("DATABASE_URL", "sqlite:////var/x.sqlite3")
    assert environment.database(odd)["NAME"] == "/var/x.sqlite3"
    setenv("DATABASE_URL", "postgres://u:p%40@host:5433/name")
    found = environment.database(odd)
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["HOST"], found["PORT"], found["PASSWORD"]) == ("host", 5433, "p@")
    assert "lock_timeout=20s" in found["OPTIONS"]["options"]
    setenv("DATABASE_URL", "postgres://u@/name?host=/run/postgresql&options=-c lock_timeout=5s")
    options = environment.database(odd)["OPTIONS"]
    assert (options["host"], options["options"]) == ("/run/postgresql", "-c lock_timeout=5s")
    assert options["connect_timeout"]


@pytest.mark.parametrize(
    "written", ["rubbish", "foo://geheim/y", "mysql://u:geheim@x/y", "postgres://u:geheim@x:a/y"]
)
def test_no_database(setenv: Setenv, tmp_path: Path, written: str) -> None:
    setenv("DATABASE_URL", written)
    with pytest.raises(ImproperlyConfigured, match=r"DATABASE_URL：应写成") as raised:
        environment.database(tmp_path)
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize(
    ("written", "backend", "where"),
    [
        ("", "locmem.LocMemCache", ""),
        ("dbcache://counts", "db.DatabaseCache", "counts"),
        ("redis://u:p@host:6379/1", "redis.RedisCache", "redis://u:p@host:6379/1"),
    ],
)
def test_a_cache(
    setenv: Setenv, monkeypatch: pytest.MonkeyPatch, written: str, backend: str, where: str
) -> None:
    monkeypatch.setattr(environment, "find_spec", lambda _name: True)
    setenv("CACHE_URL", written)
    found = environment.cache()
    assert found["BACKEND"] == f"django.core.cache.backends.{backend}"
    assert found["LOCATION"] == where
    assert ("OPTIONS" in found) == ("redis" not in written)


@pytest.mark.parametrize(
    "written", ["rubbish", "dbcache://", "file://geheim", "redis://u:geheim@x"]
)
def test_no_cache(setenv: Setenv, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setattr(environment, "find_spec", lambda _name: None)
    setenv("CACHE_URL", written)
    with pytest.raises(
        ImproperlyConfigured, match=r"CACHE_URL：应写成.*pip install redis"
    ) as raised:
        environment.cache()
    assert "geheim" not in str(raised.value)


def test_folders_are_made(setenv: Setenv, tmp_path: Path) -> None:
    assert environment.data_dir(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert environment.index_dir(tmp_path / "i") == tmp_path / "i"
    assert environment.originals_dir(tmp_path / "o") == tmp_path / "o"
    setenv("DATA_DIR", str(tmp_path / "c"))
    setenv("SEARCH_URL", f"whoosh://{tmp_path / 'd'}")
    setenv("ORIGINALS_DIR", str(tmp_path / "e"))
    assert environment.data_dir(tmp_path / "x").is_dir()
    assert environment.index_dir(tmp_path / "x").is_dir()
    assert environment.originals_dir(tmp_path / "x").is_dir()
    assert {path.name for path in tmp_path.iterdir()} == {"a", "c", "d", "e"}
    assert (tmp_path / "c").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("below", ["", "/below"])
def test_a_file_is_no_folder(setenv: Setenv, tmp_path: Path, below: str) -> None:
    (tmp_path / "file").touch()
    setenv("DATA_DIR", f"{tmp_path}/file{below}")
    setenv("SEARCH_URL", f"whoosh://{tmp_path}/file{below}")
    for read in (environment.data_dir, environment.index_dir):
        with pytest.raises(ImproperlyConfigured, match=r"/file.*建不了或写不进.*cannot be made"):
            read(tmp_path)


def test_a_folder_that_is_not_writable(
    setenv: Setenv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    with pytest.raises(ImproperlyConfigured, match=r"not writable"):
        environment.data_dir(tmp_path)


@pytest.mark.parametrize("written", ["rubbish", "solr://x/y", "whoosh://", "/var/index"])
def test_no_index(setenv: Setenv, tmp_path: Path, written: str) -> None:
    setenv("SEARCH_URL", written)
    with pytest.raises(ImproperlyConfigured, match=r"SEARCH_URL=.*whoosh:///文件夹"):
        environment.index_dir(tmp_path)


def test_the_secret_key(setenv: Setenv, tmp_path: Path) -> None:
    made = environment.secret_key(tmp_path, local=True)
    assert len(made) >= 50
    assert environment.secret_key(tmp_path, local=True) == made
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY：没有设置.*token_urlsafe"):
        environment.secret_key(tmp_path, local=False)
    setenv("SECRET_KEY", "given")
    assert environment.secret_key(tmp_path, local=False) == "given"


def test_servers_that_begin_together_have_one_secret_key(setenv: Setenv, tmp_path: Path) -> None:
    """One read the file that another had made and not yet filled: each of its pages was an error."""
    begin = Barrier(8)

    def first_of(folder: Path) -> str:
        begin.wait()
        return environment.secret_key(folder, local=True)

    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            folder = tmp_path / str(number)
            folder.mkdir()
            (key,) = {*pool.map(first_of, [folder] * 8)}
            assert len(key) >= 50


def test_a_secret_key_that_a_power_cut_left_empty_is_made(setenv: Setenv, tmp_path: Path) -> None:
    (tmp_path / "secret-key").touch()
    assert len(environment.secret_key(tmp_path, local=True)) >= 50


@pytest.mark.parametrize("first", string.punctuation)
def test_a_secret_key_is_taken_as_it_is_written(setenv: Setenv, tmp_path: Path, first: str) -> None:
    """A key that began with $ was taken for the name of another variable, and so for none."""
    setenv("SECRET_KEY", f"{first}given")
    assert environment.secret_key(tmp_path, local=False) == f"{first}given"


def test_a_secret_key_that_cannot_be_kept(setenv: Setenv, tmp_path: Path) -> None:
    (tmp_path / "secret-key").mkdir()
    with pytest.raises(ImproperlyConfigured, match=r"secret-key：密钥读不出.*cannot be read"):
        environment.secret_key(tmp_path, local=True)


@pytest.mark.parametrize(
    "values",
    [
        {"PORT": "abc"},
        {"DATABASE_URL": "rubbish"},
        {"DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"},
        {"DATA_DIR": "/dev/null/x"},
        {"ALLOWED_HOSTS": "archive.example", "DEBUG": "0"},
        {"SEARCH_URL": "solr://x/y"},
        {"CACHE_URL": "rubbish"},
        {"ORIGINALS_DIR": "/dev/null/x"},
        {"ADMIN_PATH": "search/"},
        {"HSTS_SUBDOMAINS": "all"},
    ],
    ids="-".join,
)
def test_a_command_says_so_in_one_line(tmp_path: Path, values: dict[str, str]) -> None:
    own = {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    ran = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "manage.py", "serve"],
        env=surroundings() | own | values,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert re.fullmatch(r"[^\n]*[\u4e00-\u9fff][^\n]*[a-z][^\n]*\n", ran.stderr)
