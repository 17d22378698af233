"""What differs between two states of a text, short enough for a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

_MOST_PARTS = 30
_MOST_COMPARED = 250_000  # pairs of paragraphs; comparing is quadratic
_AROUND = 20  # characters that stay beside what changed within a paragraph
_LONGEST = 300  # characters shown of one paragraph


@dataclass(frozen=True)
class Part:
    """Some text that is the same, added or gone; the tag is that of HTML."""

    tag: str  # "", "ins", "del"
    text: str


def differences(before: str | None, after: str) -> Iterator[Part]:
    """Yield what changed from paragraph to paragraph; all of `after` where nothing is known of before."""
    if before is None:
        yield Part("", _cut(after))
        return
    if before == after:
        yield Part("", _cut(after))
        return
    parts = list(_parts(before.split("\n"), after.split("\n")))
    yield from parts[:_MOST_PARTS]
    if len(parts) > _MOST_PARTS:
        yield Part("", f"… (+{len(parts) - _MOST_PARTS})")


def _parts(old: Sequence[str], new: Sequence[str]) -> Iterator[Part]:
    start = _same(old, new)
    old, new = old[start:], new[start:]
    end = _same(old[::-1], new[::-1])
    old, new = old[: len(old) - end], new[: len(new) - end]
    if len(old) * len(new) > _MOST_COMPARED:
        yield from _changed(old, new)
        return
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag != "equal":
            yield from _changed(old[i:j], new[k:m])


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Part]:
    """Yield paragraphs beside those that replace them, each cut down to what differs."""
    for one, other in zip_longest(old[:_LONGEST], new[:_LONGEST]):
        if one is None or other is None:
            yield Part("del", _cut(one)) if other is None else Part("ins", _cut(other))
            continue
        head = _same(one, other)
        tail = _same(one[head:][::-1], other[head:][::-1])
        for tag, text in (("del", one), ("ins", other)):
            begin, stop = max(0, head - _AROUND), min(len(text), len(text) - tail + _AROUND)
            left, right = "…" if begin else "", "…" if stop < len(text) else ""
            yield Part(tag, left + _cut(text[begin:stop]) + right)


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many elements from the first on are the same."""
    for number, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return number
    return min(len(one), len(other))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
