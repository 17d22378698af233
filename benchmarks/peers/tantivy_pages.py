"""The site's own pages fed by tantivy: what a page costs beside what the engine costs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import tantivy
from haystack.backends import BaseEngine, BaseSearchQuery

from benchmarks.peers.tantivy_index import Tantivy
from search.backend import Answer, Search, Tiers
from search.haystack.adapter import Adapter
from search.index.format.generations import IndexFolder
from search.query import nodes


class TantivyBackend:
    """What of a `SearchBackend` the pages of the benchmark ask.

    It knows what the benchmark asks for: runs, strings, AND, OR and NOT of these. To the database it is
    the site's own index, which holds the same documents and follows nothing meanwhile.
    """

    def __init__(self, path: Path, site: IndexFolder) -> None:
        self._path = path
        self.living = site.living

    def fingerprint(self) -> str:
        """Return the same as `built_with`, so that the index never counts as outdated."""
        return "tantivy"

    built_with = fingerprint

    def damage(self) -> list[str]:
        """Return nothing: the benchmark has just built it."""
        return []

    @cached_property
    def _index(self) -> Tantivy:
        return Tantivy(self._path)

    def find(self, search: Search) -> Answer:
        """Carry out a search; nothing is scored."""
        found = self._index.find(self._query(search.query), search.start, search.stop)
        return Answer(
            keys=[("archive.speech", number) for number in found.numbers],
            scores=[0.0] * len(found.numbers),
            count=found.count,
            tiers=Tiers(found.count),
            facets=dict(found.facets),
        )

    def longest_part(self, folded: str, search: Search) -> tuple[str, int]:
        """Return an empty part: pages fed by tantivy suggest nothing where nothing was found."""
        return "", 0

    def _query(self, tree: nodes.Node) -> tantivy.Query:
        match tree:
            case nodes.Run(text):
                return self._index.run_query(text)
            case nodes.Exact(text):
                return self._index.exact_query(text) or tantivy.Query.empty_query()
            case nodes.And(children):
                return self._joined(tantivy.Occur.Must, children)
            case nodes.Or(children):
                return self._joined(tantivy.Occur.Should, children)
        return tantivy.Query.all_query()

    def _joined(self, occur: tantivy.Occur, children: Iterable[nodes.Node]) -> tantivy.Query:
        parts = [
            (tantivy.Occur.MustNot, self._query(child.child))
            if isinstance(child, nodes.Not)
            else (occur, self._query(child))
            for child in children
        ]
        return tantivy.Query.boolean_query(parts)


class TantivyAdapter(Adapter):
    """Haystack's door to it."""

    def engine(self, **options: Any) -> Any:
        """Return the engine, which says it is as new as the site's own index."""
        return TantivyBackend(Path(options["TANTIVY"]), IndexFolder(options["PATH"]))


class TantivyEngine(BaseEngine):
    """What the settings of the benchmark name."""

    backend = TantivyAdapter
    query = BaseSearchQuery
