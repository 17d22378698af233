"""Values from the environment that can be wrong, each with one line that says what would be right.

They are read before there are settings, and so before gettext: the lines are in both languages. A
variable that is set but empty counts as not set.
"""

from __future__ import annotations

import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from search.files import flush, locked

env = environ.Env()
_SQLITE = "django.db.backends.sqlite3"
_ENGINES = (_SQLITE, "django.db.backends.postgresql")
# As long as SQLite waits (settings): by itself PostgreSQL has a request wait for ever for a lock.
_PATIENCE = {"connect_timeout": 10, "options": "-c lock_timeout=20s"}
_CACHE = re.compile(r"locmemcache://|dbcache://\w+|rediss?://.+")
_REDIS = ("redis", "rediss")
_CACHED = 10_000  # values that memory or a table may hold
_ON, _OFF = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")
_PUBLIC = "search|sources|speeches|about|help|feeds|api|language|static"
_ADMIN_PATH = re.compile(rf"(?!(?:{_PUBLIC})/)(?:[A-Za-z0-9_-]+/)+")


def data_dir(default: Path) -> Path:
    """Return the folder of DATA_DIR, made if need be. Raises ImproperlyConfigured."""
    return _folder("DATA_DIR", Path(_written("DATA_DIR") or default))


def port() -> int:
    """Return PORT, 8000 if it is not set. Raises ImproperlyConfigured."""
    written = _written("PORT") or "8000"
    number = int(written) if written.isdecimal() and len(written) < 6 else 0
    if not 0 < number < 2**16:
        raise _wrong(
            f"PORT={written}", "应是 1 到 65535 的整数。", "It must be a number from 1 to 65535."
        )
    return number


def database(default: Path) -> dict[str, Any]:
    """Return what DATABASE_URL says, an SQLite file if it is not set. Raises ImproperlyConfigured."""
    written = _written("DATABASE_URL")
    if not written:
        return {"ENGINE": _SQLITE, "NAME": str(default)}
    engine = env.DB_SCHEMES.get(written.partition("://")[0])
    try:
        found: dict[str, Any] = env.db_url_config(written) if engine in _ENGINES else {}
    except ValueError:  # a port that is no number
        found = {}
    if not found:
        raise _wrong(
            "DATABASE_URL",  # not its value, which may hold a password
            "应写成 sqlite:////文件夹/文件 或 postgres://用户:密码@主机:端口/库。",
            "Write sqlite:////folder/file or postgres://user:password@host:port/name.",
        )
    if engine != _SQLITE:
        found["OPTIONS"] = _PATIENCE | found.get("OPTIONS", {})
    return found


def cache() -> dict[str, Any]:
    """Return what CACHE_URL says, a process's own memory if it is not set. Raises ImproperlyConfigured."""
    written = _written("CACHE_URL") or "locmemcache://"
    scheme = written.partition("://")[0]
    if not _CACHE.fullmatch(written) or (scheme in _REDIS and not find_spec("redis")):
        raise _wrong(
            "CACHE_URL",  # not its value, which may hold a password
            "应写成 dbcache://表名，或（先 pip install redis）redis://主机:端口/号。",
            "Write dbcache://table, or (after pip install redis) redis://host:port/number.",
        )
    found: dict[str, Any] = env.cache_url_config(written)
    if scheme not in _REDIS:  # Redis has bounds of its own
        found["OPTIONS"] = {"MAX_ENTRIES": _CACHED} | found.get("OPTIONS", {})
    return found


def originals_dir(default: Path) -> Path:
    """Return the folder of ORIGINALS_DIR, made if need be. Raises ImproperlyConfigured."""
    written = _written("ORIGINALS_DIR")
    return _folder("ORIGINALS_DIR", Path(written)) if written else default


def index_dir(default: Path) -> Path:
    """Return the folder that SEARCH_URL names, made if need be. Raises ImproperlyConfigured."""
    written = _written("SEARCH_URL")
    if not written:
        return default
    engine, _colon, path = written.partition("://")
    if engine != "whoosh" or not path:
        raise _wrong(
            f"SEARCH_URL={written}",
            "应写成 whoosh:///文件夹。",
            "Write whoosh:///folder; there is no other engine.",
        )
    return _folder("SEARCH_URL", Path(path))


def admin_path() -> str:
    """Return ADMIN_PATH as it stands in addresses, "admin/" if it is not set.

    Raises ImproperlyConfigured where it would not be an address, or one of the public ones.
    """
    written = _written("ADMIN_PATH")
    path = written.strip("/") + "/" if written else "admin/"
    if not _ADMIN_PATH.fullmatch(path):
        raise _wrong(
            f"ADMIN_PATH={written}",
            "只能用字母、数字、- 和 _（可用 / 分段），且不能与公开网址相同。",
            "Use letters, digits, - and _ (parts separated by /), and none of the public addresses.",
        )
    return path


def flag(name: str) -> bool:
    """Say whether a variable is on; off if it is not set. Raises ImproperlyConfigured."""
    written = _written(name)
    if written.lower() not in _ON + _OFF:
        raise _wrong(f"{name}={written}", "应是 1 或 0。", "It must be 1 or 0.")
    return written.lower() in _ON


def secret_key(folder: Path, *, local: bool) -> str:
    """Return SECRET_KEY; a local site without one gets a key of its own, kept in `folder`.

    Raises ImproperlyConfigured where the key is missing or cannot be kept.
    """
    written = _written("SECRET_KEY")
    if written:
        return written
    if not local:
        raise _wrong(
            "SECRET_KEY",
            "没有设置；ALLOWED_HOSTS 让别人到得了本站，就必须设置。",
            "Not set, but needed once others can reach the site (ALLOWED_HOSTS). Make one: "
            "python -c 'import secrets; print(secrets.token_urlsafe(50))'",
        )
    path = folder / "secret-key"
    try:
        return _kept_key(path)
    except OSError as error:
        raise _wrong(
            str(path),
            f"密钥读不出或存不下（{error.strerror}）。",
            "The key cannot be read or kept.",
        ) from error


def _kept_key(path: Path) -> str:
    """Return the key in a file, made if that is new, or was left empty by a power cut.

    Under a lock: several servers may begin on one new folder, and each reads what the first has written.
    """
    with locked(path, wait=10.0):
        key = path.read_text("ascii")
        if not key:
            key = get_random_secret_key()
            path.write_text(key, "ascii")
            flush(path)
    return key


def _folder(name: str, path: Path) -> Path:
    folder = path.resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        reason = "" if os.access(folder, os.W_OK | os.X_OK) else "not writable"
    except OSError as error:
        reason = error.strerror or str(error)
    if reason:
        raise _wrong(
            f"{name}={folder}",
            f"文件夹建不了或写不进（{reason}）。",
            "This folder cannot be made or written to.",
        )
    return folder


def _written(name: str) -> str:
    # Not through django-environ, to which a value that begins with $ is the name of another variable.
    return os.environ.get(name, "").strip()


def _wrong(what: str, chinese: str, english: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{what}：{chinese} {english}")
