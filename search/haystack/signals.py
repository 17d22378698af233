"""Note every saved and deleted object of an indexed model, and let the index follow after commit."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import models, transaction
from haystack import connections
from haystack.constants import DEFAULT_ALIAS
from haystack.exceptions import NotHandled
from haystack.signals import BaseSignalProcessor
from haystack.utils import get_identifier

from search.sync.outbox import note_changes


class OutboxSignalProcessor(BaseSignalProcessor):
    """Haystack's signal processor that never touches the index itself: see `search.sync`."""

    def setup(self) -> None:
        """Listen to all models; `changed` looks at those that have an index."""
        models.signals.post_save.connect(self.changed)
        models.signals.post_delete.connect(self.changed)

    def teardown(self) -> None:
        """Stop listening."""
        models.signals.post_save.disconnect(self.changed)
        models.signals.post_delete.disconnect(self.changed)

    def changed(self, sender: type[models.Model], instance: models.Model, **_kwargs: Any) -> None:
        """Note the object if its model is indexed; other connections that routers name follow at once."""
        if _is_indexed(DEFAULT_ALIAS, sender):
            note_changes(sender, [instance.pk])
        for using in self.connection_router.for_write(instance=instance):
            if using != DEFAULT_ALIAS and _is_indexed(using, sender):
                # Given an identity, it is written as the database has it, or removed.
                again = partial(connections[using].get_backend().remove, get_identifier(instance))
                transaction.on_commit(again)


def _is_indexed(using: str, model: type[models.Model]) -> bool:
    try:
        connections[using].get_unified_index().get_index(model)
    except NotHandled:
        return False
    return True
