"""Read the value of 日期: — a year, month or day, or a range of them, perhaps open at an end."""

from __future__ import annotations

import re
import unicodedata

from search.text.dates import UNKNOWN, PartialDate

_RANGE = re.compile(r"\.{2,}|~|至|到|[—–]+|(?<=^[0-9]{4})-(?=[0-9]{4}$)")
_DATE = re.compile(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})日?)?月?)?年?")


def read_dates(text: str) -> tuple[PartialDate, PartialDate] | None:
    """First and last date, as precise as given, unknown at an open end; None for what is no date.

    2024 · 2023..2024 · 2023-05..2024 · ..2020 · 2021.. · 2024年4月 · 2024/4/1至2024/5/1 · 2023-2024
    """
    parts = _RANGE.split(unicodedata.normalize("NFKC", text).strip())
    if len(parts) > 2:
        return None
    first, last = _read_date(parts[0].strip()), _read_date(parts[-1].strip())
    if first is None or last is None or not (first or last):
        return None
    return first, last


def _read_date(text: str) -> PartialDate | None:
    if not text:
        return UNKNOWN
    if not (found := _DATE.fullmatch(text)):
        return None
    year, *rest = (number for number in found.groups() if number)
    try:
        return PartialDate("-".join([year, *(number.zfill(2) for number in rest)]))
    except ValueError:
        return None
