"""Which indexes follow the database, how far they are, and which materials they cannot take in."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from archive.admin.batch import ReadOnlyAdmin
from search.models import IndexFailure, IndexFollower
from search.site import backend


@admin.register(IndexFollower)
class IndexFollowerAdmin(ReadOnlyAdmin):
    """The index of each machine: a line each, two while one is being rebuilt."""

    list_display = ("machine", "state", "behind", "behind_since", "seen_at", "built_at")
    list_display_links = None  # there is no more to see
    ordering = ("machine", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[IndexFollower]:
        """Count what each has still to follow."""
        return IndexFollower.objects.with_lag()

    @admin.display(description=_("状态"))
    def state(self, follower: IndexFollower) -> str:
        """Whether it answers searches, and was built by the program that runs here, or is being built."""
        if not follower.built_at:
            return gettext("正在建立")
        if follower.fingerprint != backend().fingerprint():
            return gettext("检索用（由另一版程序建成）")
        return gettext("检索用")

    @admin.display(description=_("尚未跟上的更改"))
    def behind(self, follower: IndexFollower) -> int:
        """How many changes it has still to follow."""
        return follower.behind

    @admin.display(description=_("最早一处更改"))
    def behind_since(self, follower: IndexFollower) -> datetime | None:
        """Since when the oldest of them waits."""
        return follower.behind_since


@admin.register(IndexFailure)
class IndexFailureAdmin(ReadOnlyAdmin):
    """A list that is empty on a good day."""

    list_display = ("__str__", "error", "attempts", "failed_at", "retry_at", "follower")
    list_select_related = ("follower",)
    ordering = ("-failed_at",)
