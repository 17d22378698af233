"""Static files whose addresses change with their content.

A browser may keep a file for an hour (WHITENOISE_MAX_AGE), but after an update the pages ask for
another address: `/static/yinde.css?v=3f9ac02b71de`. The version is read off the file itself, so there
is nothing to collect, to write or to clear before the site is served, and an address of yesterday's page
still gives the file of today.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class VersionedStorage(StaticFilesStorage):
    """Gives every static file's address the version of its content."""

    def url(self, name: str | None) -> str:
        """Return the address; that of a file which is not there stays without a version."""
        address = super().url(name)
        version = (_fresh_version if settings.DEBUG else _version)(name or "")
        return f"{address}?v={version}" if version else address


def _fresh_version(name: str) -> str:
    path = finders.find(name)
    if not path or not Path(path).is_file():
        return ""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


_version = cache(_fresh_version)
