"""Recognise dates as Chinese pages print them, and keep no more precision than is printed.

    2024年3月5日   二〇二四年三月五日   2024-03-05 10:00   2024/3/5   2024.3.5
    2024年3月      2024-03             2024年              2024-03-05T10:00:00+08:00

Times of other zones are turned into wall-clock time in China. Minutes without seconds become
second :00. Years before 1900 and after 2100 are not taken for dates of documents.
"""

from __future__ import annotations

import datetime as dt
import re

from search.text.dates import UNKNOWN, PartialDate
from search.text.numerals import ONES, ZEROS, read

_CHINA = dt.timezone(dt.timedelta(hours=8))
_NUMERAL = f"[{ZEROS}{ONES}]"
_DATE = re.compile(
    rf"""
    (?<![0-9０-９])
    (?:
      (?P<year>(?:19|20|１９|２０)[0-9０-９]{{2}}|[一二]{_NUMERAL}{{3}})\s*年
      (?:\s*(?P<month>[0-9０-９]{{1,2}}|元|[一二三四五六七八九十]{{1,2}})\s*月(?:份)?
         (?:\s*(?P<day>[0-9０-９]{{1,2}}|[一二三四五六七八九十]{{1,3}})\s*[日号])?
      )?
    | (?P<y>(?:19|20)[0-9]{{2}})(?P<sep>[-/.])(?P<m>[0-9]{{1,2}})(?:(?P=sep)(?P<d>[0-9]{{1,2}}))?
      (?![0-9]|(?P=sep)[0-9])
    )
    (?:
      (?:T|\s|(?<=[日号]))\s*+(?:(?:星期|周)[一二三四五六日天]\s*+)?(?:(?P<pm>[上下]午)\s*+)?
      (?P<hour>[0-9]{{1,2}})(?:[:：]|时|点)(?P<minute>[0-9]{{1,2}})(?:(?:[:：]|分)(?P<second>[0-9]{{2}}))?
      (?:[分秒]|\.[0-9]+)?\s*(?P<zone>Z|[+-][0-9]{{2}}:?[0-9]{{2}})?
    )?
    """,
    re.VERBOSE,
)
_IN_ADDRESS = re.compile(
    r"/(?P<y>(?:19|20)\d{2})[-/]?(?P<m>0[1-9]|1[0-2])[-/]?(?P<d>0[1-9]|[12]\d|3[01])(?:/|_)"
    r"|/t(?P<ty>(?:19|20)\d{2})(?P<tm>\d{2})(?P<td>\d{2})_"
)


def parse(text: str) -> PartialDate:
    """Return the date that `text` as a whole is, the unknown date if it is anything else."""
    bare = text.strip().strip("()（）[]【】").strip()
    found = _DATE.fullmatch(bare)
    return (_value(found) or UNKNOWN) if found else UNKNOWN


def given(text: str) -> PartialDate:
    """Return a date that somebody gave as such: also a bare year or an ISO form; unknown if none."""
    try:
        return PartialDate(text.strip())
    except ValueError:
        return parse(text)


def first(text: str) -> tuple[PartialDate, str]:
    """Return the first date printed in `text` and its words; the unknown date and "" if none."""
    for found in _DATE.finditer(text):
        if value := _value(found):
            return value, found.group().strip()
    return UNKNOWN, ""


def from_address(url: str) -> tuple[PartialDate, str]:
    """Return the day that many sites put into an address (/2024/03/05/, /t20240305_1.html)."""
    for found in _IN_ADDRESS.finditer(url):
        parts = [part for part in found.groups() if part]
        if value := _partial(*parts):
            return value, found.group().strip("/_")
    return UNKNOWN, ""


def _value(found: re.Match[str]) -> PartialDate | None:
    year = found["year"] or found["y"]
    month, day = found["month"] or found["m"], found["day"] or found["d"]
    hour = int(found["hour"]) if found["hour"] else None
    if hour is None or not day:
        return _partial(year, month, day)
    if found["pm"] == "下午" and hour < 12:
        hour += 12
    time = f"{hour:02}:{int(found['minute']):02}:{int(found['second'] or 0):02}"
    value = _partial(year, month, day, time)
    if value and found["zone"]:
        return _in_china(value, found["zone"])
    return value or _partial(year, month, day)


def _partial(
    year: str, month: str | None = None, day: str | None = None, time: str = ""
) -> PartialDate | None:
    iso = str(read(year))
    for part in (month, day):
        if part:
            iso += f"-{read(part.replace('元', '一')) or 0:02}"
    try:
        return PartialDate(f"{iso}T{time}" if time else iso)
    except ValueError:
        return None


def _in_china(value: PartialDate, zone: str) -> PartialDate:
    moment = dt.datetime.fromisoformat(f"{value.iso}{'+00:00' if zone == 'Z' else zone}")
    return PartialDate(moment.astimezone(_CHINA).strftime("%Y-%m-%dT%H:%M:%S"))
