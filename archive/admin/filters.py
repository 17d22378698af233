"""Filters of the editors' lists."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from archive.models import Speech

UNDATED = "none"


class YearFilter(admin.SimpleListFilter):
    """By year, newest first, with counts; what has no date has its own row."""

    title = gettext_lazy("年份")
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """List the years that there are."""
        rows = Speech.objects.order_by("-year").values_list("year").annotate(Count("pk"))
        years = [(str(year), f"{year} ({count})") for year, count in rows if year]
        undated = [(UNDATED, f"{_('日期不详')} ({count})") for year, count in rows if not year]
        return years + undated

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow to the year; what is no year narrows nothing."""
        value = self.value() or ""
        if value == UNDATED:
            return queryset.filter(year=None)
        return queryset.filter(year=int(value)) if value.isdecimal() else queryset
