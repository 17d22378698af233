"""What a query means: whether a document answers it, and where in a text it does.

The engine must give the same documents, whatever way it takes to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from search.highlight.occurrences import Places, Reading, united
from search.query import (
    And,
    Dates,
    Everything,
    Exact,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Run,
    Same,
    Scope,
    leaves,
)
from search.text.dates import PartialDate
from search.text.fold import fold, fold_map
from search.text.restore import Restoration, fold_restored
from search.text.spans import Span
from search.text.units import units

TEXT_FIELDS = ("title", "text")


def hits(
    text: str, tree: Node, *, restore: bool = True, field: str = "text", beside: str = ""
) -> list[Span]:
    """Where in the text the query is answered: ascending, each apart from the next.

    Offsets are into the text as given. `field` says which field the text is; terms that are looked
    for in other fields only are left out. `restore` reads masked spellings back as well. A run
    that stands nowhere whole is shown by its pieces. What a Not excludes is no hit. `beside` is
    what else is searched of the document (the title of a text): a run that stands whole there is
    not shown by its pieces here.
    """
    found = hit_array(text, tree, restore=restore, field=field, beside=beside)
    return [(start, end) for start, end in found.tolist()]


def hit_array(
    text: str, tree: Node, *, restore: bool = True, field: str = "text", beside: str = ""
) -> Places:
    """What `hits` gives as rows of an array: a text may have a million.

    Raises TooBroad for a query of many terms each of which stands everywhere in a very long text.
    """
    readings, others = _readings(text, restore), _readings(beside, restore) if beside else []
    return united(_hits(tree, readings, others, field in TEXT_FIELDS, field))


def hit_arrays(
    title: str,
    text: str,
    tree: Node,
    *,
    restore: bool = True,
    fields: tuple[str, str] = TEXT_FIELDS,
    masks: Sequence[Restoration] | None = None,
) -> tuple[Places, Places]:
    """What `hits` gives of a title and of a text, each beside the other, which are folded once.

    `fields` are what queries call the two, `masks` the restorations of the text, where they have
    been found already. Raises TooBroad as `hit_array` does.
    """
    if next(leaves(tree), None) is None:
        return united([]), united([])
    of_title, of_text = _readings(title, restore), _readings(text, restore, masks)
    return (
        united(_hits(tree, of_title, of_text, True, fields[0])),
        united(_hits(tree, of_text, of_title, True, fields[1])),
    )


def matches(
    document: Mapping[str, str | Sequence[str]], tree: Node, *, restore: bool = True
) -> bool:
    """Does the document answer the query? Found out by reading it through.

    `document` maps title and text to strings, source, type, column and tag to a string or strings
    (values and labels), and date to an ISO date, perhaps partial; what is missing is empty.

    A run holds if it stands whole in title or text, or if all its pieces do somewhere in them. In
    the other fields, a term holds if one of the strings contains it.
    """
    return _Document(document, restore).holds(tree, TEXT_FIELDS)


def holds(text: str, tree: Node, *, restore: bool = True) -> bool:
    """Is the query true of one text, looked for in it alone and each run read as one piece?"""
    return any(reading.holds(tree) for reading in _readings(text, restore))


def _readings(
    text: str, restore: bool, masks: Sequence[Restoration] | None = None
) -> list[Reading]:
    folded = [fold_map(text)]
    if restore and (second := fold_restored(text, masks)):
        folded.append(second)
    return [Reading(text, reading) for reading in folded]


def _hits(
    node: Node, readings: list[Reading], others: list[Reading], searched: bool, field: str
) -> Iterator[Places]:
    """The hits of a node; `searched` says if terms without a field of their own are looked for."""
    match node:
        case And(children) | Or(children):
            for child in children:
                yield from _hits(child, readings, others, searched, field)
        case Scope(name, child):
            yield from _hits(child, readings, [], name == field, field)
        case Run(text) if searched:
            yield from _run_hits(fold(text), readings, others)
        case Exact() | Pattern() | Near() | Same() if searched:
            for reading in readings:
                yield from reading.hits(node)


def _run_hits(folded: str, readings: list[Reading], others: list[Reading]) -> Iterator[Places]:
    whole = [reading.spans(reading.string(folded)) for reading in readings]
    if any(map(len, whole)) or any(len(reading.string(folded)) for reading in others):
        yield from whole
        return
    for piece in units(folded):
        for reading in readings:
            yield reading.spans(reading.string(piece))


class _Document:
    """A document's fields as readings of their strings, and its date."""

    def __init__(self, document: Mapping[str, str | Sequence[str]], restore: bool) -> None:
        self._date = PartialDate(str(document.get("date", "")))
        self._fields = {
            name: [
                reading
                for text in ([value] if isinstance(value, str) else value)
                for reading in _readings(text, restore and name in TEXT_FIELDS)
            ]
            for name, value in document.items()
            if name != "date"
        }

    def holds(self, node: Node, fields: tuple[str, ...]) -> bool:
        """Is the node true, its terms being looked for in these fields?"""
        match node:
            case And(children):
                return all(self.holds(child, fields) for child in children)
            case Or(children):
                return any(self.holds(child, fields) for child in children)
            case Not(child):
                return not self.holds(child, fields)
            case Scope(name, child):
                return self.holds(child, (name,))
            case Dates(first, last):
                return self._is_dated(first, last)
        return isinstance(node, Everything) or self._has(node, fields)

    def _has(self, node: Node, fields: tuple[str, ...]) -> bool:
        readings = [reading for name in fields for reading in self._fields.get(name, ())]
        if any(reading.holds(node) for reading in readings):
            return True
        return isinstance(node, Run) and fields[0] in TEXT_FIELDS and _scattered(node, readings)

    def _is_dated(self, first: PartialDate, last: PartialDate) -> bool:
        date = self._date
        return bool(date) and first.earliest <= date.latest and date.earliest <= last.latest


def _scattered(run: Run, readings: list[Reading]) -> bool:
    return all(
        any(len(reading.string(piece)) for reading in readings) for piece in units(fold(run.text))
    )
