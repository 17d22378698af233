"""What the surroundings refuse: a full disk, a locked database, one that is not there.

Such a request ends with a page that says what happened and gives back what was typed, in the reader's
language; the JSON interface says it as JSON. Django calls `server_error` for every exception that nobody
handled, in whatever view or middleware it was raised. Nothing here asks the database, the session or the
disk: the templates are the only files, and reading is what still works.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views import defaults

from archive.admin.forms import LABELS
from config.locale import language_of

MAX_DRAINED = 200 * 2**20  # bytes of a body that are read only to be able to answer
_SHORT = 80  # characters that fit a line
_SECRET = ("password", "token", "otp")


@dataclass(frozen=True)
class Trouble:
    """One kind of refusal, as HTTP and as people are told; `retry` is in seconds."""

    status: int
    title: Any  # lazy text
    message: Any
    retry: int | None = None


FULL = Trouble(507, _("磁盘满了"), _("服务器的磁盘没有空间了，存不下新的内容。请告诉管理员。"))
BUSY = Trouble(
    503,
    _("数据库正忙"),
    _("数据库一直被占用着（例如正在大批导入或备份）。请过一会儿再试。"),
    retry=30,
)
READ_ONLY = Trouble(
    503, _("现在只能看，不能存"), _("数据库或磁盘处于只读状态，存不下新的内容。请告诉管理员。")
)
DENIED = Trouble(503, _("文件打不开"), _("服务器没有权限读写自己的文件。请告诉管理员。"))
FAULTY = Trouble(503, _("存储出错"), _("服务器的磁盘或数据库读写出错。请告诉管理员。"))
GONE = Trouble(
    503,
    _("数据库连不上"),
    _("服务器现在连不上数据库。请过一会儿再试；一直这样，请告诉管理员。"),
    retry=60,
)
CROWDED = Trouble(503, _("服务器太忙"), _("服务器的资源暂时用尽了。请过一会儿再试。"), retry=30)

_BY_ERRNO = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
    errno.EROFS: READ_ONLY,
    errno.EACCES: DENIED,
    errno.EPERM: DENIED,
    errno.EIO: FAULTY,
    errno.EMFILE: CROWDED,
    errno.ENFILE: CROWDED,
    errno.ENOMEM: CROWDED,
}
# https://www.sqlite.org/rescode.html
_BY_SQLITE = {
    5: BUSY,  # BUSY
    6: BUSY,  # LOCKED
    8: READ_ONLY,  # READONLY
    10: FAULTY,  # IOERR
    11: FAULTY,  # CORRUPT
    13: FULL,  # FULL
    14: DENIED,  # CANTOPEN
    26: FAULTY,  # NOTADB
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_BY_SQLSTATE = {
    "53100": FULL,
    "53200": CROWDED,
    "53300": CROWDED,
    "25006": READ_ONLY,
    "40001": BUSY,
    "40P01": BUSY,
    "55P03": BUSY,
    "57014": BUSY,
    "58030": FAULTY,
    "XX001": FAULTY,
}


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for an exception that nobody handled (Django's `handler500`)."""
    trouble = trouble_of(sys.exc_info()[1])
    if trouble:
        return answer(request, trouble)
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": "Internal error."}, status=500)
    return defaults.server_error(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for a refused request (`handler400`): Django takes a session it cannot save for one."""
    trouble = trouble_of(exception)
    return answer(request, trouble) if trouble else defaults.bad_request(request, exception)


def trouble_of(error: BaseException | None) -> Trouble | None:
    """Return what the surroundings refused, None where an exception is a fault of the site's own."""
    for each in _chain(error):
        found = _of_database(each) if isinstance(each, DatabaseError | InterfaceError) else None
        if found is None and isinstance(each, OSError):
            found = _BY_ERRNO.get(each.errno or 0)
        if found:
            return found
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _of_database(error: Exception) -> Trouble | None:
    """Return what the driver's own error says, which Django keeps as the cause of its error."""
    driver = error.__cause__
    code = getattr(driver, "sqlite_errorcode", None)
    if code is not None:
        found = _BY_SQLITE.get(code & 0xFF)
        return FULL if found in (FAULTY, DENIED) and _is_full() else found
    state = getattr(driver, "sqlstate", None)
    if state:
        return _BY_SQLSTATE.get(state, GONE if state[:2] in ("08", "57") else None)
    return GONE if isinstance(error, OperationalError | InterfaceError) else None


def _is_full() -> bool:
    """Say whether there is no room: SQLite reports that as any error of reading and writing."""
    try:
        return os.statvfs(settings.DATA_DIR).f_bavail == 0
    except OSError:
        return False


@dataclass(frozen=True)
class Typed:
    """One value of a form that is given back; without a label it is carried but not shown."""

    name: str
    value: str
    label: str = ""

    @property
    def is_long(self) -> bool:
        """Whether it needs more than a line."""
        return len(self.value) > _SHORT or "\n" in self.value


def answer(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """Say what happened, with what was typed."""
    with translation.override(language_of(request)):
        response = _json(trouble) if request.path.startswith("/api/") else _page(request, trouble)
    _drain(request)
    response["Cache-Control"] = "no-store"
    if trouble.retry:
        response["Retry-After"] = str(trouble.retry)
    return response


def _json(trouble: Trouble) -> HttpResponse:
    content = {"detail": f"{trouble.title} · {trouble.message}"}
    return JsonResponse(content, status=trouble.status, json_dumps_params={"ensure_ascii": False})


def _page(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    typed = list(_typed(request))
    is_upload = request.content_type == "multipart/form-data"
    context = {
        "trouble": trouble,
        "language": translation.get_language(),
        "sent": request.method == "POST",
        "files": is_upload and bool(not typed or request.FILES),
        "typed": typed,
        "action": request.get_full_path(),
        # Only what has proved to come from our own page is offered to be sent again.
        "token": get_token(request) if getattr(request, "csrf_processing_done", False) else "",
    }
    return HttpResponse(render_to_string("trouble.html", context), status=trouble.status)


def _typed(request: HttpRequest) -> Iterator[Typed]:
    """Yield the values of the form that was sent; nothing of one that holds a secret."""
    if request.method != "POST":
        return
    try:
        values = request.POST
    except Exception:  # noqa: BLE001 (whatever ended the request may have ended the reading)
        return
    names = [name for name in values if name != "csrfmiddlewaretoken"]
    if any(word in name.lower() for name in names for word in _SECRET):
        return
    for name in names:
        label = str(LABELS.get(re.sub(r"^item-\d+-", "item-", name), ""))
        for value in values.getlist(name):
            typed = Typed(name, value, label)
            hidden = name in ("opened", "listed_at", "item")
            yield Typed(name, value, name) if typed.is_long and not (label or hidden) else typed


def _drain(request: HttpRequest) -> None:
    """Read the rest of the body: a browser shows no answer to what it could not send to its end."""
    left = MAX_DRAINED
    with contextlib.suppress(Exception):
        while left > 0 and (block := request.read(1 << 16)):
            left -= len(block)
