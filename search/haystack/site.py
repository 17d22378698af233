"""Which engine Haystack's settings name, and what it keeps: asked here by all that is not Haystack."""

from __future__ import annotations

from typing import cast

from haystack import connections
from haystack.constants import DEFAULT_ALIAS

from search.backend import SearchBackend
from search.sync.documents import Corpus


def corpus(alias: str = DEFAULT_ALIAS) -> Corpus:
    """Return what a connection's index is an index of."""
    return cast(Corpus, connections[alias].get_backend())


def backend() -> SearchBackend:
    """Return the engine that the site's pages ask."""
    return corpus().backend
