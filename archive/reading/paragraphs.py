"""The paragraphs of a text as HTML: hits marked and linked, masked spellings explained, headings.

Everything refers to `Speech.text` by (start, end) offsets. The text is escaped here, piece by
piece, and tags are put between the pieces, so nothing of the text can become markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from archive.reading.anchors import anchored
from archive.reading.outline import Heading
from search.highlight.highlighter import overlaps
from search.text.restore import Restoration
from search.text.spans import Span

_AFTER_HEADING = "。：: 　"


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: its anchor, its HTML and, if it is a heading, its level (else 0).

    The rest of one that begins on an earlier page has no anchor.
    """

    anchor: str
    html: SafeString
    level: int = 0

    @property
    def element(self) -> str:
        """The paragraph as an element of the page, which may have thousands."""
        if self.level:
            return f'<h2 id="{self.anchor}" class="level-{self.level}">{self.html}</h2>'
        name = f'id="{self.anchor}"' if self.anchor else 'class="rest"'
        return f"<p {name}>{self.html}</p>"


class Marks:
    """What is drawn into a text: hits, numbered from `first` of `total`, and masked spellings.

    Both are in ascending order and do not overlap among themselves; they may overlap each other.
    `address` says where the hit of a number is: on the same page, unless a long text is divided.
    """

    def __init__(
        self,
        hits: Sequence[Span] = (),
        restorations: Sequence[Restoration] = (),
        *,
        first: int = 1,
        total: int = 0,
        address: Callable[[int], str] = "#hit-{}".format,
    ) -> None:
        self.hits, self.first, self.total = hits, first, total
        self._address = address
        self.restorations = restorations
        self._masks = [(restoration.start, restoration.end) for restoration in restorations]
        # Looked up once: a page may show thousands of hits.
        self._previous, self._next = escape(_("上一处")), escape(_("下一处"))
        self._place = escape(_("第 %(number)d/%(total)d 处"))

    def render(self, text: str, start: int, end: int) -> SafeString:
        """Return text[start:end] as HTML; a hit gets its number where it begins."""
        parts: list[str] = []
        position = start
        for index, first, last in overlaps(self.hits, start, end):
            parts.append(self._annotated(text, position, first))
            number = self.first + index
            begins = first == self.hits[index][0]
            parts.append(f'<mark id="hit-{number}">' if begins else "<mark>")
            parts.append(self._annotated(text, first, last))
            parts.append(f"</mark>{self._neighbours(number)}" if begins else "</mark>")
            position = last
        parts.append(self._annotated(text, position, end))
        return SafeString("".join(parts))

    def _annotated(self, text: str, start: int, end: int) -> str:
        """Return text[start:end] with the reading of each masked spelling as a tool tip."""
        if not self._masks:
            return escape(text[start:end])
        parts: list[str] = []
        position = start
        for index, first, last in overlaps(self._masks, start, end):
            parts.append(escape(text[position:first]))
            parts.append(_abbreviation(text[first:last], self.restorations[index].meant))
            position = last
        parts.append(escape(text[position:end]))
        return "".join(parts)

    def _neighbours(self, number: int) -> str:
        """Return the way from a hit to its neighbours.

        The style sheet shows it while the hit is the address's target, and writes its words, so
        that the text of the page is the text of the speech and nothing else.
        """
        steps = ""
        if number > 1:
            way = escape(self._address(number - 1))
            steps += f'<a rel="prev" href="{way}" aria-label="{self._previous}"></a>'
        if number < self.total:
            way = escape(self._address(number + 1))
            steps += f'<a rel="next" href="{way}" aria-label="{self._next}"></a>'
        place = self._place % {"number": number, "total": self.total}
        return f'<span class="hit-links" data-place="{place}">{steps}</span>'


def paragraphs(
    text: str,
    marks: Marks,
    outline: Iterable[Heading] = (),
    part: Span | None = None,
    anchors: Iterable[tuple[int, int, str]] | None = None,
) -> Iterator[Paragraph]:
    """Yield the paragraphs of the text; a heading that runs into its paragraph is set in bold.

    With `part` only those that lie in it, cut where it is. `anchors` are those of the part, where they are
    known.
    """
    headings = {heading.start: heading for heading in outline}
    first, last = part or (0, len(text))
    for begin, finish, anchor in anchored(text, last) if anchors is None else anchors:
        start, end = max(begin, first), min(finish, last)
        if not text[start:end].strip():
            continue
        heading = headings.get(start)
        if heading is None or heading.end > end:
            yield Paragraph(anchor if start == begin else "", marks.render(text, start, end))
        elif text[heading.end : end].strip(_AFTER_HEADING):
            lead = marks.render(text, start, heading.end)
            rest = marks.render(text, heading.end, end)
            yield Paragraph(anchor, format_html("<b>{}</b>{}", lead, rest))
        else:
            yield Paragraph(anchor, marks.render(text, start, end), heading.level)


def _abbreviation(text: str, reading: str) -> str:
    hint = _("读作：%(reading)s") % {"reading": reading} if reading else _("原文插入，检索时略去")
    return f'<abbr class="masked" title="{escape(hint)}">{escape(text)}</abbr>'
