"""What is particular to the texts of a site: words that dictionaries lack, and how words are masked.

A site hands it in once, before any text is read (the setting SEARCH_GENRE names it).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from search.text.fold import table_digest

# To be raised when `segment` or `restore` give other words for the same text than before.
_RULES = 2


@dataclass(frozen=True, eq=False)  # told apart by identity: each text asks for the rules made of it
class Masks:
    """How one word is masked, and beside which neighbours a mask can mean nothing else.

    In study materials 党 (`meant`) is written as one of the `letters` D, or as the `syllable` dang. In every
    table the letter D stands for the word, masked or not, and blanks separate alternatives.

    - `words`: what follows D where both are one word (员 of D员)
    - `words_unless`: the same, each with the characters after which it is another word
    - `of`: what follows D的; `before_no_of`: characters before D after which D的 is not meant so
    - `sayings`: triples of what stands before D, which characters must not stand before that, and what
      must follow; "" for the last: anything but `labels`, a regular expression
    """

    meant: str
    letters: str
    syllable: str
    words: str
    words_unless: tuple[tuple[str, str], ...]
    of: str
    before_no_of: str
    sayings: tuple[tuple[str, str, str], ...]
    labels: str


@dataclass(frozen=True)
class Genre:
    """The words of a genre, folded, and its masked word, if there is one.

    A term is one thought for whoever searches, which the segmenters would cut in pieces or guess at.
    Terms only rank and suggest: what matches is decided by characters, so one missing hides nothing.
    """

    terms: tuple[str, ...] = ()
    masks: Masks | None = None


current = Genre()
"""The genre that was handed in, or an empty one."""


def use(genre: Genre) -> None:
    """Take the genre of this site's texts; to be called before the first text is read."""
    global current  # noqa: PLW0603 (a process has one site)
    current = genre


def fingerprint() -> str:
    """Return a digest of what decides how text is folded, read and cut.

    An index made under another fingerprint may answer with other words and should be made anew.
    """
    return _digest(current)


@cache
def _digest(genre: Genre) -> str:
    lines = [f"rules {_RULES}", f"fold {table_digest()}"]
    lines += [f"{name} {_version(name)}" for name in ("jieba", "rjieba")]
    lines.append(repr(genre))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "missing"
