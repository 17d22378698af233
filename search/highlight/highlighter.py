"""What of a title and a text to mark and to show for a query: hits as HTML, and passages around them.

Text is escaped first, so that nothing in it can be markup.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from html import escape
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from cachetools import LRUCache

from search.caches import watched
from search.highlight.occurrences import NOWHERE, Reading, Spans, readings, united
from search.query import And, Exact, InField, Near, Node, Or, Pattern, Run, Same, leaves
from search.text.fold import fold
from search.text.punctuation import SENTENCE_ENDS
from search.text.restore import Restoration
from search.text.segmenter import pieces_of
from search.text.spans import Span

ELLIPSIS = "…"
_PAUSES = "，、：,:" + SENTENCE_ENDS
_CLOSING = "”’」』）)》】"
_SENTENCE = re.compile(rf"[{SENTENCE_ENDS}]+[{_CLOSING}\s]*")
_MOST_HITS = 1_000  # that are looked through for the best passage
_MOST_MARKS = 16  # combining marks kept on one character; no script has more


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
        # Else nothing is folded: a page lists ten texts, each perhaps long.
        if next(leaves(query), None):
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


class Shown(NamedTuple):
    """What a result shows of its title and its text."""

    hits: int
    title: str
    snippets: tuple[str, ...]


# What so many results show is kept: of the same query with other filters, in another order, asked again.
_kept: LRUCache[tuple[str, int, int, Node, bool], Shown] = watched("results", LRUCache(5_000))
_lock = threading.Lock()


def shown_of(title: str, text: str, query: Node, restore: bool, fields: tuple[str, str]) -> Shown:
    """Return what is marked and cut of a text; once, while other pages show it for the same query.

    Of the text its hash is kept: what has changed is marked anew. Raises TooBroad as `Highlighter` does.
    """
    key = (title, hash(text), len(text), query, restore)
    with _lock:
        kept = _kept.get(key)
    if kept is None:
        found = Highlighter(title, text, query, restore=restore, fields=fields)
        kept = Shown(found.count, found.marked_title(), tuple(found.snippets()))
        with _lock:
            _kept[key] = kept
    return kept


def _hits(
    node: Node, field: str, own: Sequence[Reading], other: Sequence[Reading], *, asked: bool = True
) -> Iterator[Spans]:
    """Yield the hits of a node in the readings of a field; `asked` says if terms are looked for in it."""
    match node:
        case And(children) | Or(children):
            for child in children:
                yield from _hits(child, field, own, other, asked=asked)
        case InField(name, child):
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


def mark(text: str, spans: Sequence[Span], start: int = 0, end: int | None = None) -> str:
    """The text from `start` to `end` as HTML, what lies in a span within <mark>.

    `spans` are those of the whole text, ascending and apart, so that a page can be made piece by piece.
    """
    end = len(text) if end is None else min(end, len(text))
    pieces: list[str] = []
    at = start
    for _, first, last in overlaps(spans, start, end):
        pieces += (escape(text[at:first]), "<mark>", escape(text[first:last]), "</mark>")
        at = last
    pieces.append(escape(text[at:end]))
    return "".join(pieces)


def overlaps(spans: Sequence[Span], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the index of each span that reaches into [start, end), and where that part begins and ends.

    `spans` are ascending and apart.
    """
    for index in range(bisect_right(spans, start, key=itemgetter(1)), len(spans)):
        first, last = spans[index]
        if first >= end:
            return
        yield index, max(first, start), min(last, end)


def snippets(
    text: str, spans: Sequence[Span] | Spans, limit: int = 2, width: tuple[int, int] = (60, 90)
) -> list[str]:
    """At most `limit` passages of the text as HTML with <mark>, in the order of the text.

    `spans` are ascending and apart. A passage is the sentence with the most
    hits, different ones before repeated ones, and its neighbours up to width[0] characters; above
    width[1] characters it is cut, at a pause if there is one, and … stands at the cut. A hit stays
    whole unless it is longer than that itself. Passages do not overlap. Without hits there is one:
    the opening of the text.
    """
    # Some more than are looked through: what is shown around the last of these is marked, too.
    near = np.asarray(spans[: _MOST_HITS + 2 * width[1]], np.int32).reshape(-1, 2).tolist()
    cutter = _Cutter(text, [(start, end) for start, end in near], width)
    if not near:
        cutter.add_opening()
    for _ in range(limit):
        cutter.add_best()
    return cutter.html()


class _Passage(NamedTuple):
    """Hits for one snippet, the best the greatest."""

    fresh: int  # wordings not shown yet
    wordings: int
    hits: int
    first: int  # the index of the first hit, negative: the earlier the better


class _Passages:
    """For each of the first hits of a text the passage that begins with it, and the hits that fit in."""

    def __init__(
        self, text: str, spans: Sequence[Span], begins: Sequence[int], longest: int
    ) -> None:
        self._spans = spans
        self._limits = [begin + longest for begin in begins]
        numbers: dict[str, int] = {}
        self._wordings = [numbers.setdefault(text[a:b], len(numbers)) for a, b in spans]
        self._fresh = [True] * len(numbers)

    def best(self, zone: Span) -> _Passage | None:
        """Return the best passage whose hits lie all in a zone of the text, None if it has no hit."""
        spans, limits, ids, is_fresh = self._spans, self._limits, self._wordings, self._fresh
        last = bisect_left(spans, (zone[0], zone[0]))
        end = bisect_right(spans, zone[1], key=itemgetter(1))
        counts = [0] * len(is_fresh)
        wordings = fresh = 0
        best, place = (0, 0, 0), -1
        for first in range(last, min(end, _MOST_HITS)):
            while last < end and (last == first or spans[last][1] <= limits[first]):
                wording = ids[last]
                if not counts[wording]:
                    wordings += 1
                    fresh += is_fresh[wording]
                counts[wording] += 1
                last += 1
            if (fresh, wordings, last - first) > best:
                best, place = (fresh, wordings, last - first), first
            wording = ids[first]
            counts[wording] -= 1
            if not counts[wording]:
                wordings -= 1
                fresh -= is_fresh[wording]
        return _Passage(*best, -place) if place >= 0 else None

    def show(self, passage: _Passage) -> None:
        """Note that the wordings of a passage are shown."""
        for wording in self._wordings[-passage.first :][: passage.hits]:
            self._fresh[wording] = False


class _Cutter:
    """The passages of one text: those chosen so far, and the zones left between them."""

    def __init__(self, text: str, spans: Sequence[Span], width: tuple[int, int]) -> None:
        self._text = text
        self._spans = spans
        self._shortest, self._longest = width
        self._opening = len(text) - len(text.lstrip())
        begins = [self._begin(start) for start, _ in spans[:_MOST_HITS]]
        self._passages = _Passages(text, spans, begins, self._longest)
        self._zones = [(0, len(text))]
        self._chosen: list[Span] = []

    def _begin(self, first: int) -> int:
        """Return where a passage begins at the earliest whose first hit begins here."""
        return self._sentence_start(first, self._longest // 2)

    def add_opening(self) -> None:
        """Choose the first sentences, if there are any."""
        if self._opening < len(self._text):
            self._chosen.append(self._cut(self._opening, self._opening, 0, len(self._text)))

    def add_best(self) -> None:
        """Choose one more passage, if any hit is left outside of those chosen."""
        found = [(best, zone) for zone in self._zones if (best := self._passages.best(zone))]
        if not found:
            return
        passage, (low, high) = max(found)
        chosen = self._spans[-passage.first :][: passage.hits]
        start, end = self._cut(chosen[0][0], chosen[-1][1], low, high)
        self._zones.remove((low, high))
        self._zones += [(low, start), (end, high)]
        self._chosen.append((start, end))
        self._passages.show(passage)

    def html(self) -> list[str]:
        """The chosen passages as they are shown."""
        return [
            ("" if self._is_edge(start) else ELLIPSIS)
            + mark(self._text, self._spans, start=start, end=end)
            + ("" if self._is_edge(end) else ELLIPSIS)
            for start, end in sorted(self._chosen)
        ]

    def _cut(self, first: int, last: int, low: int, high: int) -> Span:
        """The passage around [first, last), within [low, high)."""
        last = min(last, first + self._longest)
        start = max(low, self._sentence_start(first))
        end = min(high, self._sentence_end(max(last, first + 1)))
        if end - start > self._longest:
            start, end = self._shortened(start, first, last, end)
        else:
            start, end = self._lengthened(start, end, low, high)
        return self._start_at(start, first), self._end_at(end, last)

    def _shortened(self, start: int, first: int, last: int, end: int) -> Span:
        """Cut a passage that is too long, evenly around [first, last), at pauses if there are."""
        room = self._longest - (last - first)
        allowed = max(room // 2, room - (end - last))
        if first - start > allowed:
            start = min(self._pauses(first - allowed, first), default=first - allowed)
        limit = start + self._longest
        if end > limit:
            end = max(self._pauses(max(last, start + self._shortest), limit), default=limit)
        return start, end

    def _lengthened(self, start: int, end: int, low: int, high: int) -> Span:
        """Add the sentences behind, then those ahead, or parts of them, to one that is short."""
        while end - start < self._shortest and end < high:
            added = min(high, self._sentence_end(end + 1))
            if added - start > self._longest:
                pauses = self._pauses(start + self._shortest, start + self._longest)
                end = max(pauses, default=end)
                break
            end = added
        while end - start < self._shortest and start > low:
            added = max(low, self._sentence_start(start - 1))
            if end - added > self._longest:
                pauses = self._pauses(end - self._longest, end - self._shortest)
                start = min(pauses, default=start)
                break
            start = added
        return start, end

    def _start_at(self, start: int, first: int) -> int:
        """The start moved towards the first hit, out of another hit, blanks and combining marks."""
        if hit := self._hit_across(start):
            start = min(hit[1], first)
        while start < first and (self._text[start].isspace() or _is_mark(self._text[start])):
            start += 1
        return start

    def _end_at(self, end: int, last: int) -> int:
        """The end moved towards the last hit, out of another hit and blanks, or past its marks."""
        if hit := self._hit_across(end):
            end = max(hit[0], last)
        while end > last and self._text[end - 1].isspace():
            end -= 1
        furthest = min(end + _MOST_MARKS, len(self._text))
        while end < furthest and _is_mark(self._text[end]):
            end += 1
        return end

    def _hit_across(self, at: int) -> Span | None:
        """The hit that a cut at this place would go through."""
        i = bisect_left(self._spans, (at, at)) - 1
        return self._spans[i] if i >= 0 and self._spans[i][1] > at else None

    def _pauses(self, low: int, high: int) -> list[int]:
        """The places in [low, high] that follow a mark where the voice rests."""
        return [at for at in range(max(low, 1), high + 1) if self._text[at - 1] in _PAUSES]

    def _is_edge(self, at: int) -> bool:
        """Say whether a sentence begins or ends here, blanks aside."""
        before = self._text[self._sentence_start(at) : at]
        behind = self._text[at : self._sentence_end(at)]
        return not before.strip() or not behind.strip()

    def _sentence_start(self, at: int, reach: int = 0) -> int:
        """Where the sentence of a place begins, or so far ahead of it that nothing is cut there."""
        low = start = max(0, at - (reach or 2 * self._longest))
        for end in _SENTENCE.finditer(self._text, low, at + _MOST_MARKS):
            if end.end() > at:
                break
            start = end.end()
        return start

    def _sentence_end(self, at: int) -> int:
        """Where the sentence before or around a place ends, or so far behind it."""
        low, high = at, min(len(self._text), at + 2 * self._longest)
        # A place within an end of several characters is before its end.
        while low > max(0, at - self._longest) and _is_ending(self._text[low - 1]):
            low -= 1
        ends = (end.end() for end in _SENTENCE.finditer(self._text, low, high))
        return next((end for end in ends if end >= at), high)


def _is_ending(character: str) -> bool:
    return character in SENTENCE_ENDS or character in _CLOSING or character.isspace()


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"
