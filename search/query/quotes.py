"""Where a quotation begins and ends: straight, curly, low and corner marks, mixed and nested.

“ ” " „ 〝 are one family: any of them ends what any of them began, but a pair standing inside is
part of the text (“他说“好”的”). 「 」 and 『 』 are families of their own. ‘ ’ ' « » quote only what they
enclose whole: elsewhere they are apostrophes, or marks within a quotation.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Family(NamedTuple):
    """Marks that answer to one another; a neutral mark opens and closes."""

    opening: str
    closing: str
    neutral: str = ""


FAMILIES = (Family("“„‟〝", "”〞〟", '"＂'), Family("「﹁｢", "」﹂｣"), Family("『﹃", "』﹄"))
SINGLE = re.compile(r"(?:[‘‚‛][^‘’]+’|['＇][^'＇]+['＇]|«[^»]+»|‹[^›]+›)(?=[\s()（）|｜]|$)")
MARKS = "".join("".join(family) for family in FAMILIES)
CLOSING_ONLY = "".join(family.closing for family in FAMILIES)


def closing(line: str, start: int) -> int:
    """Where the quotation that begins at `start` has its closing mark; -1 when it has none.

    A mark that answers to the one at `start` comes first, leaving out pairs inside; then the first
    mark of its family; then the first of any family that closes (“甲」).
    """
    family = next(family for family in FAMILIES if line[start] in "".join(family))
    found = _balanced(line, start, family)
    if found < 0:
        found = _first(line, start + 1, "".join(family))
    return found if found >= 0 else _first(line, start + 1, CLOSING_ONLY + FAMILIES[0].neutral)


def quoted(text: str) -> str:
    """The text between marks that `closing` reads back; what no pair can hold is left out."""
    for left, right in ("“”", "「」", "『』"):
        line = left + text + right
        if closing(line, 0) == len(line) - 1:
            return line
    return "“" + "".join(character for character in text if character not in MARKS) + "”"


def _balanced(line: str, start: int, family: Family) -> int:
    depth = 0
    for i in range(start + 1, len(line)):
        mark = line[i]
        if mark in family.opening:
            depth += 1
        elif mark in family.closing:
            if depth == 0:
                return i
            depth -= 1
        elif mark in family.neutral:
            return i if depth == 0 else -1
    return -1


def _first(line: str, start: int, marks: str) -> int:
    return next((i for i in range(start, len(line)) if line[i] in marks), -1)
