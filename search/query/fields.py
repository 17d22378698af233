"""The fields that a line may name, by the words before a colon: 来源:学习, 日期:2024."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

DATES, STRICT = "(dates)", "(strict)"
"""What a prefix names that limits to dates, or asks for original characters: no names of fields."""
_STRICT_WORDS = ("原样", "strict")


@dataclass(frozen=True)
class Fields:
    """`names` gives the field for each word that may be typed, `words` the word a field is printed with."""

    names: Mapping[str, str]
    words: Mapping[str, str]

    @classmethod
    def of(cls, prefixes: Mapping[str, Iterable[str]], dates: Iterable[str] = ()) -> Fields:
        """Return the fields with the words that name each, the first of which is printed.

        >>> Fields.of({"source": ("来源", "source")}).name("ＳＯＵＲＣＥ")
        'source'
        """
        every = {name: tuple(words) for name, words in prefixes.items()}
        every |= {DATES: tuple(dates), STRICT: _STRICT_WORDS}
        names = {plain(word): name for name, words in every.items() for word in words}
        return cls(names, {name: words[0] for name, words in every.items() if words})

    def name(self, word: str) -> str:
        """Return the field that a word names, "" if it is an ordinary word."""
        return self.names.get(plain(word), "")


def plain(word: str) -> str:
    """Return a word as it is compared: full width and half width, upper and lower case are one."""
    return unicodedata.normalize("NFKC", word).casefold()
