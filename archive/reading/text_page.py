"""One page of a text, opened at a place: the part of it that is shown, marked and linked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from urllib.parse import urlencode

import numpy as np
from django.utils.safestring import SafeString, mark_safe

from archive.models import Speech
from archive.reading.anchors import anchored
from archive.reading.division import Division
from archive.reading.outline import Heading, outline
from archive.reading.paragraphs import Marks, Paragraph, paragraphs
from search import SearchRequest
from search.errors import TooBroad
from search.highlight import Highlighter, Spans
from search.messages import last_page, too_broad
from search.query import Everything, parse
from search.site import schema
from search.text.restore import Restoration, restorations
from search.text.spans import Span
from search.web import links
from search.web.views import numbered_links

OUTLINE = 500
"""So many headings are listed; of a longer outline those of the page."""
_HIT = re.compile(r"hit-([1-9][0-9]{0,8})")


class TextPage:
    """One page of a speech's text, as it is shown.

    `asked.page` is the page that is wanted, or `at` what it should hold: hit-7 or the anchor of a
    paragraph. With neither it is that of the first hit.
    """

    def __init__(self, speech: Speech, asked: SearchRequest, *, at: str, paged: bool) -> None:
        self._text, self._path, self._asked = speech.text, speech.get_absolute_url(), asked
        tree = parse(asked.q, schema().fields).tree if asked.q else Everything()
        title, text, restore = speech.title, speech.text, asked.restore
        self.notes: list[str] = []
        self._masks = restorations(text)
        try:
            found = Highlighter(title, text, tree, restore=restore, masks=self._masks)
        except TooBroad:
            self.notes.append(too_broad())
            found = Highlighter(title, text, Everything())
        self._in_title, self._in_text, self.hits = found.title_hits, found.text_hits, found.count
        self.masked = sum(1 for mask in self._masks if mask.meant)
        self._mask_starts = np.array([mask.start for mask in self._masks], np.int64)
        self._division = Division(text, self._in_text[:, 0], self._mask_starts)
        self.pages = len(self._division)
        self.page = min(asked.page, self.pages) if paged else self._page_of(at)
        if paged and self.page != asked.page:
            self.notes.append(last_page(self.page))
        self._start, self._end = self._division.span(self.page)
        self.title = self._marks(self._in_title, first=1).render(title, 0, len(title))

    @property
    def paragraphs(self) -> Iterator[Paragraph]:
        """The text of this page."""
        starts, ends = self._in_text[:, 0], self._in_text[:, 1]
        first = int(np.searchsorted(ends, self._start, "right"))
        hits = self._in_text[first : int(np.searchsorted(starts, self._end))]
        # A mask that a cut goes through is read on both pages.
        low, high = np.searchsorted(self._mask_starts, (self._start, self._end)).tolist()
        marks = self._marks(
            hits, self._masks[max(0, low - 1) : high], first=len(self._in_title) + first + 1
        )
        here = ((begin, end, name) for begin, end, name in self._anchors if begin < self._end)
        return paragraphs(self._text, marks, self._headings, (self._start, self._end), here)

    @property
    def body(self) -> SafeString:
        """The paragraphs of this page as HTML."""
        elements = "\n".join(paragraph.element for paragraph in self.paragraphs)
        return mark_safe(elements)  # noqa: S308 (escaped piece by piece)

    @property
    def outline(self) -> list[tuple[Heading, str]]:
        """The headings that are listed, each with its address."""
        anchors = {start: anchor for start, _, anchor in self._anchors}
        return [
            (heading, self._address_at(heading.start, anchors[heading.start]))
            for heading in self._listed
        ]

    @property
    def outline_left(self) -> int:
        """How many headings are not listed."""
        return len(self._headings) - len(self._listed)

    @property
    def next_hit(self) -> str:
        """Where the first hit of this page is, or else the next one behind it, or the very first."""
        if len(self._in_title):
            return "#hit-1"
        following = int(np.searchsorted(self._in_text[:, 0], self._start))
        return self.address_of_hit(following % len(self._in_text) + 1)

    @property
    def page_links(self) -> list[links.Link | None]:
        """The ways to the other pages; none for a text of one."""
        return numbered_links(self.address, self.page, self.pages)

    @property
    def canonical(self) -> str:
        """The address of this page without what was looked for."""
        whole = self._asked.q or self.page == 1
        return self._path if whole else f"{self._path}?page={self.page}"

    def address(self, page: int, fragment: str = "") -> str:
        """Return the address of a page of this text, on which the same words are marked."""
        asked = [(name, v) for name, v in links.parameters(self._asked) if name in ("q", "restore")]
        target = f"#{fragment}" if fragment else ""
        return f"{self._path}?{urlencode([*asked, ('page', str(page))])}{target}"

    def address_of_hit(self, number: int) -> str:
        """Return where the hit of a number is."""
        index = number - len(self._in_title) - 1
        return (
            f"#hit-{number}"
            if index < 0
            else self._address_at(self._starts[index], f"hit-{number}")
        )

    @cached_property
    def _starts(self) -> list[int]:
        """Where each hit begins in the text."""
        starts: list[int] = self._in_text[:, 0].tolist()
        return starts

    @cached_property
    def _anchors(self) -> list[tuple[int, int, str]]:
        """The paragraphs up to the last that is shown or listed, each with its anchor."""
        listed = max((heading.start + 1 for heading in self._listed), default=0)
        return list(anchored(self._text, max(self._end, listed)))

    @cached_property
    def _headings(self) -> tuple[Heading, ...]:
        return outline(self._text)

    @cached_property
    def _listed(self) -> tuple[Heading, ...]:
        if len(self._headings) <= OUTLINE:
            return self._headings
        here = [each for each in self._headings if self._start <= each.start < self._end]
        return tuple(here[:OUTLINE])

    def _marks(self, spans: Spans, masks: Sequence[Restoration] = (), *, first: int) -> Marks:
        hits: list[Span] = [(start, end) for start, end in spans.tolist()]
        return Marks(hits, masks, first=first, total=self.hits, address=self.address_of_hit)

    def _address_at(self, offset: int, fragment: str) -> str:
        page = self._division.part_of(offset)
        return f"#{fragment}" if page == self.page else self.address(page, fragment)

    def _page_of(self, at: str) -> int:
        """Return the page that holds a place; that of the first hit where there is no such place."""
        if hit := _HIT.fullmatch(at):
            index = int(hit[1]) - len(self._in_title) - 1
            if 0 <= index < len(self._in_text):
                return self._division.part_of(int(self._in_text[index, 0]))
        elif at and self.pages > 1:
            for start, _, anchor in anchored(self._text):
                if anchor == at:
                    return self._division.part_of(start)
        if len(self._in_title) or not len(self._in_text):
            return 1
        return self._division.part_of(int(self._in_text[0, 0]))
