"""Django's command line, where what is wrong around the site is one line and no traceback.

`--traceback` shows where it happened, as with Django's own errors.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError

_INTERRUPTED = 130  # as a shell reports a command ended by Ctrl-C


def run(arguments: Sequence[str]) -> None:
    """Carry out `manage.py …`; leave with status 1 and a line where the surroundings do not allow it.

    These are settings, the database and the file system. Other exceptions are bugs and stay as they are.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(list(arguments))
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except (ImproperlyConfigured, OperationalError, OSError) as error:
        if "--traceback" in arguments:
            raise
        sys.exit(_line(error))


def _line(error: Exception) -> str:
    """Return the error on one line, in both languages: there may be no settings to choose by."""
    said = " ".join(str(error).split())
    if isinstance(error, ImproperlyConfigured):
        return f"设置有误 · Settings: {said}"
    if isinstance(error, OperationalError):
        return f"数据库用不了 · The database cannot be used: {said}"
    return f"文件读写出错 · Files: {said}"
