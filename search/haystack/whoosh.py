"""Haystack's backend on Whoosh, with its schema, writer and search replaced by arrays.

Haystack's interface stays: SearchQuerySet filters, narrows, facets, highlights, sorts and slices,
and the usual commands work. What a SearchIndex declares beyond Haystack:

    scope   {field: values} that a search finds its objects by, unless it narrows by the field itself
    labels  {field: function} from a value to the words it is shown as
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from haystack.backends import BaseEngine
from haystack.constants import DEFAULT_ALIAS, DJANGO_CT
from haystack.exceptions import SearchBackendError
from haystack.utils import get_identifier

from search.errors import IndexUnavailable
from search.haystack.asking import AskingBackend
from search.haystack.query import WhooshSearchQuery
from search.index.read.filters import KeysQuery
from search.index.read.find import identities
from search.index.read.opening import forget, snapshot
from search.index.write.apply import apply
from search.index.write.build import Built, build
from search.sync.documents import key_of
from search.sync.indexing import settle, write

logger = logging.getLogger(__name__)


class WhooshSearchBackend(AskingBackend):
    """The half of the backend that writes: documents, generations, and removing them."""

    # Writing

    def setup(self) -> None:
        """Nothing to set up: the index is made when first written to."""
        self.setup_complete = True

    def update(
        self, index: Any, iterable: Iterable[Any], commit: bool = True, wait: float = 30.0
    ) -> None:
        """Index database objects. IndexBusy if the index is not had in `wait` seconds.

        They are read anew under the lock: what was read before may be older than what is written.
        What cannot be indexed is put aside, as when the index follows by itself; that of another
        connection than the default one is an error, or logged if that one fails silently.
        """
        items = {(obj._meta.label_lower, obj.pk) for obj in iterable}
        with self._living(wait=wait):
            problems = write(self, items, given=index)
            if self.connection_alias == DEFAULT_ALIAS:
                settle(items, problems)
            elif problems and not self.silently_fail:
                raise SearchBackendError(f"{problems[0].identity}: {problems[0].error}")
            else:
                for problem in problems:
                    logger.error("%s cannot be indexed (%s)", problem.identity, problem.error)

    def remove(self, obj_or_string: Any, commit: bool = True) -> None:
        """Remove an object from the index. IndexBusy if it is not had.

        Of an identity ("app.model.key") `update_index --remove` found before that the database does
        not have it; if it does by now, it is indexed instead.
        """
        if isinstance(obj_or_string, str):
            app, model, key = obj_or_string.split(".", 2)
            with self._living(wait=30.0):
                write(self, [key_of(f"{app}.{model}", key)])
        else:
            self.apply({get_identifier(obj_or_string): None}, wait=30.0)

    def apply(self, changes: Mapping[str, Mapping[str, Any] | None], *, wait: float = 0.0) -> None:
        """Write documents by identity (None removes one) into the living index, making one if needed."""
        with self._living(wait=wait):
            self.write(changes)

    @contextlib.contextmanager
    def _living(self, *, wait: float) -> Iterator[None]:
        """Hold the write lock of a living index, making one if needed."""
        with self.folder.lock("write", wait=wait):
            if self.folder.current() is None:
                self.folder.swap(self.begin_generation())
            yield

    def write(
        self, changes: Mapping[str, Mapping[str, Any] | None], generation: Path | None = None
    ) -> None:
        """Write documents in one transaction of the index; the caller holds the write lock.

        Raises IndexUnavailable if no generation is given and there is no living one.
        """
        path = generation or self.folder.current()
        if path is None:
            raise IndexUnavailable("no index")
        if changes:
            apply(self.folder.open(path), changes)

    def begin_generation(self) -> Path:
        """Make an empty generation beside the living one."""
        return self.folder.create(self.schema(), self.fingerprint())

    def build(
        self, generation: Path, processes: int, progress: Callable[[int, int], None] | None = None
    ) -> Built:
        """Write the whole database into an empty generation."""
        return build(self.connection_alias, generation, processes, progress)

    def clear(self, models: Sequence[Any] | None = None, commit: bool = True) -> None:
        """Empty the index, or take some models out of it. Readers see the old state or the new."""
        with self.folder.lock("write", wait=30.0):
            path = self.folder.current()
            if models is None or path is None:
                self.folder.swap(self.begin_generation())
                return
            state = snapshot(self.folder)
            names = tuple(model._meta.label_lower for model in models)
            mask = KeysQuery(DJANGO_CT, names).mask(state) & state.live
            doomed = identities(state, np.flatnonzero(mask))
            apply(self.folder.open(path), {f"{label}.{key}": None for label, key in doomed})

    def delete_index(self) -> None:
        """Remove the index altogether."""
        with self.folder.lock("write", wait=30.0):
            self.folder.destroy()
        forget(self.folder)


class WhooshEngine(BaseEngine):
    """What settings name."""

    backend = WhooshSearchBackend
    query = WhooshSearchQuery
