"""Who may try to log in, and how often: strangers by name and address, known browsers by themselves.

Failures are counted by django-axes in the database, so that all server processes count together. A
stranger has `AXES_FAILURE_LIMIT` failures for a name at an address, and SPRAYED times as many at an
address over all names. Whoever has logged in keeps a signed cookie that says which user's browser it
is; failures with it are counted apart, so that nobody else can lock that browser out. The cookie lets
nobody in: stolen, it gives as many guesses as an address has. It ends with the password it was given
for, with the account, and after KNOWN_FOR; one whose guesses are used up counts as none.
"""

from __future__ import annotations

import datetime as dt
import math
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username, get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import ngettext

from config.throttle import UNKNOWN, client_of

SPRAYED = 4
"""An office behind one address mistypes this many times as often as one person does."""
KNOWN_FOR = dt.timedelta(days=90)
WARNED_FROM = 4
"""So many failures before log-in closes it begins to be said how many are left."""
LOG_DAYS = 365
"""So long it is kept who logged in when."""
COOKIE = "browser"
_SALT = "config.login.browser"
_STRANGER = ""

Credentials = Mapping[str, Any] | None


def address_of(request: HttpRequest) -> str:
    """Return the client that the limits of searching go by, as an address that a database takes."""
    client = client_of(request).partition("/")[0]
    return {"": "127.0.0.1", UNKNOWN: "::"}.get(client, client)


@dataclass(frozen=True)
class Count:
    """Failures that are counted together, and how many there may be."""

    rows: QuerySet[AccessAttempt]
    limit: int

    def failures(self) -> int:
        """Return how many failures are counted here now."""
        return self.rows.aggregate(sum=Sum("failures_since_start"))["sum"] or 0

    def used(self) -> float:
        """Return the share of the limit that is used up."""
        return self.failures() / self.limit

    def seconds_left(self) -> int:
        """Return when the last failure is forgotten, 0 where there is room for another."""
        if self.used() < 1:
            return 0
        last = self.rows.aggregate(last=Max("attempt_time"))["last"] or timezone.now()
        return math.ceil((last + get_cool_off() - timezone.now()).total_seconds())


class LoginHandler(AxesDatabaseHandler):
    """Axes' own counts, with known browsers apart and a limit over all names of an address.

    A row's `user_agent` holds the known browser. What a stranger's browser calls itself is not
    kept: it proves nothing, and a new name for each attempt would make a new row for each.
    """

    def user_login_failed(
        self, sender: Any, credentials: Any, request: Any = None, **kwargs: Any
    ) -> None:
        """Count the failure for the browser, if it is known and may still try, else for a stranger."""
        if request is not None:
            *known, _as_stranger = self._ways(request, credentials)
            spared = any(way[0].used() < 1 for way in known)
            request.axes_user_agent = known_browser(request, credentials) if spared else _STRANGER
        super().user_login_failed(sender, credentials, request, **kwargs)

    def user_logged_in(self, sender: Any, request: Any, user: User, **kwargs: Any) -> None:
        """Forget the failures, note that the browser is to be known, and let no log grow for ever."""
        super().user_logged_in(sender, request, user, **kwargs)
        self.reset_logs(age_days=LOG_DAYS)
        request.known_user = user

    def get_failures(self, request: HttpRequest, credentials: Credentials = None) -> int:
        """Return how much of AXES_FAILURE_LIMIT is used up; of two ways in the freer one counts."""
        ways = self._ways(request, credentials)
        used = min(max(count.used() for count in way) for way in ways)
        return int(used * settings.AXES_FAILURE_LIMIT)

    def filter_user_attempts(
        self, request: HttpRequest, credentials: Credentials = None
    ) -> list[QuerySet[AccessAttempt]]:
        """Return what a successful log-in forgets: what this name failed at this address.

        Not what was counted against other names, nor against the browser's cookie: it is given a
        new one, and a copy of the old one is to gain nothing.
        """
        return [self._ways(request, credentials)[-1][0].rows]

    def seconds_locked(self, request: HttpRequest, credentials: Credentials = None) -> int:
        """Return after how many seconds another attempt is allowed at the latest."""
        ways = self._ways(request, credentials)
        return min(max(count.seconds_left() for count in way) for way in ways)

    def failures_left(self, request: HttpRequest, credentials: Credentials = None) -> int:
        """Return after how many more failures log-in closes; a known browser has two ways to use up."""
        ways = self._ways(request, credentials)
        return sum(max(0, min(each.limit - each.failures() for each in way)) for way in ways)

    def _ways(self, request: HttpRequest, credentials: Credentials) -> list[list[Count]]:
        """Return the ways in, a known browser's first; in each no count may be used up."""
        limit = settings.AXES_FAILURE_LIMIT
        recent = AccessAttempt.objects.filter(attempt_time__gt=timezone.now() - get_cool_off())
        here = recent.filter(ip_address=address_of(request), user_agent=_STRANGER)
        name = get_client_username(request, credentials)
        as_stranger = [Count(here.filter(username=name), limit), Count(here, limit * SPRAYED)]
        browser = known_browser(request, credentials)
        if not browser:
            return [as_stranger]
        return [[Count(recent.filter(username=name, user_agent=browser), limit)], as_stranger]


class LoginForm(AdminAuthenticationForm):
    """The admin's own, which says in time that log-in is about to close."""

    def get_invalid_login_error(self) -> ValidationError:
        """Say what is wrong and, where few are left, how many failures more there may be."""
        error = super().get_invalid_login_error()
        if self.request is None:  # in the signature of Django's form only
            return error
        left = LoginHandler().failures_left(self.request, self.cleaned_data)
        if left > WARNED_FROM:
            return error
        warning = ngettext(
            "再错 %(n)s 次，登录要关闭 %(minutes)s 分钟。",
            "再错 %(n)s 次，登录要关闭 %(minutes)s 分钟。",
            left,
        )
        minutes = math.ceil(get_cool_off().total_seconds() / 60)
        return ValidationError([error, ValidationError(warning % {"n": left, "minutes": minutes})])


class KnownBrowserMiddleware:
    """Gives a browser that has logged in its cookie, for the addresses of the desk only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the cookie where the request was a log-in."""
        response = self.get_response(request)
        user: User | None = getattr(request, "known_user", None)
        if user is not None:
            said = {"user": user.pk, "seal": _seal(user), "browser": secrets.token_urlsafe(16)}
            response.set_cookie(
                COOKIE,
                signing.dumps(said, salt=_SALT),
                max_age=KNOWN_FOR,
                path=reverse("admin:index"),
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Strict",
            )
        return response


def known_browser(request: HttpRequest, credentials: Credentials = None) -> str:
    """Return which browser of the user that wants to log in this is, "" if it is not known as such."""
    try:
        said = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=KNOWN_FOR)
    except signing.BadSignature:
        return ""
    name = get_client_username(request, credentials)
    user = User.objects.filter(pk=said["user"], username=name, is_active=True).first()
    known = user is not None and constant_time_compare(said["seal"], _seal(user))
    return said["browser"] if known else ""


def _seal(user: User) -> str:
    """Return what changes with the user's password."""
    return salted_hmac(_SALT, user.get_session_auth_hash()).hexdigest()[:20]


def locked(request: HttpRequest, _response: Any, credentials: Credentials) -> HttpResponse:
    """Return the page for somebody who failed too often; it is the same whether or not the name exists."""
    seconds = max(1, LoginHandler().seconds_locked(request, credentials))
    context = {"minutes": math.ceil(seconds / 60)}
    response = render(request, "locked.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response
