"""What of a title and a text to mark and to show for a query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from search.highlight.html import mark
from search.highlight.occurrences import NOWHERE, Reading, Spans, readings, united
from search.highlight.snippets import snippets
from search.query import And, Exact, Near, Node, Or, Pattern, Run, Same, Scope, leaves
from search.text.fold import fold
from search.text.restore import Restoration
from search.text.segment import pieces_of


class Highlighter:
    """Where a query is answered in a title and in a text. Both are folded once, on being given.

    `title_hits` and `text_hits` are spans, ascending and apart. A run that stands whole in neither is
    marked by its pieces; what a Not excludes is no hit. `restore` reads masked spellings back as well,
    `fields` are what queries call the two, `masks` the restorations of the text where they are known.

    Raises TooBroad for a query of many terms each of which stands everywhere in a very long text.
    """

    def __init__(
        self,
        title: str,
        text: str,
        query: Node,
        *,
        restore: bool = True,
        fields: tuple[str, str] = ("title", "text"),
        masks: Sequence[Restoration] | None = None,
    ) -> None:
        self._title, self._text = title, text
        self.title_hits = self.text_hits = NOWHERE
        if next(
            leaves(query), None
        ):  # else nothing is folded: a page lists ten texts, each perhaps long
            of_title, of_text = readings(title, restore), readings(text, restore, masks)
            self.title_hits = united(_hits(query, fields[0], of_title, of_text))
            self.text_hits = united(_hits(query, fields[1], of_text, of_title))

    @property
    def count(self) -> int:
        """How many places are marked in both."""
        return len(self.title_hits) + len(self.text_hits)

    def marked_title(self) -> str:
        """Return the title as HTML with <mark>."""
        return mark(self._title, self.title_hits.tolist())

    def marked_text(self) -> str:
        """Return the whole text as HTML with <mark>."""
        return mark(self._text, self.text_hits.tolist())

    def snippets(self, limit: int = 2) -> list[str]:
        """Return the passages of the text that show best why it was found, as HTML with <mark>."""
        return snippets(self._text, self.text_hits, limit)


def _hits(
    node: Node, field: str, own: Sequence[Reading], other: Sequence[Reading], *, asked: bool = True
) -> Iterator[Spans]:
    """Yield the hits of a node in the readings of a field; `asked` says if terms are looked for in it."""
    match node:
        case And(children) | Or(children):
            for child in children:
                yield from _hits(child, field, own, other, asked=asked)
        case Scope(name, child):
            yield from _hits(child, field, own, (), asked=name == field)
        case Run(text) if asked:
            yield from _run_hits(fold(text), own, other)
        case Exact() | Pattern() | Near() | Same() if asked:
            for reading in own:
                yield from reading.hits(node)


def _run_hits(folded: str, own: Sequence[Reading], other: Sequence[Reading]) -> Iterator[Spans]:
    """Yield where a run stands whole, or if it does so nowhere, where its pieces stand."""
    whole = [reading.spans(reading.string(folded)) for reading in own]
    if any(map(len, whole)) or any(len(reading.string(folded)) for reading in other):
        yield from whole
        return
    for piece in pieces_of(folded):
        for reading in own:
            yield reading.spans(reading.string(piece))
