"""What is particular to the texts of a site: words that dictionaries lack, and how words are masked.

A site hands it in once, before any text is read (the setting SEARCH_GENRE names it).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from search.text.fold import table_digest

# To be raised when `segment` or `restore` give other words for the same text than before.
_RULES = 2


@dataclass(frozen=True)
class Masks:
    """How one word is masked (党 as D or dang), and beside what it can mean nothing else.

    In each table D stands for the word, masked or not; what blanks separate are alternatives.

    - `letters` and `syllable` are what is written in place of what is `meant`
    - `words` follow the D with which they are one word, those of `words_unless` but for some characters after
    - `of` follow D的, where none of the characters `before_no_of` stands before
    - `sayings`: what stands before D, what must not stand before that, and what must follow ("": anything
      but `labels`, an expression)
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
    lines = [f"rules {_RULES}", f"fold {table_digest()}"]
    lines += [f"{name} {_version(name)}" for name in ("jieba", "rjieba")]
    lines.append(repr(current))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "missing"
