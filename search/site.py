"""What this site searches, and the engine that answers: handed in when Django starts, asked by all else.

`search.haystack` hands it in; nothing here knows how things are declared, or which engine there is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from django.db.models import Model, QuerySet

from search.backend import Document, SearchBackend
from search.schema import SearchSchema

DEFAULT = "default"


class Indexed(Protocol):
    """One model that is indexed: an index class of Haystack's is this."""

    def index_queryset(self, using: str | None = None) -> QuerySet[Any]:
        """Return all objects that are indexed, with what their documents are made of."""
        ...


class Corpus(Protocol):
    """What one index is an index of, and the engine that keeps it; `alias` is its name in the settings."""

    alias: str
    backend: SearchBackend

    def indexed(self) -> Mapping[str, Indexed]:
        """Return what is indexed, by "app.model"."""
        ...

    def document(self, indexed: Indexed, obj: Model) -> Document | None:
        """Return the document of an object, None if it is to be left out."""
        ...


_corpora: Callable[[str], Corpus]
_schemas: Callable[[str], SearchSchema]


def use(corpora: Callable[[str], Corpus], schemas: Callable[[str], SearchSchema]) -> None:
    """Take what gives, by alias, what there is to ask; both are called anew for each question."""
    global _corpora, _schemas
    _corpora, _schemas = corpora, schemas


def corpus(alias: str = DEFAULT) -> Corpus:
    """Return what an index is an index of."""
    return _corpora(alias)


def backend() -> SearchBackend:
    """Return the engine that the site's pages ask."""
    return corpus().backend


def schema() -> SearchSchema:
    """Return how the site is searched."""
    return _schemas(DEFAULT)
