"""How often one client may search: generous for a reader, not for a robot that reads everything.

Counted in the cache (CACHE_URL), by minute and client. Where that is each server process's own memory, the
true limit is up to that many times higher. On a site that only this machine can reach
nothing is limited; on a public one everything is, whatever the headers say or leave out.
"""

from __future__ import annotations

import ipaddress
import math
import re
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

WINDOW = 60
"""Requests are counted anew after so many seconds."""
LIMITS = {
    "search": ("search", 120),
    "search-feed": ("search", 120),
    "api-1.0.0:search": ("search", 120),
    "api-1.0.0:suggest": ("suggest", 300),
    "speech": ("search", 120),
}
"""By the name of an address: what is counted, and how often that is answered in a window."""
UNKNOWN = "unknown"
"""The client whose address cannot be read: all such count as one."""
_WITH_PORT = re.compile(r"\[(?P<six>[^\[\]]+)\](:[0-9]*)?|(?P<four>[0-9.]+):[0-9]*")


class ThrottleMiddleware:
    """Answers 429 to who asks too often."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; `process_view` refuses it where its view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Refuse the request if its client has asked too often in this window."""
        match = request.resolver_match
        name = match.view_name if match else ""
        if name == "speech" and not request.GET.get("q"):
            return None  # read, not searched
        client = client_of(request) if name in LIMITS and not settings.DEBUG else ""
        if not client:
            return None
        counted, limit = LIMITS[name]
        now = time.time()
        if _count(f"throttle:{counted}:{client}:{now // WINDOW:.0f}") <= limit:
            return None
        return _refuse(request, math.ceil(WINDOW - now % WINDOW))


def client_of(request: HttpRequest) -> str:
    """Return who asks: an address, UNKNOWN, or "" for this machine at a site that only it can reach.

    A public site stands behind a proxy on this machine, which appends the address it serves to
    X-Forwarded-For; what stands before that was written by the client and proves nothing. Where the
    last value is no address, or the header is missing, the client is unknown, and all such clients
    are counted as one: a proxy that was set up wrongly must not open the site to robots. (A request
    of this machine itself that bypasses the proxy gets nothing but the redirection to HTTPS.)
    Of an IPv6 address the network counts: one client has all addresses of it.
    """
    address = _address_in(request.META.get("REMOTE_ADDR", ""))
    if address is not None and address.is_loopback:
        if settings.LOCAL_ONLY:
            return ""
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        address = _address_in(forwarded.rpartition(",")[2])
    if address is None:
        return UNKNOWN
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((int(address), 64), strict=False))


def _address_in(written: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that a proxy wrote, with a port or without one; None if it is none."""
    host = written.strip().strip('"')
    if found := _WITH_PORT.fullmatch(host):
        host = found["six"] or found["four"]
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _count(key: str) -> int:
    try:
        return cache.incr(key)
    except ValueError:  # the first in this window
        cache.add(key, 1, 2 * WINDOW)
        return 1


def _refuse(request: HttpRequest, seconds: int) -> HttpResponse:
    if request.path.startswith("/api/"):
        said = _("检索过于频繁，请 %(seconds)d 秒后再试。") % {"seconds": seconds}
        response: HttpResponse = JsonResponse({"detail": said}, status=429)
    else:
        response = render(request, "429.html", {"seconds": seconds}, status=429)
    response["Retry-After"] = str(seconds)
    return response
