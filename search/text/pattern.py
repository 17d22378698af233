"""Take a run with wildcards apart: the strings in it, and what may stand between them.

`?` is one character. `*` is up to STAR_REACH characters; a gap with a `*` in it stays within one
sentence. Distances are in folded characters.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from search.text.fold import fold

STAR_REACH = 30
_WILDCARDS = re.compile(r"([?*]+)")


class Gap(NamedTuple):
    """Between two strings stand `low` to `high` characters, perhaps of one sentence only."""

    low: int
    high: int
    in_sentence: bool


class Split(NamedTuple):
    """The folded strings of a pattern, the gaps between them, and the characters around all."""

    strings: tuple[str, ...]
    gaps: tuple[Gap, ...]
    before: int
    after: int


def split(pattern: str) -> Split:
    """The parts of a pattern; a * at an end asks for nothing. No strings if it is all wildcards."""
    strings: list[str] = []
    wildcards = [""]  # before the first string, between, after the last
    for i, part in enumerate(_WILDCARDS.split(pattern)):
        if i % 2:
            wildcards[-1] += part
        elif folded := fold(part):
            strings.append(folded)
            wildcards.append("")
    gaps = tuple(map(_gap, wildcards[1:-1]))
    return Split(tuple(strings), gaps, wildcards[0].count("?"), wildcards[-1].count("?"))


def _gap(wildcards: str) -> Gap:
    singles = wildcards.count("?")
    starred = "*" in wildcards
    return Gap(singles, singles + STAR_REACH * starred, starred)
