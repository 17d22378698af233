"""Static files: compressed, and with addresses that change with their content.

A browser may keep a file for an hour (WHITENOISE_MAX_AGE), but after an update the pages ask for
another address: `/static/yinde.css?v=3f9ac02b71de`. The version is read off the file itself, so there
is nothing to collect, to write or to clear before the site is served, and an address of yesterday's page
still gives the file of today.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import FileResponse, HttpRequest
from django.middleware.gzip import re_accepts_gzip
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

_COMPRESSED = {"text/css", "text/javascript", "image/svg+xml", "application/json"}


class VersionedStorage(StaticFilesStorage):
    """Gives every static file's address the version of its content."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.DEBUG:  # a served file does not change, so its address is worked out once
            self.url = cache(self.url)  # type: ignore[method-assign]

    def url(self, name: str | None) -> str:
        """Return the address; that of a file which is not there stays without a version."""
        address = super().url(name)
        path = finders.find(name or "")
        if not path or not Path(path).is_file():
            return address
        return f"{address}?v={hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]}"


class StaticMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise, which would look for compressed files beside the others; these are kept in memory.

    Each is compressed when it is first asked for: some 100 KB in all with the desk's own.
    """

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> FileResponse:
        """Answer with the file, compressed if it is text and the client can read that."""
        response: FileResponse = WhiteNoiseMiddleware.serve(static_file, request)
        if response.get("Content-Type", "").partition(";")[0] not in _COMPRESSED:
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        accepted = request.headers.get("Accept-Encoding", "")
        if response.status_code == 200 and re_accepts_gzip.search(accepted):
            _encoding, path, _headers = static_file.alternatives[0]
            content = _gzipped(path, response["ETag"])
            response.streaming_content = [content]  # the open file is closed with the response
            response["Content-Encoding"] = "gzip"
            response["Content-Length"] = str(len(content))
        return response


@lru_cache(maxsize=512)
def _gzipped(path: str, _version: str) -> bytes:
    return gzip.compress(Path(path).read_bytes(), mtime=0)
