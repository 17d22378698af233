"""Fold a text to the characters that matter for finding it, with the way back.

Two spellings of one wording fold to the same string: full or half width, capital or small,
traditional or simplified, with or without punctuation, blanks and line breaks. Matching happens
on folded text, showing on the original; `Folded` leads from one to the other.

One character at a time
    Each character becomes nought, one or several characters, whatever stands beside it. So
    ``fold(a + b) == fold(a) + fold(b)``, each span of a text stands folded in the folded text, and
    ``fold(fold(t)) == fold(t)``. The price: 王后 and 王後 fall together, か followed by a separate
    voicing mark is not が. Only a site marker spans characters.
Changed
    Compatibility forms of Unicode (Ｄ d, ㎡ m2, ① 1), case (ß ss), accents of Latin, Greek and
    Cyrillic letters (é e), traditional characters by OpenCC's ``t2s`` where one character answers
    to one; ○ and ◯, which older documents print for 〇 (二○○八年).
Dropped
    Punctuation (Unicode P, with % # & @ . / among it), blanks and line breaks, controls, direction
    and zero-width marks, lone surrogates, combining marks and variation selectors, modifier
    symbols, ~ and |, arrows, box drawing, blocks, geometric shapes, stars and bullets; site markers
    such as ``##paidbegin##`` and ``$$paidend$$``, and $, which they might leave behind.
Kept
    Letters, numbers, Han, kana, hangul, emoji, other currencies, + = < > ° × ÷ and the rest of the
    symbols, characters of private use or not yet assigned.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import opencc

from search.caches import watched

Codes = npt.NDArray[np.uint32]
Offsets = npt.NDArray[np.int32]

_MARKER = re.compile(r"(##|\$\$)[a-z]+\1")

# The planes that hold assigned characters; everything else folds to itself.
_ASSIGNED = (range(0x33480), range(0xE0000, 0xE0200))

_SYMBOLS_DROPPED = frozenset(
    chain(
        map(ord, "$|~⁄∕∙⋅⋆−∗∖∣∶∼★☆✓✔✗✘❖￼\u2800"),
        range(0x2190, 0x2200),  # arrows
        range(0x2500, 0x2600),  # box drawing, blocks, geometric shapes
        range(0x261A, 0x2620),  # pointing hands
        range(0x2722, 0x2728),  # asterisks and four-pointed stars
        range(0x2729, 0x2744),  # stars, asterisks, florettes
        range(0x2745, 0x2747),  # tight snowflakes
        range(0x2748, 0x274C),  # sparkles and asterisks
        range(0x274D, 0x274E),  # shadowed circle
        range(0x274F, 0x2753),  # shadowed squares
        range(0x2794, 0x27C0),  # dingbat arrows
        range(0x27F0, 0x2800),  # long arrows
        range(0x2900, 0x2980),  # more arrows
        range(0x2B00, 0x2B74),  # arrows, squares, stars
        range(0x1F780, 0x1F900),  # geometric shapes, arrows
    )
)
# A search folds the same few words again and again: so many of so many characters, half a megabyte.
_KEPT, _SHORT = 2048, 32
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")  # hangul fillers
_ACCENTED_SCRIPTS = frozenset(map(chr, range(0x530)))  # Latin, Greek, Cyrillic
_ZERO = {"○": "〇", "◯": "〇"}
_MULTIPLE = np.uint32(0x8000_0000)  # flag: the low bits number an entry of _Table.several


@dataclass(frozen=True)
class Folded:
    """A folded text and where each of its characters stood in the original.

    `starts` and `ends` (int32, as long as `text`) hold the original's [start, end) for each folded
    character, in Python characters. Characters that come from one original (㎡) share its place.
    """

    text: str
    starts: Offsets
    ends: Offsets

    def span(self, i: int, j: int) -> tuple[int, int]:
        """The original's [start, end) of the folded characters i to j, j not included; j > i."""
        if not 0 <= i < j <= len(self.text):
            raise IndexError(f"no span [{i}, {j}) in {len(self.text)} folded characters")
        return int(self.starts[i]), int(self.ends[j - 1])


class _Table(NamedTuple):
    """What each code point folds to: 0 for nothing, a code point, or `_MULTIPLE` and a number.

    Entry n of the characters that become several is ``several[firsts[n] : firsts[n] + counts[n]]``.
    """

    codes: Codes
    several: Codes
    firsts: npt.NDArray[np.intp]
    counts: npt.NDArray[np.intp]


def fold(text: str) -> str:
    """Return any text folded: the head of this module lists what is changed, dropped and kept."""
    return _fold_short(text) if len(text) <= _SHORT else _fold(text)


@partial(watched, "folds")
@lru_cache(_KEPT)
def _fold_short(text: str) -> str:
    return _fold(text)


def _fold(text: str) -> str:
    codes = _folded_codes(text)
    if _has_multiple(codes):
        return _decode(_expand(codes)[0])
    return _decode(codes[codes != 0])


def fold_map(text: str) -> Folded:
    """Return the text folded, and for each folded character where it stood."""
    codes = _folded_codes(text)
    if _has_multiple(codes):
        kept, starts = _expand(codes)
    else:
        starts = np.flatnonzero(codes != 0).astype(np.int32)
        kept = codes[starts]
    return Folded(_decode(kept), starts, starts + np.int32(1))


def marker_spans(text: str) -> list[tuple[int, int]]:
    """Where site markers stand; they may stand inside a word (扛##paidbegin##起)."""
    if "#" not in text and "$" not in text:  # looking for one character is twenty times as fast
        return []
    return [marker.span() for marker in _MARKER.finditer(text)]


def table_digest() -> str:
    """A digest of what every character folds to, here, with this Unicode and this OpenCC."""
    table = _table()
    return hashlib.sha256(table.codes.tobytes() + table.several.tobytes()).hexdigest()


def _folded_codes(text: str) -> Codes:
    """The table's entry for each character of the text, 0 inside site markers."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    # No point is out of the table's range; to have that looked after takes half the time.
    codes = _table().codes.take(points, mode="clip")
    for start, end in marker_spans(text):
        codes[start:end] = 0
    return codes


def _has_multiple(codes: Codes) -> bool:
    return bool(codes.size) and bool(codes.max() >= _MULTIPLE)


def _expand(codes: Codes) -> tuple[Codes, Offsets]:
    """Return the folded code points and, for each, the place it came from, where some become several.

    Of the codes of 甲，㎡ the comma is 0 and goes, ㎡ is an entry of `several`, m2: the result is
    甲, m, 2 and the places 0, 2, 2.
    """
    table = _table()
    counts = (codes != 0).astype(np.intp)
    places = np.flatnonzero(codes >= _MULTIPLE)
    counts[places] = table.counts[codes[places] - _MULTIPLE]
    starts = np.repeat(np.arange(codes.size, dtype=np.int32), counts)
    kept = codes[starts]
    several = np.flatnonzero(kept >= _MULTIPLE)
    nth = several - (np.cumsum(counts) - counts)[starts[several]]
    kept[several] = table.several[table.firsts[kept[several] - _MULTIPLE] + nth]
    return kept, starts


def _decode(codes: Codes) -> str:
    return codes.tobytes().decode("utf-32-le")


@cache
def _table() -> _Table:
    """The fold of every code point, made once at the first use (about 0.2 s, 4.4 MB)."""
    codes = np.arange(0x110000, dtype=np.uint32)
    several: list[str] = []
    for original, folded in _folds(chain.from_iterable(_ASSIGNED)).items():
        if len(folded) > 1:
            codes[ord(original)] = _MULTIPLE + np.uint32(len(several))
            several.append(folded)
        else:
            codes[ord(original)] = ord(folded) if folded else 0
    counts = np.array([len(folded) for folded in several], dtype=np.intp)
    flat = np.frombuffer("".join(several).encode("utf-32-le"), dtype="<u4")
    return _Table(codes, flat, np.cumsum(counts) - counts, counts)


def _folds(points: Iterable[int]) -> dict[str, str]:
    """What each character folds to, for those that change."""
    characters = [chr(point) for point in points]
    dropped = {c: "" for c in characters if _is_dropped(c)}
    steps = dropped | _steps([c for c in characters if c not in dropped])
    return {character: _repeated(step, steps) for character, step in steps.items()}


def _is_dropped(character: str) -> bool:
    category = unicodedata.category(character)
    return character not in _ZERO and (
        category[0] in "PZ"
        or category in ("Cc", "Cf", "Cs", "Mn", "Me", "Sk")
        or ord(character) in _SYMBOLS_DROPPED
        or character in _BLANK_LETTERS
    )


def _steps(characters: list[str]) -> dict[str, str]:
    """What each of the characters becomes in one step, for those that change."""
    steps = {}
    compatible = _each(lambda text: unicodedata.normalize("NFKC", text.casefold()), characters)
    decomposed = _each(lambda text: unicodedata.normalize("NFD", text), compatible)
    simplified = _each(opencc.OpenCC("t2s").convert, characters)
    for character, same, parts, simple in zip(
        characters, compatible, decomposed, simplified, strict=True
    ):
        if character in _ZERO:
            steps[character] = _ZERO[character]
        elif len(parts) > 1 and parts[0] in _ACCENTED_SCRIPTS and parts[0].isalpha():
            steps[character] = parts  # the next step drops the marks
        elif same != character:
            steps[character] = same
        elif simple != character and len(simple) == 1:
            steps[character] = simple
    return steps


def _each(convert: Callable[[str], str], texts: list[str]) -> list[str]:
    """Each of the texts converted, by one call: a line break keeps neighbours apart."""
    return convert("\n".join(texts)).split("\n")


def _repeated(text: str, steps: dict[str, str]) -> str:
    """The text after as many steps as it takes for nothing to change any more."""
    while (after := "".join([steps.get(c, c) for c in text])) != text:
        text = after
    return text
