"""Chinese numerals, as dates, headings and the lists of Word write them: up to 999, or digit by digit."""

from __future__ import annotations

import re

ONES = "一二三四五六七八九"
ZEROS = "〇零○Ｏ"  # the last two are what older documents print for the first
NUMERAL = f"{ONES}十百〇零"
"""What a numeral in a heading is made of; for use within a character class."""

_DIGITS = str.maketrans(f"{ZEROS}{ONES}０１２３４５６７８９", "00001234567890123456789")
_COUNTED = re.compile(r"(?:(?P<hundreds>[1-9]?)百)?0?(?:(?P<tens>[1-9]?)十)?(?P<ones>[0-9]?)")


def read(numeral: str) -> int | None:
    """Return the number that is written, in Chinese or with digits of any width; None if it is none.

    >>> [read(numeral) for numeral in ("十", "二十三", "一百零二", "二〇二四", "１２", "十十")]
    [10, 23, 102, 2024, 12, None]
    """
    digits = numeral.translate(_DIGITS)
    if digits.isdecimal():
        return int(digits)
    found = _COUNTED.fullmatch(digits) if digits else None
    if found is None:
        return None
    hundreds, tens, ones = found["hundreds"], found["tens"], int(found["ones"] or 0)
    counted = ((hundreds, 100), (tens, 10))
    return ones + sum(int(many or 1) * each for many, each in counted if many is not None)


def write(number: int) -> str:
    """Return 1 to 99 as headings are numbered (十, 十一, 二十三), larger numbers digit by digit."""
    names = f"〇{ONES}"
    if not 0 < number < 100:
        return "".join(names[int(digit)] for digit in str(max(number, 0)))
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else f"{names[tens]}十"
    return ten + (names[ones] if ones else "")
