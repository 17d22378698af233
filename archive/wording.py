"""How values of the archive are written in the reader's language."""

from __future__ import annotations

import datetime as dt

from django.utils import dateformat
from django.utils.translation import gettext as _

from search.text.dates import PartialDate

# The translated strings of this module are formats: Y, n, j and F stand for parts of the date
# (https://docs.djangoproject.com/en/5.2/ref/templates/builtins/#date).


def shortened(text: str, length: int) -> str:
    """Return a text, or of a longer one its first `length` characters and …"""
    return text if len(text) <= length else f"{text[:length]}…"


def day_name(date: PartialDate) -> str:
    """Write a date to the day, or as far as it is known: 2024年4月14日, 2024年4月, 2024年."""
    if not date:
        return _("日期不详")
    if len(date.iso) >= 10:
        return dateformat.format(dt.date.fromisoformat(date.iso[:10]), _("Y年n月j日"))
    if date.month:
        return month_name(date.iso)
    return dateformat.format(dt.date(int(date.iso), 1, 1), _("Y年"))


def month_name(month: str, *, with_year: bool = True) -> str:
    """Write a month given as 2024-04: 2024年4月, or 4月 where its year stands above it."""
    first = dt.date(int(month[:4]), int(month[5:7]), 1)
    return dateformat.format(first, _("Y年n月") if with_year else _("n月"))
