"""The database of a test as processes of its own are told it."""

from __future__ import annotations

from urllib.parse import quote

from django.db import connection


def database_url() -> str:
    """Return what DATABASE_URL is for the test's database."""
    said = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{said['NAME']}"
    user, password = quote(said["USER"], safe=""), quote(said["PASSWORD"], safe="")
    if said["HOST"].startswith("/"):  # the folder of a socket
        return f"postgres://{user}:{password}@/{said['HOST']}/{said['NAME']}"
    return f"postgres://{user}:{password}@{said['HOST']}:{said['PORT']}/{said['NAME']}"
