"""The pieces of a run that may stand scattered in a document that answers it.

A single character says next to nothing: of 对党忠诚, cut 对 | 党 | 忠诚, the pieces 对 and 党 stand
in every document. So a word of one character is read with its neighbour, and 的 and its like,
which only join, are not asked for. In a remembered sentence such characters are what is remembered
wrongly, and its words are enough.
"""

from __future__ import annotations

from collections.abc import Sequence

from search.text.segment import cut

_PARTICLES = frozenset("的了和与及并等")

# A run of so many pieces is a remembered sentence, of which most is enough.
LONG_RUN = 4


def pieces_of(folded: str) -> list[str]:
    """The pieces of a folded run, each once, in their order; the run itself if it has no pieces.

    对党忠诚 -> 对党忠诚 · 打基础利长远 -> 打基础, 利长远 · 人民的名义 -> 人民, 名义 ·
    为人民造福是最大政绩 -> 人民, 造福, 最大, 政绩
    """
    words = cut(folded)
    telling = list(dict.fromkeys(word for word in words if len(word) > 1))
    pieces = list(dict.fromkeys(_glued(words, folded)))
    if len(pieces) >= LONG_RUN <= len(telling):
        return telling
    return pieces or [folded]


def _glued(words: Sequence[str], folded: str) -> list[str]:
    pieces: list[str] = []
    singles = ""  # words of one character, waiting for the word they lead to
    for word in words:
        if word in _PARTICLES and len(singles) != 1:
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
