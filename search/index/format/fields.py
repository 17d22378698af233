"""What a schema is made of: texts, keys and numbers."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from whoosh.fields import FieldType

from search.index.format.bigrams import EncodedText
from search.index.format.columns import MISSING, CodesColumn, IntColumn
from search.index.format.exact import ExactColumn, ExactText, code_units
from search.text.fold import Folded, fold_map
from search.text.restore import fold_restored
from search.text.segmenter import cut, words
from search.text.sentences import boundaries

# The fields of every document: what it is called, the model and the key of its object. Haystack's names.
IDENTITY, MODEL, KEY = "id", "django_ct", "django_id"
# Before a word that stands in the restored reading: its frequency there. Folding never yields it.
RESTORED = "\x02"
# More digits than any database keeps: nothing is rounded.
_EXACT = Context(prec=2000)


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
        return Analysed(found, {}, ExactText(_encoded(text, folded)))
    before, after = Counter(words(folded.text)), Counter(words(second.text))
    restored = {word: n for word, n in after.items() if before[word] != n}
    return Analysed(found, restored, ExactText(_encoded(text, folded), _encoded(text, second)))


def _encoded(text: str, folded: Folded) -> EncodedText:
    return EncodedText(code_units(folded.text), *boundaries(text, folded))


class TextField(FieldType):
    """A text whose every substring is found and whose words rank."""

    def __init__(self, *, stored: bool = False) -> None:
        super().__init__(None, None, scorable=True, stored=stored)
        self.column_type = ExactColumn()


class KeyField(FieldType):
    """One or several exact strings: identities, facet values. Found as they stand, counted fast."""

    def __init__(self, *, unique: bool = False, stored: bool = False, facet: bool = True) -> None:
        super().__init__(None, None, stored=stored, unique=unique)
        self.column_type = CodesColumn() if facet else None

    def order(self, value: str) -> Any:
        """Return what decides which of two strings comes first."""
        return value

    def values(self, value: str | Sequence[str]) -> tuple[str, ...]:
        """Return the strings that a document's value stands for."""
        return (value,) if isinstance(value, str) else tuple(dict.fromkeys(value))

    def to_column_value(self, value: Any) -> tuple[str, ...]:
        """Return what the column keeps."""
        return self.values(value)


def number_of(written: str) -> Decimal:
    """Return the number that a string is. Raises ValueError for what is none, or compares with none."""
    try:
        number = Decimal(written.strip())
    except InvalidOperation:
        raise ValueError(f"{written!r} is no number") from None
    if number.is_nan():
        raise ValueError(f"{written!r} is no number")
    return number


class DecimalField(KeyField):
    """A decimal number, exact: 1.10 and 1.1 are the same key; compared as numbers."""

    def values(self, value: str | Sequence[str]) -> tuple[str, ...]:
        """Return the one way of writing each number."""
        numbers = (Decimal(each) for each in super().values(value))
        return tuple(f"{number.normalize(_EXACT) if number else 0:f}" for number in numbers)

    def order(self, value: str) -> Decimal:
        """Return the number. Raises ValueError for what is none."""
        return number_of(value)


class WholeField(FieldType):
    """A text as one string, beside its `TextField`: to sort by and to compare, not searched by terms."""

    def __init__(self) -> None:
        super().__init__(None, None)
        self.column_type = CodesColumn()

    def order(self, value: str) -> str:
        """Return what decides which of two texts comes first."""
        return value

    def to_column_value(self, value: str) -> tuple[str, ...]:
        """Return what the column keeps."""
        return (value,)


class IntField(FieldType):
    """A signed integer to sort by and to filter ranges of; not searched by terms."""

    def __init__(self, *, stored: bool = False) -> None:
        super().__init__(None, None, stored=stored)
        self.column_type = IntColumn()

    def to_column_value(self, value: Any) -> int:
        """Return what the column keeps. Raises OverflowError for what has no room in 64 bits."""
        number = int(value)
        if not MISSING < number < -MISSING:
            raise OverflowError(f"{number} is not within 64 bits")
        return number


class FloatField(IntField):
    """A floating-point number, kept as an integer that sorts alike."""

    def to_column_value(self, value: Any) -> int:
        """Return what the column keeps: IEEE 754 bits, those of negative numbers turned round."""
        (bits,) = struct.unpack("<q", struct.pack("<d", float(value) + 0.0))
        return int(bits) if bits >= 0 else int(bits) ^ (-MISSING - 1)

    @staticmethod
    def number(kept: int) -> float:
        """Return the number that an integer of the column stands for."""
        bits = kept if kept >= 0 else kept ^ (-MISSING - 1)
        number: float = struct.unpack("<d", struct.pack("<q", bits))[0]
        return number
