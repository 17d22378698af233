"""A date that is only as precise as its source: year, month, day, second or unknown.

The text form is ISO 8601 with reduced precision (`2024`, `2024-04`, `2024-04-14`,
`2024-04-14T10:24:03`), which sorts as it stands and says its precision by its length. Times are
wall-clock times in China, as printed on the page.

As integers dates are YYYYMMDDhhmmss: `earliest` has 0 for what is not known, `latest` has 9. Neither
needs to be a day of the calendar; they only compare.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Precision(StrEnum):
    """How much of a date is known."""

    UNKNOWN = "unknown"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    SECOND = "second"


_PRECISION_BY_LENGTH = {
    0: Precision.UNKNOWN,
    4: Precision.YEAR,
    7: Precision.MONTH,
    10: Precision.DAY,
    19: Precision.SECOND,
}
_FULL = "0001-01-01T00:00:00"
_OPEN = (10**14, 10**10, 10**8, 10**6)  # what stands behind: nothing, the year, the month, the day


@dataclass(frozen=True, order=True)
class PartialDate:
    """A point on the calendar with its precision; `PartialDate("")` is the unknown date.

    Raises ValueError for anything that is not one of the five forms or not a real date.
    """

    iso: str = ""

    def __post_init__(self) -> None:
        if len(self.iso) not in _PRECISION_BY_LENGTH:
            raise ValueError(f"not a partial date: {self.iso!r}")
        if self.iso:
            if not re.fullmatch(r"[0-9T:-]+", self.iso):
                raise ValueError(f"not a partial date: {self.iso!r}")
            dt.datetime.strptime(self.iso + _FULL[len(self.iso) :], "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007

    def __str__(self) -> str:
        return self.iso

    def __bool__(self) -> bool:
        return bool(self.iso)

    @property
    def precision(self) -> Precision:
        """How much of the date is known."""
        return _PRECISION_BY_LENGTH[len(self.iso)]

    @property
    def year(self) -> int | None:
        """The year, or None for the unknown date."""
        return int(self.iso[:4]) if self.iso else None

    @property
    def month(self) -> int | None:
        """The month (1 to 12), or None where only the year or nothing is known."""
        return int(self.iso[5:7]) if len(self.iso) >= 7 else None

    @property
    def earliest(self) -> int:
        """The first moment that may be meant, as an integer to sort by; 0 for the unknown date.

        >>> PartialDate("2024-04").earliest
        20240400000000
        """
        digits = re.sub(r"\D", "", self.iso)
        return int(digits.ljust(14, "0")) if digits else 0

    @property
    def latest(self) -> int:
        """The last moment that may be meant, as an integer; of the unknown date, after all others.

        >>> PartialDate("2024-04").latest
        20240499999999
        """
        return int(latest(self.earliest))


def latest(earliest: Any) -> Any:
    """Return the `latest` of a date of which only the `earliest` is kept; works on arrays, too.

    Midnight sharp cannot be told from a day without a time, and counts as the day.
    """
    last = earliest
    for size in _OPEN:
        last = last + ((last == earliest) & (earliest % size == 0)) * (size - 1)
    return last


UNKNOWN = PartialDate("")
