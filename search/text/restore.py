"""Read masked spellings back: D员 as 党员, 2021年(nian) as 2021年.

Sites that repost these texts mask words to slip past filters. The text itself never changes; what
was meant is a second reading of the same places, for matching only.

Two kinds are known. What a genre's masks say (`search.text.genre`): a letter D, or the pinyin ``dang``,
that stands for 党 wherever its neighbours leave no other meaning; a D that could be a grade, a building
or a vitamin stays a D. And a character's pinyin, injected in brackets after it. Words that were left
out, names above all, are never restored: that would be a guess about a person.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache, partial
from typing import NamedTuple

import numpy as np

from search.caches import watched
from search.text import genre
from search.text.fold import Folded, fold, fold_map, marker_spans
from search.text.genre import Masks
from search.text.han import IDEOGRAPHS

_LATIN = "0-9A-Za-z０-９Ａ-Ｚａ-ｚ"


class _Rules:
    """The rules of a word that is masked, as parts of one expression."""

    def __init__(self, masks: Masks) -> None:
        self.masks = masks
        self._one = (f"[{masks.meant}{masks.letters}]", masks.syllable)

    def named(self) -> dict[str, str]:
        """Return the expression of each rule by its name."""
        masks = self.masks
        unless = [f"{word}(?![{other}])" for word, other in masks.words_unless]
        return {
            "word": f"MASK(?=(?:{'|'.join(unless)}|{self._either(masks.words)}))",
            "of": f"(?<![{masks.before_no_of}])MASK(?=的{self._either(masks.of)})",
            "saying": "|".join(self._saying(*saying) for saying in masks.sayings),
        }

    def mask(self) -> str:
        """Return the expression of the mask itself.

        Not a mask: MD, 3D, R&D, Plan D, D-Day, D1; but 建D100周年 is one.
        """
        return (
            rf"(?<![{_LATIN}+&])(?<![A-Za-z][ .'’-])"
            rf"(?:[{self.masks.letters}]|{self.masks.syllable})"
            rf"(?![0-9０-９](?!\d{{0,2}}多?(?:周年|年来))|[A-Za-zＡ-Ｚａ-ｚ+&'’*#-])"
        )

    def _either(self, words: str) -> str:
        """One of the words, D in them being masked or not."""
        one = f"(?:{'|'.join(self._one)})"
        return "(?:" + "|".join(re.escape(word).replace("D", one) for word in words.split()) + ")"

    def _behind(self, words: str) -> str:
        """The same looked for backwards, where an expression must know its length."""
        variants = {
            re.escape(word).replace("D", one) for word in words.split() for one in self._one
        }
        return "(?:" + "|".join(f"(?<={variant})" for variant in sorted(variants)) + ")"

    def _saying(self, before: str, unless: str, after: str) -> str:
        forbidden = "".join(
            f"(?<![{unless}]{re.escape(word)})" for word in before.split() if unless
        )
        follows = f"(?={self._either(after)})" if after else f"(?!{self.masks.labels})"
        return f"{self._behind(before)}{forbidden}MASK{follows}"


_PINYIN = (
    rf"(?<=[{IDEOGRAPHS}])"
    r"[(（] ?(?P<pinyin>[a-zA-Zà-üÀ-Üā-ǜ\u0300\u0301\u0304\u0308\u030c]{1,8})[1-5]? ?[)）]"
)


@cache
def _compiled(masks: Masks | None) -> re.Pattern[str]:
    """Return all rules as one expression, whose named group names the rule."""
    if masks is None:
        return re.compile(_PINYIN)
    rules = _Rules(masks)
    named = "|".join(f"(?P<{name}>{rule})" for name, rule in rules.named().items())
    whole = named.replace("MASK", rules.mask()) + "|" + _PINYIN
    return re.compile(whole)


_LAST_OF_PINYIN = "\u030c"
"""The highest character that a spelling of pinyin holds; Han characters lie above it."""

_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0304\u030c"))


class Restoration(NamedTuple):
    """A masked spelling: the original's [start, end) is read as `meant`.

    Empty, it means that the characters were injected and are passed over. The rule is
    "word" (D员), "of" (D的), "saying" (从严治D) or "pinyin" (年(nian)).
    """

    start: int
    end: int
    meant: str
    rule: str


def restorations(text: str) -> tuple[Restoration, ...]:
    """The masked spellings of a text, in order; none overlap."""
    masks = genre.current.masks
    starts = _starts(text, masks)
    if not starts:
        return ()
    plain, places = _without_markers(text)
    if plain is not text:
        starts = _starts(plain, masks)
    rules = _compiled(masks)
    found = []
    after = 0
    for start in starts:
        if start < after:
            continue
        match = rules.match(plain, start)
        if match is None:
            continue
        rule = match.lastgroup or ""
        if rule == "pinyin" and not _is_pinyin_of(match["pinyin"], plain[start - 1]):
            continue
        after = match.end()
        meant = masks.meant if masks and rule != "pinyin" else ""
        found.append(Restoration(places[start], places[after - 1] + 1, meant, rule))
    return tuple(found)


def _starts(text: str, masks: Masks | None) -> list[int]:
    """Return where a masked spelling may begin, ascending.

    To look for one character after the other is several times as fast as an expression for all, for most
    texts hold none but brackets, and behind these hardly ever pinyin.
    """
    starts = [
        at for bracket in "(（" for at in _places(text, bracket) if _leads_to_pinyin(text, at)
    ]
    if masks:
        starts += [
            at for letter in masks.letters + masks.syllable[0] for at in _places(text, letter)
        ]
    return sorted(starts)


def _places(text: str, character: str) -> Iterator[int]:
    at = text.find(character)
    while at >= 0:
        yield at
        at = text.find(character, at + 1)


def _leads_to_pinyin(text: str, bracket: int) -> bool:
    """Say whether behind a bracket something stands that may be pinyin, and no Han character."""
    behind = text[bracket + 1 : bracket + 3].lstrip(" ")
    return bool(behind) and behind[0] <= _LAST_OF_PINYIN


def fold_restored(text: str, masks: Sequence[Restoration] | None = None) -> Folded | None:
    """Return the text folded as it was meant, leading to the original; None if nothing is masked.

    Of 甲D员年(nian) the folded D goes and 党 comes in its place, folded (nian) goes and nothing
    comes: what is left is 甲党员年, in which 党 leads to D. `masks` are the text's restorations, where
    they have been found already.
    """
    masks = restorations(text) if masks is None else masks
    if not masks:
        return None
    folded = fold_map(text)
    # In arrays throughout: a hostile text holds a mask at every second character.
    spans = np.array([(mask.start, mask.end) for mask in masks], folded.starts.dtype)
    places = np.searchsorted(folded.starts, spans)
    changes = np.zeros(len(folded.text) + 1, np.int32)
    np.add.at(changes, places, (1, -1))
    kept = np.cumsum(changes)[:-1] == 0
    folds = {meant: fold(meant) for meant in {mask.meant for mask in masks}}
    sizes = [len(folds[mask.meant]) for mask in masks]
    # Where what is meant goes among what is kept.
    at = np.repeat(np.append(0, np.cumsum(kept))[places[:, 0]], sizes)
    starts, ends = np.repeat(spans, sizes, axis=0).T
    codes = np.frombuffer(folded.text.encode("utf-32-le"), "<u4")
    read = "".join([folds[mask.meant] for mask in masks])
    whole = np.insert(codes[kept], at, np.frombuffer(read.encode("utf-32-le"), "<u4"))
    return Folded(
        whole.tobytes().decode("utf-32-le"),
        np.insert(folded.starts[kept], at, starts),
        np.insert(folded.ends[kept], at, ends),
    )


def _without_markers(text: str) -> tuple[str, Sequence[int]]:
    """The text without site markers, which may split a word, and where its characters were."""
    markers = marker_spans(text)
    if not markers:
        return text, range(len(text))
    places: list[int] = []
    done = 0
    for start, end in markers:
        places += range(done, start)
        done = end
    places += range(done, len(text))
    return "".join([text[place] for place in places]), places


def _is_pinyin_of(pinyin: str, character: str) -> bool:
    """Say whether this is how the character is read: tones aside, ü also written v or u."""
    letters = unicodedata.normalize("NFD", pinyin.lower()).translate(_TONES)
    return unicodedata.normalize("NFC", letters).replace("ü", "v") in _pinyin_of(character)


@partial(watched, "pinyin")
@lru_cache(maxsize=4096)
def _pinyin_of(character: str) -> frozenset[str]:
    # Read when it is loaded: of phrases nothing is asked, and they take 46 MB and half the time.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
    # Imported here: it takes 0.1 s and few texts ever need it.
    from pypinyin import Style, pinyin  # noqa: PLC0415

    (syllables,) = pinyin(character, style=Style.NORMAL, heteronym=True)
    return frozenset(syllables) | {syllable.replace("v", "u") for syllable in syllables}
