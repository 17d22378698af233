"""Which materials the index cannot take in, and why: to be looked at, not to be changed."""

from __future__ import annotations

from django.contrib import admin

from archive.admin.batch import ReadOnlyAdmin
from search.models import IndexFailure


@admin.register(IndexFailure)
class IndexFailureAdmin(ReadOnlyAdmin):
    """A list that is empty on a good day."""

    list_display = ("__str__", "error", "attempts", "failed_at", "retry_at")
    ordering = ("-failed_at",)
