"""An engine that reads every text of every document: slow, plain, and right by being so.

By relevance it only puts what has the wording itself before what has its parts.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from haystack.backends import BaseEngine, BaseSearchQuery

from search.backend import (
    Answer,
    Digests,
    Explanation,
    Filters,
    Object,
    Purpose,
    Search,
    Tiers,
)
from search.errors import IndexBusy, IndexUnavailable
from search.haystack.adapter import Adapter
from search.query import Exact, Node, Run
from search.text.fold import fold
from search.text.segmenter import telling_words, words
from tests.search import oracle

Kept = Mapping[str, Any]
Names = Mapping[str, Callable[[Sequence[str]], Mapping[str, Iterable[str]]]]
IDENTITY, MODEL, KEY = "id", "django_ct", "django_id"
read = lru_cache(2000)(oracle.readings)


@dataclass(frozen=True)
class Layout:
    """Which fields a query that names none looks into, which is the date; what keys are called."""

    texts: tuple[str, ...]
    date: str
    names: Names = field(default_factory=dict)


@dataclass
class Store:
    """Generations by name, which of them lives, what is being done."""

    generations: dict[str, dict[str, Kept]] = field(default_factory=dict)
    living: str = ""
    busy: set[str] = field(default_factory=set)


_NUMBERS = itertools.count()
STORES: dict[str, Store] = {}
"""By name, for all engines of a process."""


class BruteForceBackend:
    """A `SearchBackend` in memory."""

    def __init__(self, name: str, layout: Callable[[], Layout]) -> None:
        self.store = STORES.setdefault(name, Store())
        self.layout = layout

    def find(self, search: Search) -> Answer:
        """See `SearchBackend`."""
        allowed = self._allowed(search)
        tiers = [[each for each in allowed if self._answers(each, search)]]
        if search.related:
            others = [each for each in allowed if each not in tiers[0]]
            tiers += self._related(search, allowed, others)
        sort = _order(search, self._whole)
        found = [sorted(_filtered(each, search, search.filters), key=sort) for each in tiers]
        page = [each for tier in found for each in tier][search.start : search.stop]
        matching = [each for tier in tiers for each in tier]
        return Answer(
            keys=[(each[MODEL], each[KEY]) for each in page],
            scores=[self._whole(each, search) if not search.sort else 0.0 for each in page],
            count=sum(map(len, found)),
            tiers=Tiers(*map(len, found)),
            facets={name: _facet(name, matching, search) for name in search.facets},
        )

    def _related(
        self, search: Search, allowed: Sequence[Kept], others: Sequence[Kept]
    ) -> list[list[Kept]]:
        """Return those of the others that hold most of the weight of the words, and those with less."""
        held: Counter[str] = Counter()
        whole = 0.0
        for word in dict.fromkeys(w for text in search.related for w in telling_words(fold(text))):
            for having in filter(None, self._having(search, allowed, word)):
                weight = math.log1p((len(allowed) - len(having) + 0.5) / (len(having) + 0.5))
                whole += weight
                held.update(dict.fromkeys(having, weight))
        some = [each for each in others if held[each[IDENTITY]]]
        most = [each for each in some if held[each[IDENTITY]] >= 0.65 * whole - 1e-9]
        return [most, [each for each in some if each not in most]]

    def _having(self, search: Search, allowed: Sequence[Kept], word: str) -> list[list[str]]:
        """Return which documents have a word, or else the string; or else which have each pair of it."""

        def those(has: Callable[[str], bool]) -> list[str]:
            return [
                each[IDENTITY]
                for each in allowed
                if any(has(reading.folded) for reading in self._readings(each, search.restore))
            ]

        having = those(lambda folded: word in words(folded))
        if having or len(word) < 2:
            return [having]
        if having := those(lambda folded: word in folded):
            return [having]
        pairs = dict.fromkeys(word[at : at + 2] for at in range(len(word) - 1))
        return [those(lambda folded, pair=pair: pair in folded) for pair in pairs]

    def counts(self, search: Search, filters: Sequence[Filters]) -> list[int]:
        """See `SearchBackend`."""
        matching = [each for each in self._allowed(search) if self._answers(each, search)]
        return [len(_filtered(matching, search, each)) for each in filters]

    def explain(self, search: Search, item: Object) -> Explanation | None:
        """See `SearchBackend`. The wording stands there or not."""
        if search.sort or item not in self.find(replace(search, start=0, stop=10**9)).keys:
            return None
        (document,) = (each for each in self._living().values() if (each[MODEL], each[KEY]) == item)
        return Explanation("tier", self._whole(document, search))

    def frequent_terms(
        self, name: str, beginning: str, search: Search, limit: int
    ) -> list[tuple[str, int]]:
        """See `SearchBackend`."""
        counts = Counter(
            term
            for each in self._allowed(search)
            for term in set(_values(each, name))
            if term.startswith(beginning)
        )
        return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]

    def longest_part(self, folded: str, search: Search) -> tuple[str, int]:
        """See `SearchBackend`."""
        texts = [
            [reading.folded for reading in self._readings(each, search.restore)]
            for each in self._allowed(search)
        ]
        for length in range(len(folded), 0, -1):
            for start in range(len(folded) - length + 1):
                part = folded[start : start + length]
                if count := sum(any(part in each for each in text) for text in texts):
                    return part, count
        return "", 0

    def similar(self, identity: str, text: str, search: Search) -> list[Object]:
        """See `SearchBackend`. By how many words two texts share."""
        own = {word for word in words(fold(text)) if len(word) > 1}
        scored = []
        for each in self._allowed(search):
            other = {w for name in self.layout().texts for w in words(fold(each.get(name) or ""))}
            if len(own & other) * 4 >= len(own) > 0 and each[IDENTITY] != identity:
                scored.append((-len(own & other), each[IDENTITY], (each[MODEL], each[KEY])))
        return [item for _, _, item in sorted(scored)][search.start : search.stop]

    def fingerprint(self) -> str:
        """See `SearchBackend`."""
        return "brute force"

    def living(self) -> str | None:
        """See `SearchBackend`."""
        return self.store.living or None

    def built_with(self) -> str | None:
        """See `SearchBackend`."""
        return self.fingerprint() if self.store.living else None

    def damage(self, *, anew: bool = False) -> list[str]:
        """See `SearchBackend`. Memory is never damaged."""
        self._living()
        return []

    def held(self) -> Iterator[tuple[str, Digests]]:
        """See `SearchBackend`."""
        return ((name, self.digests(each)) for name, each in self._living().items())

    def digests(self, document: Kept) -> Digests:
        """See `SearchBackend`."""
        names = {*self.layout().texts, *document} - {IDENTITY}
        return {name: repr(document.get(name) or "") for name in names}

    @contextlib.contextmanager
    def exclusive(self, purpose: Purpose, *, wait: float = 0.0) -> Iterator[None]:
        """See `SearchBackend`."""
        until = time.monotonic() + wait
        while purpose in self.store.busy:
            if time.monotonic() >= until:
                raise IndexBusy(purpose)
            time.sleep(0.01)
        self.store.busy.add(purpose)
        try:
            yield
        finally:
            self.store.busy.discard(purpose)

    def begin(self) -> str:
        """See `SearchBackend`."""
        generation = f"brute-force-{next(_NUMBERS)}"
        self.store.generations[generation] = {}
        return generation

    def write(self, changes: Mapping[str, Kept | None], generation: str | None = None) -> None:
        """See `SearchBackend`."""
        if generation is None:
            self._living()
        name = generation or self.store.living
        kept = self.store.generations[name] | {n: d for n, d in changes.items() if d is not None}
        self.store.generations[name] = {
            n: d for n, d in kept.items() if n not in changes or changes[n] is not None
        }

    def write_part(self, generation: str, documents: Iterable[Kept]) -> object:
        """See `SearchBackend`."""
        return list(documents)

    def finish(self, generation: str, parts: Sequence[Any]) -> None:
        """See `SearchBackend`."""
        self.write({each[IDENTITY]: each for part in parts for each in part}, generation)

    def swap(self, generation: str) -> None:
        """See `SearchBackend`."""
        before, self.store.living = self.store.living, generation
        self.discard(before)

    def discard(self, generation: str) -> None:
        """See `SearchBackend`."""
        if generation != self.store.living:
            self.store.generations.pop(generation, None)

    def prune(self) -> list[str]:
        """See `SearchBackend`."""
        left = [name for name in self.store.generations if name != self.store.living]
        for generation in left:
            self.discard(generation)
        return left

    def destroy(self) -> None:
        """Forget everything."""
        self.store.living = ""
        self.prune()

    def _living(self) -> dict[str, Kept]:
        if not self.store.living:
            raise IndexUnavailable("no index")
        return self.store.generations[self.store.living]

    def _allowed(self, search: Search) -> list[Kept]:
        return [
            each
            for each in self._living().values()
            if (not search.models or each[MODEL] in search.models)
            and each[KEY] not in search.exclude
            and all({*_values(each, n)} & {*values} for n, values in search.scope.items())
        ]

    def _readings(self, document: Kept, restore: bool) -> list[oracle.Reading]:
        return [
            reading
            for name in self.layout().texts
            for reading in read(document.get(name) or "", restore=restore)
        ]

    def _answers(self, document: Kept, search: Search, query: Node | None = None) -> bool:
        layout = self.layout()
        texts = {n: read(document.get(n) or "", restore=search.restore) for n in layout.texts}
        keys = {}
        for name in document.keys() - {*layout.texts, layout.date, IDENTITY, MODEL, KEY}:
            values = _values(document, name)
            called = layout.names[name](values) if name in layout.names else {}
            keys[name] = [*values, *(name for v in values for name in called.get(v, ()))]
        read_as = oracle.Document(texts, keys, _iso(document.get(layout.date)))
        return read_as.answers(query or search.query, layout.texts)

    def _whole(self, document: Kept, search: Search) -> float:
        """Return 1 for a document in which the wording stands as it is, else 0."""
        query = search.query
        exact = Exact(query.text) if isinstance(query, Run) else query
        return float(self._answers(document, search, exact))


def _filtered(documents: Iterable[Kept], search: Search, filters: Filters) -> list[Kept]:
    return [each for each in documents if all(_passes(each, search, filters, {}).values())]


def _passes(
    document: Kept, search: Search, filters: Filters, start: Mapping[str, bool]
) -> dict[str, bool]:
    """Return for each filter, joined ones being one, whether a document passes it."""
    passes = dict(start)
    for name, values in filters.items():
        if values:
            whole = search.joined.get(name, name)
            passes[whole] = passes.get(whole, False) or bool({*_values(document, name)} & {*values})
    return passes


def _facet(name: str, matching: Iterable[Kept], search: Search) -> list[tuple[str, int]]:
    own = search.joined.get(name, name)
    counts: Counter[str] = Counter()
    for each in matching:
        passes = _passes(each, search, search.filters, {})
        passes.pop(own, None)
        if all(passes.values()):
            counts.update({*_values(each, name)})
    return sorted(counts.items(), key=lambda row: (-row[1], row[0]))


def _values(document: Kept, name: str) -> Sequence[str]:
    value = document.get(name)
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _order(search: Search, whole: Callable[[Kept, Search], float]) -> Callable[[Kept], Any]:
    """Return what to sort by: what has no value comes last, of equals the newest first."""

    def place(document: Kept) -> tuple[Any, ...]:
        parts: list[Any] = []
        for name in search.sort:
            value = document.get(name.lstrip("-"))
            parts += [value is None, (-value if name[0] == "-" else value) if value else 0]
        if not search.sort:
            parts.append(-whole(document, search))
        return (*parts, -(document.get("date") or 0), -document[KEY])

    return place


def _iso(date: int | None) -> str:
    """Return an integer YYYYMMDDhhmmss as an ISO date as far as it is known."""
    if not date:
        return ""
    digits = f"{date:014}"
    year, month, day = digits[:4], digits[4:6], digits[6:8]
    return "-".join([year, *([month] if month != "00" else []), *([day] if day != "00" else [])])


class BruteForceAdapter(Adapter):
    """Haystack's door to it."""

    def engine(self, **options: Any) -> BruteForceBackend:
        """See `Adapter`."""

        def layout() -> Layout:
            declared = self.declared()
            return Layout(declared.searched, declared.date, declared.names)

        return BruteForceBackend(options["PATH"], layout)


class BruteForceEngine(BaseEngine):
    """What settings name."""

    backend = BruteForceAdapter
    query = BaseSearchQuery
