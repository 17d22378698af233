"""The outline of a text: its numbered headings, whether on lines of their own or run into the text.

    一、提高认识            a line of its own
    一、提高认识。要……      run in: the heading is the first sentence of the paragraph
    （一）…  1.…  （1）…  一是…  一要…  第一，…  第一章 …

Only numbers that count up from one make headings; which kind stands above which is learnt from
the order of their first appearance. Pure: offsets are characters of the text given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from search.text.numerals import NUMERAL, read
from search.text.punctuation import SEMICOLONS, SENTENCE_ENDS, STOPS

_KINDS = {
    "part": rf"第(?P<part>[{NUMERAL}]{{1,9}}|\d{{1,4}})(?:编|部分|篇)(?:[\s\u3000:：、，]|(?=.{{0,30}}$))",
    "chapter": rf"第(?P<chapter>[{NUMERAL}]{{1,9}}|\d{{1,4}})章[\s\u3000:：、]",
    "section": rf"第(?P<section>[{NUMERAL}]{{1,9}}|\d{{1,4}})节[\s\u3000:：、]",
    "comma": rf"(?P<comma>[{NUMERAL}]{{1,3}})\s?[、．]",
    "bracket": rf"[（(](?P<bracket>[{NUMERAL}]{{1,3}})[）)]",
    "point": r"(?P<point>\d{1,2})\s?[.．、](?!\d)",
    "digit": r"[（(](?P<digit>\d{1,2})[）)]",
    "ordinal": rf"第(?P<ordinal>[{NUMERAL}]{{1,3}})[，,、](?!次|个)",
    "is": rf"(?P<is>[{NUMERAL}]{{1,2}})[是要](?=\S)",
}
_START = re.compile("|".join(_KINDS.values()))
_MAX_TITLE = 60
_SENTENCE = re.compile(f"[{SENTENCE_ENDS}]")
_RUN_IN = re.compile(rf"[^{SENTENCE_ENDS}]{{2,{_MAX_TITLE}}}?[{STOPS}]")
_CLAUSE = re.compile(rf"[^，,。：:；;\n]{{2,{_MAX_TITLE}}}?[，,。：:；;]")
_MAX_LEVEL = 4


@dataclass(frozen=True)
class Heading:
    """One heading: `text[start:end]`, without the full stop that may follow; level 1 is topmost."""

    level: int
    title: str
    start: int
    end: int


@dataclass
class _Candidate:
    kind: str
    number: int
    start: int
    title: str


def outline(text: str) -> tuple[Heading, ...]:
    """Return the headings of `text` in order, () when it has fewer than two of a kind."""
    found = _numbered(list(_candidates(text)))
    stack: list[str] = []
    headings = []
    for one in found:
        if one.kind in stack:
            del stack[stack.index(one.kind) + 1 :]
        else:
            stack.append(one.kind)
        level = min(len(stack), _MAX_LEVEL)
        headings.append(Heading(level, one.title, one.start, one.start + len(one.title)))
    return tuple(headings)


def is_heading(line: str) -> bool:
    """Tell whether a line begins like a numbered heading."""
    return bool(_START.match(line))


def _candidates(text: str) -> Iterator[_Candidate]:
    start = 0
    for line in text.split("\n"):
        if found := _START.match(line):
            kind = str(found.lastgroup)
            if (number := read(found[kind])) and (title := _title(line, kind)):
                yield _Candidate(kind, number, start, title)
        start += len(line) + 1


def _title(line: str, kind: str) -> str:
    """Return the heading that a paragraph is or begins with, "" if it is too long for one.

    What ends in a semicolon is an item of an enumeration, as laws are full of.
    """
    if line.endswith(tuple(SEMICOLONS)):
        return ""
    if len(line) <= _MAX_TITLE and not _SENTENCE.search(line, 0, len(line) - 1):
        return line.rstrip("。：:")
    found = _RUN_IN.match(line)
    if not found and kind in ("is", "ordinal"):
        found = _CLAUSE.match(line, line.find("，") + 1 if kind == "ordinal" else 0)
        return line[: found.end() - 1] if found and found.end() <= _MAX_TITLE else ""
    return found.group()[:-1] if found else ""


def _numbered(candidates: list[_Candidate]) -> list[_Candidate]:
    """Keep the candidates whose numbers count up from one, in runs of at least two."""
    runs: dict[str, list[_Candidate]] = {}
    kept: list[list[_Candidate]] = []
    for one in candidates:
        run = runs.get(one.kind)
        if run and one.number == run[-1].number + 1:
            run.append(one)
        elif one.number == 1:
            runs[one.kind] = [one]
            kept.append(runs[one.kind])
    return sorted((one for run in kept if len(run) > 1 for one in run), key=lambda one: one.start)
