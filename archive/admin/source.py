"""Sources at the editors' desk."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from archive.admin.forms import SourceForm
from archive.admin.guard import GuardedAdmin
from archive.models import Source, State


@admin.register(Source)
class SourceAdmin(GuardedAdmin):
    """Sources with the number of their materials."""

    form = SourceForm
    list_display = ("name", "slug", "domain_list", "published", "licence")
    search_fields = ("name", "slug", "domains", "note")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        """Count what is published in the same query."""
        return Source.objects.with_counts().order_by("name")

    def has_change_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        """Leave what visitors see of a source to those who may publish."""
        allowed = super().has_change_permission(request, obj)
        if not allowed or obj is None or request.user.has_perm("archive.publish_speech"):
            return allowed
        return not obj.speeches.filter(state=State.PUBLISHED).exists()

    @admin.display(description=_("域名"))
    def domain_list(self, source: Source) -> str:
        """Show the domains on one line."""
        return "、".join(source.domains)

    @admin.display(description=_("已发布"), ordering="published_count")
    def published(self, source: Source) -> str:
        """Link to the materials at the desk."""
        address = reverse("admin:archive_speech_changelist")
        count = getattr(source, "published_count", 0)
        return format_html('<a href="{}?source__id__exact={}">{}</a>', address, source.pk, count)
