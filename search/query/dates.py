"""Read the value of 日期: — a year, month or day, or a range of them, perhaps open at an end."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_RANGE = re.compile(r"\.{2,}|~|至|到|[—–]+|(?<=^[0-9]{4})-(?=[0-9]{4}$)")
_DATE = re.compile(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})日?)?月?)?年?")


def read_dates(text: str) -> tuple[str, str] | None:
    """First and last ISO date, as precise as given, "" at an open end; None for what is no date.

    2024 · 2023..2024 · 2023-05..2024 · ..2020 · 2021.. · 2024年4月 · 2024/4/1至2024/5/1 · 2023-2024
    """
    parts = _RANGE.split(unicodedata.normalize("NFKC", text).strip())
    ends = [_read_date(part.strip()) for part in parts]
    if len(ends) > 2 or None in ends or not any(ends):
        return None
    first, last = ends[0], ends[-1]
    return (first or "", last or "")


def _read_date(text: str) -> str | None:
    if not text:
        return ""
    if not (found := _DATE.fullmatch(text)):
        return None
    numbers = [int(number) for number in found.groups() if number]
    try:
        date(*[*numbers, 1, 1][:3])
    except ValueError:
        return None
    return "-".join(f"{number:0{width}}" for number, width in zip(numbers, (4, 2, 2), strict=False))


def earliest(partial: str) -> str:
    """The first day a partial ISO date may mean, "" before all; compares as text."""
    return partial + "0000-01-01"[len(partial) :] if partial else ""


def latest(partial: str) -> str:
    """A day not before the last one a partial ISO date may mean, "" after all; compares as text."""
    return partial + "9999-12-31"[len(partial) :]
