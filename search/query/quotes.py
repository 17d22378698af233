"""Where a quotation begins and ends: straight, curly, low and corner marks, mixed and nested.

“ ” " „ 〝 are one family: any of them ends what any of them began, but a pair standing inside is
part of the text (“他说“好”的”). 「 」 and 『 』 are families of their own. ‘ ’ ' « » quote only what they
enclose whole: elsewhere they are apostrophes, or marks within a quotation. Behind a backslash a mark of
the quotation's own family is part of the text, so that any text can be quoted: “甲\\”乙”.
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
_HIDDEN = r"\\\\"  # as long as a mark with its backslash
CLOSING_ONLY = "".join(family.closing for family in FAMILIES)


def closing(line: str, start: int) -> int:
    """Where the quotation that begins at `start` has its closing mark; -1 when it has none.

    A mark that answers to the one at `start` comes first, leaving out pairs inside; then the first
    mark of its family; then the first of any family that closes (“甲」); last one behind a backslash.
    """
    family = _family(line[start])
    own = "".join(family)
    plain = line[:start] + _escaped(family).sub(_HIDDEN, line[start:])
    found = _balanced(plain, start, family)
    for text, marks in ((plain, own), (plain, CLOSING_ONLY + FAMILIES[0].neutral), (line, own)):
        if found < 0:
            found = _first(text, start + 1, marks)
    return found


def content(line: str, start: int, end: int) -> str:
    """The text of the quotation between its marks at `start` and `end`."""
    return _escaped(_family(line[start])).sub(r"\1", line[start + 1 : end]).strip()


def quoted(text: str) -> str:
    """The text between marks that `closing` and `content` read back."""
    held = f"{text} " if text.endswith("\\") else text
    for left, right in ("“”", "「」", "『』"):
        line = left + held + right
        end = len(line) - 1
        if closing(line, 0) == end and content(line, 0, end) == text:
            return line
    return "“" + re.sub(f"[{''.join(FAMILIES[0])}]", r"\\\g<0>", held) + "”"


def _family(mark: str) -> Family:
    return next(family for family in FAMILIES if mark in "".join(family))


def _escaped(family: Family) -> re.Pattern[str]:
    return re.compile(rf"\\([{''.join(family)}])")


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
