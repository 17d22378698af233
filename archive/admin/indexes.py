"""Which indexes follow the database, how far they are, and which materials they cannot take in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from archive.admin.batch import ReadOnlyAdmin
from search.caches import Fill, fills
from search.models import IndexFailure, IndexFollower
from search.site import backend

_CACHES = {
    "dates": _("写出的日期"),
    "engine": _("检索的中间结果"),
    "folds": _("折叠后的短词"),
    "pinyin": _("单字的读音"),
    "results": _("结果的标题和片段"),
    "signs": _("检索式里的符号"),
    "similar": _("材料的特征词"),
    "words": _("词里的短词"),
}


def _sizes(fill: Fill) -> tuple[str, str]:
    """Return how full a cache is, and its bound, as they are read."""
    if fill.in_bytes:
        return filesizeformat(fill.used), filesizeformat(fill.limit)
    said = gettext("%(n)s 项")
    return said % {"n": f"{fill.used:,}"}, said % {"n": f"{fill.limit:,}"}


@admin.register(IndexFollower)
class IndexFollowerAdmin(ReadOnlyAdmin):
    """The index of each machine: a line each, two while one is being rebuilt."""

    list_display = ("machine", "state", "behind", "behind_since", "seen_at", "built_at")
    list_display_links = None  # there is no more to see
    ordering = ("machine", "pk")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show below the list what the process that answers keeps in memory."""
        kept = [(_CACHES.get(fill.name, fill.name), *_sizes(fill)) for fill in fills()]
        return super().changelist_view(request, {**(extra_context or {}), "caches": kept})

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
