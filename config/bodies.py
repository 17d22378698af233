"""How much a request may bring: little from a stranger, files from a signed-in editor.

The server asks before it takes a body in (config/server.py), the middleware before Django reads one.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.shortcuts import render
from django.urls import Resolver404, resolve

from archive.admin.desk import MAX_REQUEST

STRANGER = 2**20
"""Bytes: no form that a visitor can send is larger."""
REFUSED = "refused.errno"
"""The header that the server adds where it could not keep a body; no client can send a name like this."""
_UPLOAD = "admin:archive_speech_upload"


def limit_of(path: str, cookies: str) -> int:
    """Return how many bytes a request to `path` with that Cookie header may bring."""
    if not _signed_in(parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")):
        return STRANGER
    try:
        upload = resolve(path).view_name == _UPLOAD
    except Resolver404:
        upload = False
    return MAX_REQUEST if upload else settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _signed_in(session: str) -> bool:
    """Say whether somebody has logged in with that session; no, if the database cannot say."""
    if not session:
        return False
    try:
        store = import_module(settings.SESSION_ENGINE).SessionStore(session)
        return SESSION_KEY in store
    except DatabaseError:
        return False


class BodyMiddleware:
    """Answers 413 to a request that brings too much, and says so where a body found no room."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, or refuse it. Raises the OSError that kept the server from keeping it."""
        if reason := request.META.get(f"HTTP_{REFUSED}"):
            raise OSError(int(reason), os.strerror(int(reason)))
        size = int(request.META.get("CONTENT_LENGTH") or 0)
        if size > STRANGER:
            limit = limit_of(request.path_info, request.META.get("HTTP_COOKIE", ""))
            # The upload desk says itself, beside its form, what is too much for it.
            if size > limit and limit != MAX_REQUEST:
                return render(request, "413.html", {"megabytes": limit >> 20}, status=413)
        return self.get_response(request)
