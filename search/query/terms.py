"""What a word typed without quotation marks is looked for as."""

from __future__ import annotations

import re
from functools import lru_cache

from search.query.fields import Fields
from search.query.lexer import field_end
from search.query.nodes import Everything, Node, Pattern, Run
from search.query.words import MAX_WILDCARDS, PLUS
from search.text.fold import fold

_STARS = re.compile(r"\*{2,}")


_WIDE = str.maketrans("？＊", "?*")
_KEPT = "#$?"  # wildcards, and the signs that begin and end a site marker


def leaf(word: str, fields: Fields) -> tuple[Node, bool]:
    """The Run or Pattern a word stands for, Everything for nothing; and were wildcards cut off?

    Punctuation at both ends goes, and so do a * at an end, which changes nothing, and a ？ typed
    full width at the end, which is a question mark and no wildcard.
    """
    text = _STARS.sub("*", _trimmed(word))
    wildcards = [i for i, character in enumerate(text) if character in "?*"]
    cut = len(wildcards) > MAX_WILDCARDS
    if cut:
        text = _trimmed(text[: wildcards[MAX_WILDCARDS]])
    while end := field_end(text, fields):
        text = text[:end] + text[end + 1 :]
    if not fold(text):
        return Everything(), cut
    return (Pattern(text) if "?" in text or "*" in text else Run(text)), cut


def _trimmed(word: str) -> str:
    end = len(word)
    while end and _is_loose(word[end - 1]):
        end -= 1
    word = word[:end].translate(_WIDE)
    start = 0
    while start < end and (_is_loose(word[start]) or word[start] in PLUS):
        start += 1
    return word[start:]


@lru_cache(4096)
def _is_loose(character: str) -> bool:
    return character not in _KEPT and not fold(character)
