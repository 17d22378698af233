"""Haystack's backend over an engine: its commands maintain the index through what the site does itself.

`HAYSTACK_CONNECTIONS` names an engine of Haystack's by its class below; what SearchQuerySet asks
(`search.haystack.whoosh`) needs the index on Whoosh.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Model
from haystack import connections
from haystack.backends import BaseSearchBackend
from haystack.constants import DEFAULT_ALIAS
from haystack.exceptions import SearchBackendError, SkipDocument
from haystack.utils import get_identifier

from search.backend import Document, SearchBackend
from search.haystack.declaration import Declared, declared
from search.site import Indexed
from search.sync.documents import key_of
from search.sync.followers import make_living, register, registered
from search.sync.write import record_failures, write

logger = logging.getLogger(__name__)
# So long a commit of somebody else's is waited for.
_WAIT_SECONDS = 30.0


class Adapter(BaseSearchBackend):
    """What Haystack asks of any engine, and a `Corpus`: the indexes of a connection and its engine."""

    def __init__(self, connection_alias: str, **options: Any) -> None:
        super().__init__(connection_alias, **options)
        self.alias = connection_alias
        self.backend: SearchBackend = self.engine(**options)

    def engine(self, **options: Any) -> SearchBackend:
        """Return the engine for what the settings say of the connection."""
        raise NotImplementedError

    # A corpus

    def unified_index(self) -> Any:
        """Return Haystack's collection of indexes."""
        return connections[self.connection_alias].get_unified_index()

    def declared(self) -> Declared:
        """Return what the index classes declare now."""
        return declared(self.connection_alias)

    def indexed(self) -> Mapping[str, Any]:
        """Return the index classes by "app.model"."""
        indexes = self.unified_index().get_indexes()
        return {model._meta.label_lower: index for model, index in indexes.items()}

    def document(self, indexed: Indexed, obj: Model) -> Document | None:
        """Return the document of an object, None where its index class raises SkipDocument."""
        try:
            return self.declared().document(indexed, obj)
        except SkipDocument:
            return None

    # Haystack's commands

    def setup(self) -> None:
        """Nothing to set up: the index is made when first written to."""
        self.setup_complete = True

    def update(
        self,
        index: Any,
        iterable: Iterable[Any],
        commit: bool = True,
        wait: float = _WAIT_SECONDS,
    ) -> None:
        """Index database objects. IndexBusy if somebody else writes for longer than `wait` seconds.

        They are read anew under the lock: what was read before may be older than what is written.
        What cannot be indexed is put aside, as when the index follows by itself; that of another
        connection than the default one is an error, or logged if that one fails silently.
        """
        items = {(obj._meta.label_lower, obj.pk) for obj in iterable}
        with self._living(wait=wait):
            follower = registered(self) if self.connection_alias == DEFAULT_ALIAS else None
            failures = write(self, items, given={index.get_model()._meta.label_lower: index})
            if follower is not None:
                record_failures(follower, items, failures)
            elif failures and not self.silently_fail:
                raise SearchBackendError(f"{failures[0].identity}: {failures[0].error}")
            else:
                for failure in failures:
                    logger.error("%s cannot be indexed (%s)", failure.identity, failure.error)

    def remove(self, obj_or_string: Any, commit: bool = True) -> None:
        """Remove an object from the index. IndexBusy if somebody else goes on writing.

        Of an identity ("app.model.key") `update_index --remove` found before that the database does
        not have it; if it does by now, it is indexed instead.
        """
        with self._living():
            if isinstance(obj_or_string, str):
                app, model, key = obj_or_string.split(".", 2)
                write(self, [key_of(f"{app}.{model}", key)])
            else:
                self.backend.write({get_identifier(obj_or_string): None})

    def clear(self, models: Sequence[Any] | None = None, commit: bool = True) -> None:
        """Empty the index, or take some models out of it. Readers see the old state or the new."""
        with self.backend.exclusive("write", wait=_WAIT_SECONDS):
            if models is None or self.backend.built_with() is None:
                self._begin_anew()
                return
            beginnings = tuple(f"{model._meta.label_lower}." for model in models)
            held = (identity for identity, _ in self.backend.held())
            gone = [identity for identity in held if identity.startswith(beginnings)]
            self.backend.write(dict.fromkeys(gone))

    @contextlib.contextmanager
    def _living(self, *, wait: float = _WAIT_SECONDS) -> Iterator[None]:
        """Hold off other writers of a living index, making one if needed."""
        with self.backend.exclusive("write", wait=wait):
            if self.backend.built_with() is None:
                self._begin_anew()
            yield

    def _begin_anew(self) -> None:
        """Put an empty index in place of the living one. The caller holds "write"."""
        generation = self.backend.begin()
        if self.connection_alias == DEFAULT_ALIAS:  # the one that follows by itself
            make_living(self, register(self, generation))
        else:
            self.backend.swap(generation)
