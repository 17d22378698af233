"""What a query means, slowly and plainly: whether a document answers it.

The engine must give the same documents, whatever way it takes to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from search.highlight.occurrences import Reading, readings
from search.query import (
    And,
    Dates,
    Everything,
    InField,
    Node,
    Not,
    Or,
    Run,
)
from search.text.dates import PartialDate
from search.text.fold import fold
from search.text.segmenter import pieces_of

TEXT_FIELDS = ("title", "text")


def matches(
    document: Mapping[str, str | Sequence[str]], tree: Node, *, restore: bool = True
) -> bool:
    """Say whether the document answers the query, by reading it through.

    `document` maps title and text to strings, source, type, column and tag to a string or strings
    (values and labels), and date to an ISO date, perhaps partial; what is missing is empty.

    A run holds if it stands whole in title or text, or if all its pieces do somewhere in them. In
    the other fields, a term holds if one of the strings contains it.
    """
    return _Document(document, restore).holds(tree, TEXT_FIELDS)


class _Document:
    """A document's fields as readings of their strings, and its date."""

    def __init__(self, document: Mapping[str, str | Sequence[str]], restore: bool) -> None:
        self._date = PartialDate(str(document.get("date", "")))
        self._fields = {
            name: [
                reading
                for text in ([value] if isinstance(value, str) else value)
                for reading in readings(text, restore and name in TEXT_FIELDS)
            ]
            for name, value in document.items()
            if name != "date"
        }

    def holds(self, node: Node, fields: tuple[str, ...]) -> bool:
        """Say whether the node is true, its terms being looked for in these fields."""
        match node:
            case And(children):
                return all(self.holds(child, fields) for child in children)
            case Or(children):
                return any(self.holds(child, fields) for child in children)
            case Not(child):
                return not self.holds(child, fields)
            case InField(name, child):
                return self.holds(child, (name,))
            case Dates(first, last):
                return self._is_dated(first, last)
        return isinstance(node, Everything) or self._has(node, fields)

    def _has(self, node: Node, fields: tuple[str, ...]) -> bool:
        read = [reading for name in fields for reading in self._fields.get(name, ())]
        if any(reading.holds(node) for reading in read):
            return True
        return isinstance(node, Run) and fields[0] in TEXT_FIELDS and _scattered(node, read)

    def _is_dated(self, first: PartialDate, last: PartialDate) -> bool:
        date = self._date
        return bool(date) and first.earliest <= date.latest and date.earliest <= last.latest


def _scattered(run: Run, readings: list[Reading]) -> bool:
    return all(
        any(len(reading.string(piece)) for reading in readings)
        for piece in pieces_of(fold(run.text))
    )
