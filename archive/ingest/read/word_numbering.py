"""The numbers that Word counts by itself and does not write into the text: 一、 （一） 1. …"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from search.text import numerals

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_CHINESE = re.compile(r"chineseCounting|ideograph|(?:japanese|taiwanese)(?:Counting|Digital)")
_DEPTHS = frozenset("012345678")  # Word has no others
_START = re.compile("[0-9]{1,9}")
_MAX_TEXT = 100  # characters around a number: each paragraph of a list repeats them


def attribute(element: Element | None, name: str) -> str:
    """Return an attribute of Word's name space, "" if it or the element is not there."""
    return "" if element is None else element.get(f"{W}{name}", "")


@dataclass
class _Level:
    style: str
    text: str
    start: int


class Numbering:
    """Counts the numbered paragraphs of one document; call `next` for each of them in order."""

    def __init__(self, numbering: Element, styles: Element) -> None:
        abstract = {
            attribute(one, "abstractNumId"): _levels(one)
            for one in numbering.iter(f"{W}abstractNum")
        }
        self._levels: dict[str, dict[int, _Level]] = {}
        for number in numbering.iter(f"{W}num"):
            target = attribute(number.find(f"{W}abstractNumId"), "val")
            self._levels[attribute(number, "numId")] = abstract.get(target, {})
        self._by_style = {
            attribute(style, "styleId"): _reference(style.find(f"{W}pPr"))
            for style in styles.iter(f"{W}style")
        }
        self._counts: dict[str, dict[int, int]] = {}

    def next(self, properties: Element | None, style: str) -> str:
        """Return the number that stands before a paragraph, "" if it has none or only a bullet."""
        number, depth = _reference(properties) or self._by_style.get(style) or ("", 0)
        levels = self._levels.get(number, {})
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(number, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]
        if level.style in ("bullet", "none"):
            return ""

        def value(found: re.Match[str]) -> str:
            place = int(found.group(1)) - 1
            other = levels.get(place, level)
            return _written(counts.get(place, other.start), other.style)

        return re.sub(r"%(\d)", value, level.text)


def _levels(abstract: Element) -> dict[int, _Level]:
    found = {}
    for level in abstract.iter(f"{W}lvl"):
        depth = attribute(level, "ilvl")
        if depth in _DEPTHS:
            start = attribute(level.find(f"{W}start"), "val")
            found[int(depth)] = _Level(
                attribute(level.find(f"{W}numFmt"), "val"),
                attribute(level.find(f"{W}lvlText"), "val")[:_MAX_TEXT],
                int(start) if _START.fullmatch(start) else 1,
            )
    return found


def _reference(properties: Element | None) -> tuple[str, int] | None:
    """Return (list, level) that a paragraph or a style names; list 0 switches numbering off."""
    found = None if properties is None else properties.find(f"{W}numPr")
    if found is None:
        return None
    depth = attribute(found.find(f"{W}ilvl"), "val")
    return attribute(found.find(f"{W}numId"), "val"), int(depth) if depth in _DEPTHS else 0


def _written(number: int, style: str) -> str:
    if _CHINESE.match(style):
        return numerals.write(number)
    if style in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= number <= 20:
        return chr(ord("①") + number - 1)
    if style in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26)
        return letter if style == "lowerLetter" else letter.upper()
    return f"{number:02}" if style == "decimalZero" else str(number)
