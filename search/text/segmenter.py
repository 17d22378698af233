"""Cut folded text into words, and a run into the pieces that may stand scattered.

One place for the index and for the query.

rjieba (Rust) cuts where it is installed, jieba where not. Given runs of Han characters only, they
agree: on 2.6 million characters of official prose, 1.26 million words, without an exception. Words
rank and suggest; characters decide what matches (see `fold`).

A run of Han characters goes to the segmenter. Latin, Greek or Cyrillic letters in a row are a word,
digits in a row are a word (ppt | 设计, 9000 | 万, c | 919); every other character stands alone.

Folded text has lost its punctuation, so words are cut across it, in the text as in the query; 1.7 %
of the words differ from those cut clause by clause, most of them pairs such as 区、县.

A single character says next to nothing: of 对党忠诚, cut 对 | 党 | 忠诚, the words 对 and 党 stand in every
document. So in a piece a word of one character is read with its neighbour, and 的 and its like, which
only join, are not asked for. In a remembered sentence such characters are what is remembered wrongly,
and its words are enough.
"""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from search.caches import watched
from search.text import genre
from search.text.han import SEGMENTED
from search.text.stopwords import QUESTION_WORDS, STOPWORDS

_RUN = re.compile(rf"[{SEGMENTED}]+|[a-z\u00df-\u024f\u0370-\u052f]+|[0-9]+|.", re.DOTALL)
_FIRST, _LAST = SEGMENTED[0], SEGMENTED[-1]

# jieba's time grows with the square of a run it does not know (20,000 times 的: 1.2 s), and folded
# text is one long run. So it is cut by windows, the words near a window's end again by the next.
_WINDOW = 200
_MARGIN = 20

# Of 60 million words counted by jieba. Just above what outweighs the parts of any of the archive's terms
# (`jieba.suggest_freq`: at most 14), and too little to tear characters from their neighbours.
_FREQUENCY = 20

# A run of so many pieces is a remembered sentence, of which most is enough.
LONG_RUN = 4


class Segmenter(NamedTuple):
    """What is needed of a library: cut a run of Han characters, and know its dictionary."""

    cut: Callable[[str], list[str]]
    has_word: Callable[[str], bool]


def cut(folded: str) -> list[str]:
    """The words of a folded text one after the other; joined, they are the text."""
    found: list[str] = []
    for run in _RUN.findall(folded):
        if _is_han(run):
            found += _cut_han(run)
        else:
            found.append(run)
    return found


def words(folded: str) -> list[str]:
    """The words of a folded text for the index, each after the shorter words inside it.

    jieba's search mode gives the words of two and three characters that its dictionary knows; here
    those of any length, so that 社会主义 is found in 社会主义核心价值观.
    """
    found: list[str] = []
    for word in cut(folded):
        if len(word) > 2:
            found += inner_words(word)
        found.append(word)
    return found


def pieces_of(folded: str) -> list[str]:
    """The pieces of a folded run, each once, in their order; the run itself if it has no pieces.

    对党忠诚 -> 对党忠诚 · 打基础利长远 -> 打基础, 利长远 · 人民的名义 -> 人民, 名义 ·
    为人民造福是最大政绩 -> 人民, 造福, 最大, 政绩 · 什么是新质生产力 -> 新质生产力
    """
    words = cut(folded)
    if all(len(word) == 1 for word in words):
        return [folded]
    pieces = list(dict.fromkeys(_glued(words, folded)))
    long = [word for word in _telling(words) if len(word) > 1]
    if len(pieces) >= LONG_RUN <= len(long):
        return long
    return pieces or [folded]


def telling_words(folded: str) -> list[str]:
    """The words of a folded run that say what is looked for, each once, in their order."""
    return _telling(cut(folded))


def is_question(folded: str) -> bool:
    """Say whether a folded run asks something: whether a question word stands in it."""
    return not QUESTION_WORDS.isdisjoint(cut(folded))


def _telling(words: Sequence[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if word not in STOPWORDS]


def _glued(words: Sequence[str], folded: str) -> list[str]:
    """Return the telling words, single characters joined to what stands beside them."""
    pieces: list[str] = []
    singles = ""  # words of one character, waiting for the word they lead to
    for word in words:
        if word in STOPWORDS:
            if singles:
                pieces.append(singles)
            singles = ""
        elif len(word) == 1:
            singles += word
        else:
            pieces.append(singles + word)
            singles = ""
    if len(singles) == 1 and pieces and folded.endswith(pieces[-1] + singles):
        pieces[-1] += singles
    elif singles:
        pieces.append(singles)
    return pieces


def segmenter(library: ModuleType | None) -> Segmenter:
    """The segmenter on rjieba, if that module is given, or else on jieba; with the genre's terms."""
    return _jieba() if library is None else _rjieba(library)


@cache
def _segmenter() -> Segmenter:
    return segmenter(_module("rjieba"))


def _module(name: str) -> ModuleType | None:
    """The module, or None where it is not installed or not built for this platform."""
    try:
        return import_module(name)
    except ImportError:
        return None


def _rjieba(module: ModuleType) -> Segmenter:
    library = module.Jieba()
    for term in genre.current.terms:
        library.add_word(term, _FREQUENCY, "n")
    return Segmenter(library.cut, library.has_word)


def _jieba() -> Segmenter:
    module = import_module("jieba")
    module.setLogLevel(logging.WARNING)
    library = module.Tokenizer()
    # It would cache its dictionary as marshal data in a folder all may write to.
    with tempfile.TemporaryDirectory(prefix="jieba-") as folder:
        library.tmp_dir = folder
        library.initialize()
    for term in genre.current.terms:
        library.add_word(term, _FREQUENCY, "n")
    return Segmenter(library.lcut, lambda word: bool(library.FREQ.get(word)))


def _cut_han(run: str) -> list[str]:
    cut_window = _segmenter().cut
    found: list[str] = []
    start = 0
    while len(run) - start > _WINDOW:
        window = cut_window(run[start : start + _WINDOW])
        again = 0
        while again + len(window[-1]) <= _MARGIN:
            again += len(window.pop())
        found += window
        start += _WINDOW - again
    return found + cut_window(run[start:])


def inner_words(word: str) -> tuple[str, ...]:
    """The shorter words, of two characters or more, that stand inside a word.

    Letters or digits in a row have none, and may be long: folded, an English article is one word.
    """
    return _inner_words(word) if _is_han(word) else ()


def _is_han(run: str) -> bool:
    return _FIRST <= run[0] <= _LAST


@partial(watched, "words")
@lru_cache(maxsize=1 << 16)
def _inner_words(word: str) -> tuple[str, ...]:
    has_word = _segmenter().has_word
    return tuple(
        inner
        for size in range(2, len(word))
        for inner in (word[i : i + size] for i in range(len(word) - size + 1))
        if has_word(inner)
    )
