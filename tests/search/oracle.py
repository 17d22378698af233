"""What a query means, said once more as plainly as possible: strings and loops, no arrays, no index.

It shares with the engine and with `search.highlight`, which are compared with it, only what has tests of
its own: folding, reading masked spellings back, and how a run is cut into units.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from search import query as q
from search.text.fold import fold, fold_map
from search.text.restore import fold_restored
from search.text.units import units

ENDS = {"sentence": "[。！？；!?;\n]", "paragraph": "\n"}


@dataclass(frozen=True)
class Reading:
    """A text and its folded characters; the one numbered k stands at `at[k]` of the text."""

    text: str
    folded: str
    at: Sequence[int]

    @cached_property
    def sentences(self) -> list[int]:
        """For each folded character the number of its sentence."""
        return [len(re.findall(ENDS["sentence"], self.text[:place])) for place in self.at]

    def parts(self, unit: str) -> Iterator[Reading]:
        """Each sentence or paragraph as a reading of its own."""
        begin = 0
        for piece in re.split(f"(?<={ENDS[unit]})", self.text):
            inside = [k for k, p in enumerate(self.at) if begin <= p < begin + len(piece)]
            folded = "".join(self.folded[k] for k in inside)
            yield Reading(piece, folded, [self.at[k] - begin for k in inside])
            begin += len(piece)

    def spans(self, node: q.Node) -> set[tuple[int, int]]:
        """All [start, end) in folded characters where a string, a pattern or one of an Or stands."""
        match node:
            case q.Or(children):
                return {span for child in children for span in self.spans(child)}
            case q.Exact(wanted, strict=True):
                found = [(i, i + len(wanted)) for i in _places(wanted, self.text)]
                kept = [[k for k, place in enumerate(self.at) if i <= place < j] for i, j in found]
                return {(each[0], each[-1] + 1) for each in kept if each}
        typed = re.split("([?*]+)", node.text) if isinstance(node, q.Pattern) else [node.text]
        line = "".join(each if set(each) <= {"?", "*"} else fold(each) for each in typed)
        line = re.sub("^[?*]+|[?*]+$", lambda found: found[0].replace("*", ""), line)
        pieces = [piece for piece in re.split("([?*]+)", line) if piece]
        wild = line[:1] in ("?", "")
        starts = range(len(self.folded)) if wild else _places(pieces[0], self.folded)
        return {(i, end) for i in starts for end in [self._end(i, pieces)] if pieces and end}

    def _end(self, start: int, pieces: Sequence[str]) -> int | None:  # of the shortest match
        if not pieces:
            return start
        first, rest = pieces[0], pieces[1:]
        if not set(first) <= {"?", "*"}:
            fits = self.folded.startswith(first, start)
            return self._end(start + len(first), rest) if fits else None
        least = start + first.count("?")
        for end in range(least, min(least + 30 * ("*" in first), len(self.folded)) + 1):
            if "*" in first and self.sentences[start - 1 : start] != self.sentences[end : end + 1]:
                return None
            if (found := self._end(end, rest)) is not None:
                return found
        return None

    def holds(self, node: q.Node) -> bool:
        """Is the node true of this reading, each run read as one string?"""
        match node:
            case q.Same(unit, children):
                return any(all(map(part.holds, children)) for part in self.parts(unit))
            case q.Near(children, most, ordered):
                chain = self.spans(children[0])
                for found in map(self.spans, children[1:]):
                    after = {s for s in found if any(0 <= s[0] - c[1] <= most for c in chain)}
                    ahead = {s for s in found if any(0 <= c[0] - s[1] <= most for c in chain)}
                    chain = after if ordered else after | ahead
                return bool(chain)
            case q.Exact(wanted, strict=True):  # site markers are no text
                return wanted in re.sub("##[a-z]+##", "\0", self.text)
            case q.And() | q.Or() | q.Not():
                return _joined(node, self.holds)
        return bool(self.spans(node))


@dataclass(frozen=True)
class Document:
    """Title and text, the names of keys by field, and a date as precise as it is known."""

    texts: Mapping[str, list[Reading]]
    keys: Mapping[str, Sequence[str]]
    date: str

    def answers(self, node: q.Node, fields: Sequence[str] = ("title", "text")) -> bool:
        """Does the document answer the query, looked for in some fields?"""
        match node:
            case q.And() | q.Or() | q.Not():
                return _joined(node, lambda child: self.answers(child, fields))
            case q.Scope(name, child):
                return self.answers(child, (name,))
            case q.Dates(low, high):  # compared as far as both are known
                date, many = self.date[:10], len(self.date[:10])
                return (
                    bool(date)
                    and low[:many] <= date[: len(low)]
                    and date[: len(high)] <= high[:many]
                )
            case q.Everything():
                return True
        read = [each for name in fields for each in self.texts.get(name, ())]
        names = [readings(key, restore=False)[0] for f in fields for key in self.keys.get(f, ())]
        parts = units(fold(node.text)) if isinstance(node, q.Run) and read else []
        scattered = [any(part in each.folded for each in read) for part in parts]
        return any(each.holds(node) for each in read + names) or (bool(parts) and all(scattered))


def _joined(node: q.Node, holds: Callable[[q.Node], bool]) -> bool:
    if isinstance(node, q.Not):
        return not holds(node.child)
    return (all if isinstance(node, q.And) else any)(map(holds, node.children))


def _places(wanted: str, text: str) -> list[int]:
    return [found.start() for found in re.finditer(f"(?={re.escape(wanted)})", text) if wanted]


def readings(text: str, *, restore: bool) -> list[Reading]:
    """The text as it stands and, if spellings in it are masked, as it was meant."""
    second = fold_restored(text) if restore else None
    return [
        Reading(text, each.text, each.starts.tolist()) for each in (fold_map(text), second) if each
    ]
