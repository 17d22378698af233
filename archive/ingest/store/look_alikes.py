"""Which documents of the archive a draft looks like, and how much of it they share."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass

from archive.ingest.values import Draft
from archive.models import Speech, State
from search.errors import IndexUnavailable
from search.pages import keys
from search.results import SearchRequest

SHINGLE = 6  # characters: long enough that two texts of the genre do not share them by chance
WORTH_SAYING = 0.3
PROBES = 4
SHOWN = 5
_SENTENCE = re.compile(r"[^。！？；!?;\n“”\"'‘’]{12,40}")
_UNREAD = re.compile(r"\W+")


@dataclass(frozen=True)
class LookAlike:
    """A document that shares text with a draft; `share` is the part of the draft it holds."""

    speech: Speech
    share: float

    @property
    def percent(self) -> int:
        """The share in whole percent, rounded down: only the whole text is 100."""
        return int(self.share * 100)


def shingles(text: str) -> set[str]:
    """Return all runs of `SHINGLE` characters of a text, blanks and punctuation left out."""
    bare = _UNREAD.sub("", text)
    return {bare[at : at + SHINGLE] for at in range(max(len(bare) - SHINGLE + 1, 1))} - {""}


def share(text: str, other: str) -> float:
    """Return how much of `text` stands in `other` too: 0 to 1."""
    own = shingles(text)
    return len(own & shingles(other)) / len(own) if own else 0.0


def look_alikes(draft: Draft, known: int | None = None) -> tuple[LookAlike, ...]:
    """Return the documents that share most with a draft, most first, `known` left out.

    Candidates have the same title or hold one of a few sentences word for word; without an index
    only the title leads to them.
    """
    candidates = set(Speech.objects.filter(title=draft.title).values_list("pk", flat=True)[:SHOWN])
    for sentence in probes(draft.text):
        request = SearchRequest(f'"{sentence}"', scope={"state": tuple(State.values)})
        with suppress(IndexUnavailable):
            candidates.update(keys(request, SHOWN))
    found = Speech.objects.filter(pk__in=candidates - {known}).select_related("source")
    alike = (LookAlike(speech, share(draft.text, speech.text)) for speech in found)
    worth = (each for each in alike if each.share >= WORTH_SAYING)
    return tuple(sorted(worth, key=lambda each: -each.share)[:SHOWN])


def probes(text: str) -> list[str]:
    """Return a few sentences, spread over a text, by which its relatives can be found."""
    sentences = _SENTENCE.findall(text)
    step = max(len(sentences) // PROBES, 1)
    return sentences[step // 2 :: step][:PROBES]
