"""What a query means, as plainly as possible. Only folding, masks and the pieces of a run are shared."""

from __future__ import annotations

import re
from bisect import bisect_left as bisect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from search import query as q
from search.text import fold, segmenter
from search.text.restore import fold_restored

ENDS = {"sentence": "[。！？；!?;\n]", "paragraph": "\n"}


@dataclass(frozen=True)
class Reading:
    """A text and its folded characters; the one numbered k stands at `at[k]` of the text."""

    text: str
    folded: str
    at: Sequence[int]

    def parts(self, unit: str) -> Iterator[Reading]:
        """Each sentence or paragraph as a reading of its own."""
        begin = 0
        for piece in re.split(f"(?<={ENDS[unit]})", self.text):
            within = [k for k, place in enumerate(self.at) if 0 <= place - begin < len(piece)]
            folded = "".join(self.folded[k] for k in within)
            yield Reading(piece, folded, [self.at[k] - begin for k in within])
            begin += len(piece)

    def spans(self, node: q.Node) -> set[tuple[int, int]]:
        """All [start, end) in folded characters where a string, a pattern or one of an Or stands."""
        match node:
            case q.Or(children):
                return {span for child in children for span in self.spans(child)}
            case q.Exact(wanted, strict=True):
                found = (i for i in range(len(self.text)) if self.text.startswith(wanted, i))
                cut = [(bisect(self.at, i), bisect(self.at, i + len(wanted))) for i in found]
                return {(start, end) for start, end in cut if start < end}
        typed = re.split("([?*]+)", node.text) if isinstance(node, q.Pattern) else [node.text]
        line = "".join(each if set(each) <= {"?", "*"} else fold.fold(each) for each in typed)
        line = re.sub("^[?*]+|[?*]+$", lambda found: found[0].replace("*", ""), line)
        pieces = [piece for piece in re.split("([?*]+)", line) if piece]
        ends = [self._end(start, pieces) for start in range(len(self.folded))] if pieces else []
        return {(start, end) for start, end in enumerate(ends) if end}

    def _end(self, i: int, pieces: Sequence[str]) -> int | None:  # of the shortest match from i
        if not pieces:
            return i
        first, rest = pieces[0], pieces[1:]
        if not set(first) <= {"?", "*"}:
            return self._end(i + len(first), rest) if self.folded.startswith(first, i) else None
        least = i + first.count("?")
        for end in range(least, min(least + 30 * ("*" in first), len(self.folded)) + 1):
            passed = self.text[self.at[i - 1] : [*self.at, 0][end]] if "*" in first else ""
            if re.search(ENDS["sentence"], passed):
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
                    ahead = {s for s in found for c in chain if 0 <= c[0] - s[1] <= most}
                    after = {s for s in found for c in chain if 0 <= s[0] - c[1] <= most}
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
            case q.InField(name, child):
                return self.answers(child, (name,))
            case q.Dates(low, high):  # compared as far as both are known
                day, n = self.date[:10], len(self.date[:10])
                first, last = low.iso, high.iso
                return n > 0 and first[:n] <= day[: len(first)] and day[: len(last)] <= last[:n]
            case q.Everything():
                return True
        read = [each for name in fields for each in self.texts.get(name, ())]
        names = [readings(key, restore=False)[0] for f in fields for key in self.keys.get(f, ())]
        parts = (
            segmenter.pieces_of(fold.fold(node.text)) if isinstance(node, q.Run) and read else [""]
        )
        scattered = all(any(part and part in each.folded for each in read) for part in parts)
        return scattered or any(each.holds(node) for each in read + names)


def _joined(node: q.Node, holds: Callable[[q.Node], bool]) -> bool:
    if isinstance(node, q.Not):
        return not holds(node.child)
    return (all if isinstance(node, q.And) else any)(map(holds, node.children))


def readings(text: str, *, restore: bool) -> list[Reading]:
    """The text as it stands and, if spellings in it are masked, as it was meant."""
    both = [fold.fold_map(text), fold_restored(text) if restore else None]
    return [Reading(text, each.text, each.starts.tolist()) for each in both if each]
