"""The files in deploy/ say what docs/deploy.md and the site say, and the programs accept them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from archive.admin.desk import MAX_REQUEST
from config import bodies, server
from tests.config.test_deployment import PUBLIC

FOLDER = Path(settings.BASE_DIR) / "deploy"
DOCS = (Path(settings.BASE_DIR) / "docs/deploy.md").read_text("utf-8")
NGINX, CADDY, UNIT = (
    (FOLDER / name).read_text("utf-8") for name in ("nginx.conf", "Caddyfile", "yinde.service")
)
MB = 2**20


def test_every_file_is_in_the_documentation() -> None:
    linked = set(re.findall(r"\]\(\.\./deploy/([^)]+)\)", DOCS))
    assert linked == {path.name for path in FOLDER.iterdir()}
    assert "docs/deploy.md" in (FOLDER.parent / "README.md").read_text("utf-8")


def test_bodies_are_bounded_alike_everywhere() -> None:
    stranger, desk, upload = (
        size // MB for size in (bodies.STRANGER, settings.DATA_UPLOAD_MAX_MEMORY_SIZE, MAX_REQUEST)
    )
    wanted = [stranger, desk, upload + 1]  # the desk's page refuses what is a little too large
    assert sorted(map(int, re.findall(r"client_max_body_size (\d+)m;", NGINX))) == wanted
    # One as low as the server's would break its answer off: Caddy looks at what comes, not at the length.
    assert re.findall(r"max_size (\d+)MiB", CADDY) == [str(upload + 1)]
    assert re.findall(r"^\| a (?:body|form).*?\| (\d+) MB", DOCS, re.MULTILINE) == [
        str(stranger),
        str(desk),
    ]
    assert f"| an upload | {upload} MB, signed in | {upload + 1} MB | {upload + 1} MB |" in DOCS


def test_times_and_sizes_are_those_of_the_documentation() -> None:
    assert f"| {server.HEADER_BYTES >> 10} KB | 32 KB a line | 64 KB |" in DOCS
    assert f"| {server.PATIENCE:.0f} s | 15 s | 15 s |" in DOCS
    assert f"| {server.CONNECTIONS:,} a process | 30 an address |" in DOCS
    assert f"a second for each {server.SLOWEST >> 10} KB" in DOCS
    for line in ("client_header_timeout 15s", "client_body_timeout   15s", "4 32k", "rate=20r/s"):
        assert line in NGINX
    assert "limit_conn yinde_connections 30;" in NGINX
    for line in ("read_header 15s", "max_header_size 64KB", "read_body 10m"):
        assert line in CADDY


@pytest.mark.parametrize("written", [NGINX, CADDY])
def test_both_proxies_pass_on_to_the_server(written: str) -> None:
    assert "127.0.0.1:8000" in written
    assert "archive.example" in written


def test_the_unit_starts_the_server_with_variables_of_the_readme() -> None:
    assert "ExecStart=/opt/yinde/.venv/bin/python manage.py serve\n" in UNIT
    readme = (FOLDER.parent / "README.md").read_text("utf-8")
    for name in (*PUBLIC, "DATA_DIR"):
        assert name in UNIT
        assert f"`{name}`" in readme


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_nginx_accepts_its_file(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=a.example"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    site = NGINX.replace("/etc/ssl/yinde/fullchain.pem", str(certificate))
    site = site.replace("/etc/ssl/yinde/privkey.pem", str(key))
    # Its own folders and ports, as this user; the test opens what it names.
    site = re.sub(r"listen \[::\].*", "", re.sub(r"listen (80|443)", "listen 127.0.0.1:0", site))
    site = site.replace("127.0.0.1:0", f"unix:{tmp_path}/a", 1)
    site = site.replace("127.0.0.1:0", f"unix:{tmp_path}/b", 1)
    folders = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = tmp_path / "nginx.conf"
    whole.write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {folders}\n{site}\n}}\n"
    )
    ran = subprocess.run(
        [str(shutil.which("nginx")), "-t", "-c", whole], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, "warn" in ran.stderr) == (0, False), ran.stderr


@pytest.mark.skipif(not shutil.which("caddy"), reason="caddy is not installed")
def test_caddy_accepts_its_file(tmp_path: Path) -> None:
    ran = subprocess.run(
        ["caddy", "validate", "--config", FOLDER / "Caddyfile", "--adapter", "caddyfile"],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, "not formatted" in ran.stderr) == (0, False), ran.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_accepts_the_unit() -> None:
    ran = subprocess.run(
        ["systemd-analyze", "verify", FOLDER / "yinde.service"],
        capture_output=True,
        text=True,
        check=False,
    )
    wrong = [line for line in ran.stderr.splitlines() if "/opt/yinde" not in line]
    assert wrong == []
