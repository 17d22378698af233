"""Cut folded text into words: one place for the index and for the query.

rjieba (Rust) cuts when it can be imported, jieba when not; given runs of Han characters only, both
give the same words. Words rank and suggest; characters decide what matches (see `fold`).

A run of Han characters goes to the segmenter. Latin, Greek or Cyrillic letters in a row are a word,
digits in a row are a word (ppt | 设计, 9000 | 万, c | 919); every other character stands alone.
"""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Callable
from functools import cache, lru_cache
from types import ModuleType
from typing import NamedTuple

import jieba

from search.text.dictionary import TERMS

rjieba: ModuleType | None
try:
    import rjieba
except ImportError:  # no wheel for this platform: slower, the same words
    rjieba = None

# The characters jieba knows as Han. Rarer ones (𠮷, 〇) stand alone, for the two to agree.
_HAN = "\u4e00-\u9fd5"
_RUN = re.compile(rf"[{_HAN}]+|[a-z\u00df-\u024f\u0370-\u052f]+|[0-9]+|.", re.DOTALL)

# jieba's time grows with the square of a run it does not know (20,000 times 的: 1.2 s), and folded
# text is one long run. So it is cut by windows, the words near a window's end again by the next.
_WINDOW = 200
_MARGIN = 20


class Segmenter(NamedTuple):
    """What is needed of a library: cut a run of Han characters, and know its dictionary."""

    cut: Callable[[str], list[str]]
    has_word: Callable[[str], bool]


def cut(folded: str) -> list[str]:
    """The words of a folded text one after the other; joined, they are the text."""
    words: list[str] = []
    for run in _RUN.findall(folded):
        if "\u4e00" <= run[0] <= "\u9fd5":
            words += _cut_han(run)
        else:
            words.append(run)
    return words


def words(folded: str) -> list[str]:
    """The words of a folded text for the index, each after the shorter words inside it.

    jieba's search mode gives the words of two and three characters that its dictionary knows; here
    those of any length, so that 社会主义 is found in 社会主义核心价值观.
    """
    found: list[str] = []
    for word in cut(folded):
        if len(word) > 2:
            found += _inner_words(word)
        found.append(word)
    return found


def segmenter(fast: ModuleType | None) -> Segmenter:
    """The segmenter on rjieba, if that module is given, or else on jieba; with our terms."""
    return _jieba() if fast is None else _rjieba(fast)


@cache
def _segmenter() -> Segmenter:
    return segmenter(rjieba)


def _rjieba(module: ModuleType) -> Segmenter:
    library = module.Jieba()
    for term in TERMS:
        library.add_word(*term)
    return Segmenter(library.cut, library.has_word)


def _jieba() -> Segmenter:
    """jieba keeps a cache of marshal data in a folder all may write: give it one of its own."""
    jieba.setLogLevel(logging.WARNING)
    library = jieba.Tokenizer()
    with tempfile.TemporaryDirectory(prefix="jieba-") as folder:
        library.tmp_dir = folder
        library.initialize()
    for term in TERMS:
        library.add_word(*term)
    return Segmenter(library.lcut, lambda word: bool(library.FREQ.get(word)))


def _cut_han(run: str) -> list[str]:
    cut_window = _segmenter().cut
    words: list[str] = []
    start = 0
    while len(run) - start > _WINDOW:
        window = cut_window(run[start : start + _WINDOW])
        again = 0
        while again + len(window[-1]) <= _MARGIN:
            again += len(window.pop())
        words += window
        start += _WINDOW - again
    return words + cut_window(run[start:])


@lru_cache(maxsize=1 << 16)
def _inner_words(word: str) -> tuple[str, ...]:
    has_word = _segmenter().has_word
    return tuple(
        inner
        for size in range(2, len(word))
        for inner in (word[i : i + size] for i in range(len(word) - size + 1))
        if has_word(inner)
    )
