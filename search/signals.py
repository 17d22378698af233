"""Note every saved and deleted object of an indexed model, and let the index follow after commit."""

from __future__ import annotations

from typing import Any

from django.db import models
from haystack import connections
from haystack.exceptions import NotHandled
from haystack.signals import BaseSignalProcessor

from search.indexing import note_changes


class OutboxSignalProcessor(BaseSignalProcessor):
    """Haystack's signal processor that never touches the index itself: see `search.indexing`."""

    def setup(self) -> None:
        """Listen to all models; `changed` looks at those that have an index."""
        models.signals.post_save.connect(self.changed)
        models.signals.post_delete.connect(self.changed)

    def teardown(self) -> None:
        """Stop listening."""
        models.signals.post_save.disconnect(self.changed)
        models.signals.post_delete.disconnect(self.changed)

    def changed(self, sender: type[models.Model], instance: models.Model, **_kwargs: Any) -> None:
        """Note the object if its model is indexed."""
        try:
            connections["default"].get_unified_index().get_index(sender)
        except NotHandled:
            return
        note_changes(sender, [instance.pk])
