"""The outbox: which documents of the database the index has still to follow."""

from __future__ import annotations

from django.db import models


class IndexChange(models.Model):
    """A note that an object was saved or deleted, written in the same transaction as the change.

    It says only which object: whoever follows up looks at what the database holds now, so notes may
    be followed in any order and more than once. `applied` notes are kept while a new generation of
    the index is being built, which must follow them too.
    """

    model = models.CharField(max_length=100)
    key = models.BigIntegerField()
    noted_at = models.DateTimeField(auto_now_add=True)
    applied = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["applied", "id"], name="change_applied_id")]

    def __str__(self) -> str:
        return f"{self.model}.{self.key}"
