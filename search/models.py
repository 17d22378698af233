"""The indexes that follow the database, what each has still to follow, and what it cannot."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# A document that cannot be indexed is tried again after so long, doubled each time up to the latter.
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=1)
LONGEST_ERROR = 500


class ObjectKeyField(models.CharField):
    """The key of an object of any model, as a string; integers come back as what they are."""

    def get_prep_value(self, value: Any) -> Any:
        """Return the key as the database has it."""
        return None if value is None else str(value)

    def from_db_value(self, value: str | None, *_args: Any) -> int | str | None:
        """Return an integer for what looks like one."""
        number = (
            value is not None and value.removeprefix("-").isdecimal() and str(int(value)) == value
        )
        return int(value) if value is not None and number else value


class IndexFollowerQuerySet(models.QuerySet["IndexFollower"]):
    """What is asked of all followers."""

    def with_lag(self) -> IndexFollowerQuerySet:
        """Add how many changes each has still to follow, and since when the oldest of them waits."""
        return self.annotate(
            behind=models.Count("changes"), behind_since=models.Min("changes__noted_at")
        )


class IndexFollower(models.Model):
    """A generation of an index that follows this database, on whichever machine.

    Those that are being built are registered as well as the living ones: `search.sync.followers`.
    """

    generation = models.CharField(_("代"), max_length=100, unique=True)
    machine = models.CharField(_("机器"), max_length=300)
    fingerprint = models.CharField(_("指纹"), max_length=100)
    built_at = models.DateTimeField(_("建成"), null=True)
    seen_at = models.DateTimeField(_("最近一次见到"), default=timezone.now)
    # Of `with_lag` only.
    behind: int
    behind_since: datetime | None

    objects = IndexFollowerQuerySet.as_manager()

    class Meta:
        verbose_name = _("索引")
        verbose_name_plural = pgettext_lazy("plural", "索引")

    def __str__(self) -> str:
        return self.machine


class IndexChange(models.Model):
    """A note for one follower that an object was saved or deleted, written in the same transaction.

    It says only which object: whoever follows looks at what the database holds now, so notes may be
    followed in any order and more than once.
    """

    follower = models.ForeignKey(
        IndexFollower, models.CASCADE, related_name="changes", db_index=False
    )
    model = models.CharField(max_length=100)
    key = ObjectKeyField(max_length=255)
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["follower", "id"], name="change_follower_id")]

    def __str__(self) -> str:
        return f"{self.model}.{self.key}"


class IndexFailureQuerySet(models.QuerySet["IndexFailure"]):
    """What is asked of all documents that could not be indexed."""

    def due(self) -> IndexFailureQuerySet:
        """Those to try again now."""
        return self.filter(retry_at__lte=timezone.now())


class IndexFailure(models.Model):
    """An object that a follower could not index for a reason of its own, and when that is tried again.

    Until then that index has it as it was before, or not at all. It is tried again at each change of
    the object as well; the row goes when that succeeds.
    """

    follower = models.ForeignKey(
        IndexFollower,
        models.CASCADE,
        verbose_name=_("索引"),
        related_name="failures",
        db_index=False,
    )
    model = models.CharField(_("种类"), max_length=100)
    key = ObjectKeyField(_("编号"), max_length=255)
    error = models.CharField(_("原因"), max_length=LONGEST_ERROR)
    attempts = models.PositiveIntegerField(_("已试次数"), default=0)
    failed_at = models.DateTimeField(_("最近一次"))
    retry_at = models.DateTimeField(_("下次再试"), db_index=True)

    objects = IndexFailureQuerySet.as_manager()

    class Meta:
        verbose_name = _("未能编入索引的材料")
        verbose_name_plural = pgettext_lazy("plural", "未能编入索引的材料")
        constraints = [
            models.UniqueConstraint(fields=["follower", "model", "key"], name="failure_object")
        ]

    def __str__(self) -> str:
        return f"{self.model}.{self.key}"

    def failed(self, error: str) -> None:
        """Note one more attempt in vain; the next one has to wait longer. Does not save."""
        self.error = error[:LONGEST_ERROR]
        self.failed_at = timezone.now()
        wait = _FIRST_WAIT * 2 ** min(self.attempts, 10)
        self.retry_at = self.failed_at + min(wait, _LONGEST_WAIT)
        self.attempts += 1
