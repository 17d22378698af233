"""The hostile kinds of text, made rather than kept: megabytes need no place in a repository.

Each is as long as the ordinary text that it is compared with. HOSTILE_SIZE sets how long: with
1900000 the tests take minutes and show what a visitor would feel. A table beside `tests.linear.texts`
because each of these few says what its page may take beside an ordinary text's, where the many kinds
there are read step by step and compared with themselves at another length.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.effort import tries
from tests.linear.texts import repeated

SIZE = tries("HOSTILE_SIZE", 8_000, 10_000)
_SENTENCE = "对党忠诚，要把政绩观摆正，在调查研究中为人民服务。"
_NUMERALS = "一二三四五六七八九"


@dataclass(frozen=True)
class Kind:
    """One kind: its text of a size, and how many times an ordinary text's time and memory it may take.

    `held` says that a material may not be so at length: its file is kept to be divided.
    """

    name: str
    text: Callable[[int], str]
    time: float = 60
    memory: float = 20
    held: bool = False

    def __str__(self) -> str:
        return self.name


ORDINARY = Kind("ordinary", repeated(_SENTENCE * 8 + "\n"))
KINDS = [
    Kind("one character", repeated("的")),
    Kind("hits everywhere", repeated("的，")),
    Kind("a sentence a word", repeated("的确。")),
    Kind("a paragraph a word", repeated("的确\n"), held=True),
    Kind("one paragraph", repeated(_SENTENCE)),
    Kind("masked spellings", repeated("D员"), time=150, memory=40),
    Kind("inserted readings", repeated("的(de)"), time=150, memory=40),
    Kind("headings", repeated("".join(f"（{n}）的确好\n" for n in _NUMERALS))),
    Kind("blanks", repeated("的" + " \u3000" * 500)),
    Kind("brackets", repeated("（【《的")),
    Kind("numerals", repeated("1234567890一二三的")),
    Kind("markers", repeated("的##paidbegin##")),
    Kind("traditional", repeated("為人民服務的")),
    Kind("beyond the BMP", repeated("𠮷的")),
    Kind("quotation marks", repeated("“的")),
]
QUERIES = ["的", "的 NEAR/3 确", "同句(的 确 -人民)", "的*确"]
"""What is looked for in each: a hit at every place, neighbours, sentences, wildcards."""
