"""What a schema is made of: texts, keys and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from whoosh.fields import FieldType
from whoosh.formats import Existence, Frequency

from search.text.fold import Folded, fold, fold_map
from search.text.restore import fold_restored
from search.text.segment import cut, words
from search.text.sentences import boundaries
from search.whoosh.bigrams import Reading
from search.whoosh.columns import CodesColumn, IntColumn
from search.whoosh.exact import ExactColumn, ExactText, units_of

# Before a word that stands in the restored reading: its frequency there. Folding never yields it.
RESTORED = "\x02"


@dataclass(frozen=True)
class Analysed:
    """A text made ready for the index: its words, one after the other, and its characters.

    `restored` are the words whose frequency differs in the second reading, with that frequency.
    """

    words: list[str]
    restored: dict[str, int]
    exact: ExactText


def analyse(text: str) -> Analysed:
    """Fold and cut a text, in both readings if it has two."""
    folded = fold_map(text)
    found = cut(folded.text)
    second = fold_restored(text)
    if second is None:
        return Analysed(found, {}, ExactText(_reading(text, folded)))
    before, after = Counter(words(folded.text)), Counter(words(second.text))
    restored = {word: n for word, n in after.items() if before[word] != n}
    return Analysed(found, restored, ExactText(_reading(text, folded), _reading(text, second)))


def _reading(text: str, folded: Folded) -> Reading:
    return Reading(units_of(folded.text), *boundaries(text, folded))


class TextField(FieldType):
    """A text whose every substring is found and whose words rank."""

    def __init__(self, *, stored: bool = False) -> None:
        super().__init__(Frequency(), None, scorable=True, stored=stored)
        self.column_type = ExactColumn()

    def index(self, value: str, **kwargs: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield Whoosh's (term, frequency, weight, value) for each word."""
        for word, number in Counter(words(fold(value))).items():
            yield word.encode(), number, float(number), b""

    def process_text(self, qstring: str, mode: str = "", **kwargs: Any) -> list[str]:
        """Cut a query string as texts are cut."""
        return words(fold(qstring))


class KeyField(FieldType):
    """One or several exact strings: identities, facet values. Found as they stand, counted fast."""

    def __init__(self, *, unique: bool = False, stored: bool = False, facet: bool = True) -> None:
        super().__init__(Existence(), None, scorable=False, stored=stored, unique=unique)
        self.column_type = CodesColumn() if facet else None

    def values(self, value: str | Sequence[str]) -> tuple[str, ...]:
        """Return the strings that a document's value stands for."""
        return (value,) if isinstance(value, str) else tuple(dict.fromkeys(value))

    def index(self, value: Any, **kwargs: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield Whoosh's (term, frequency, weight, value) for each string."""
        for each in self.values(value):
            yield each.encode(), 1, 1.0, b""

    def to_column_value(self, value: Any) -> tuple[str, ...]:
        """Return what the column keeps."""
        return self.values(value)

    def process_text(self, qstring: str, mode: str = "", **kwargs: Any) -> list[str]:
        """A key is not cut."""
        return [qstring]


class IntField(FieldType):
    """A signed integer to sort by and to filter ranges of; not searched by terms."""

    indexed = False

    def __init__(self, *, stored: bool = False) -> None:
        super().__init__(None, None, stored=stored)
        self.column_type = IntColumn()

    def to_column_value(self, value: int) -> int:
        """Return what the column keeps."""
        return int(value)
