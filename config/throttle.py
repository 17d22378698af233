"""How often one client may search: generous for a reader, not for a robot that reads everything.

Counted in the cache, by minute and client. The cache of a site on one machine is each server process's
own, so the true limit is up to that many times higher. This machine itself is never limited.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

WINDOW = 60
"""Seconds."""
LIMITS = {
    "search": ("search", 120),
    "search-feed": ("search", 120),
    "api-1.0.0:search": ("search", 120),
    "api-1.0.0:suggest": ("suggest", 300),
}
"""By the name of an address: what is counted, and how often that is answered in a window."""


class ThrottleMiddleware:
    """Answers 429 to who asks too often."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Refuse the request if its client has asked too often in this window."""
        match = request.resolver_match
        name = match.view_name if match else ""
        client = client_of(request) if name in LIMITS and not settings.DEBUG else ""
        if not client:
            return None
        counted, limit = LIMITS[name]
        now = time.time()
        if _count(f"throttle:{counted}:{client}:{now // WINDOW:.0f}") <= limit:
            return None
        return _refuse(request, math.ceil(WINDOW - now % WINDOW))


def client_of(request: HttpRequest) -> str:
    """Return who asks, "" for this machine itself.

    A public site stands behind a proxy on this machine, which appends the address it serves to
    X-Forwarded-For; what stands before that was written by the client and proves nothing. Of an IPv6
    address the network counts: one client has all addresses of it.
    """
    written = request.META.get("REMOTE_ADDR", "")
    if not settings.LOCAL_ONLY and _is_here(written):
        written = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    if _is_here(written):
        return ""
    address = ipaddress.ip_address(written)
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


def _is_here(written: str) -> bool:
    """Say whether an address is this machine's own, or none at all."""
    try:
        return ipaddress.ip_address(written).is_loopback
    except ValueError:
        return True


def _count(key: str) -> int:
    cache.add(key, 0, 2 * WINDOW)
    try:
        return cache.incr(key)
    except ValueError:  # evicted between the two calls
        return 1


def _refuse(request: HttpRequest, seconds: int) -> HttpResponse:
    if request.path.startswith("/api/"):
        said = _("检索过于频繁，请 %(seconds)d 秒后再试。") % {"seconds": seconds}
        response: HttpResponse = JsonResponse({"detail": said}, status=429)
    else:
        response = render(request, "429.html", {"seconds": seconds}, status=429)
    response["Retry-After"] = str(seconds)
    return response
