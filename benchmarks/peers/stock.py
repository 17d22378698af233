"""Stock Haystack: its Whoosh backend as it comes, with jieba's ChineseAnalyzer for the texts."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Any

import jieba
from haystack import connections, indexes
from haystack.backends.whoosh_backend import WhooshEngine
from haystack.query import SQ, SearchQuerySet
from haystack.utils.loading import UnifiedIndex
from jieba.analyse import ChineseAnalyzer

from archive.models import Speech
from benchmarks.peers.answers import FACETS, PeerAnswer
from benchmarks.queries import WordQuery

NAME = "stock Haystack"
_BATCH = 1000  # what rebuild_index takes


class StockIndex(indexes.SearchIndex, indexes.Indexable):
    """A speech as Haystack's tutorial would index it."""

    text = indexes.CharField(document=True, model_attr="text", analyzer=ChineseAnalyzer())
    title = indexes.CharField(model_attr="title", analyzer=ChineseAnalyzer())
    source = indexes.CharField(model_attr="source__slug", faceted=True)
    type = indexes.CharField(model_attr="type", faceted=True)
    year = indexes.CharField(faceted=True)

    def get_model(self) -> Any:
        """Return the model that is indexed."""
        return Speech

    def prepare_year(self, speech: Speech) -> str:
        """Return the year as a facet value."""
        return str(speech.year or "unknown")


class StockEngine(WhooshEngine):
    """Haystack's own engine, knowing the index above and none of the site's."""

    def get_unified_index(self) -> UnifiedIndex:
        """Return the one index."""
        if self._index is None:
            unified = UnifiedIndex()
            unified.build([StockIndex()])
            self._index: UnifiedIndex | None = unified
        return self._index


def build(documents: int, path: Path) -> None:
    """Index the first documents of the database."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    # jieba keeps its dictionary as marshal data, by default in a folder that all may write to.
    jieba.dt.tmp_dir = str(path)
    jieba.setLogLevel(logging.WARNING)
    backend: Any = connections["stock"].get_backend()
    index = connections["stock"].get_unified_index().get_index(Speech)
    for start in range(1, documents + 1, _BATCH):
        stop = min(documents, start + _BATCH - 1)
        backend.update(
            index, Speech.objects.select_related("source").filter(pk__range=(start, stop))
        )


class Stock:
    """An index, opened."""

    name = NAME

    def __init__(self, path: Path) -> None:
        jieba.dt.tmp_dir = str(path)
        jieba.setLogLevel(logging.WARNING)

    def exact(self, raw: str) -> set[int]:
        """Return the documents found for a quoted string."""
        found: Any = SearchQuerySet(using="stock").filter(content__exact=raw.replace('"', " "))
        return {int(result.pk) for result in found[: 10**6]}

    def words(self, query: WordQuery) -> PeerAnswer | None:
        """Return the best documents, the total and the facets: one search of Haystack's."""
        found: Any = SearchQuerySet(using="stock")
        first = query.words[0]
        match query.kind:
            case "near":
                return None
            case "or":
                found = found.filter(SQ(content=first) | SQ(content=query.words[1]))
            case "not":
                found = found.filter(content=first).exclude(content=query.words[1])
            case _:
                found = found.filter(content=query.line)
        return self._answer(found)

    def ranked(self, line: str) -> list[int]:
        """Return the ten best for what a visitor types."""
        found: Any = SearchQuerySet(using="stock").auto_query(line)
        return [int(result.pk) for result in found[:10]]

    @staticmethod
    def _answer(found: Any) -> PeerAnswer:
        for name in FACETS:
            found = found.facet(name)
        best = [int(result.pk) for result in found[:10]]
        counted = found.facet_counts().get("fields", {}) if best else {}
        return PeerAnswer(found.count(), best, counted)
