"""What came in and what became of it: to be read, not changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from archive.models import ItemStatus, Original, UploadBatch, UploadItem
from archive.models.speech import HEAVY


def to_be_saved(original: Original) -> FileResponse:
    """Send an original file to be saved: never as a page, it may hold anything."""
    return FileResponse(
        original.open(),
        as_attachment=True,
        filename=original.name,
        content_type="application/octet-stream",
    )


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that the archive writes itself: they can be looked at, not changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say that nobody adds them by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say that nobody changes them by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say that nobody deletes them by hand."""
        return False


@admin.register(UploadBatch)
class BatchAdmin(ReadOnlyAdmin):
    """Uploads and imports, with the outcomes counted."""

    list_display = ("name", "created_by", "created_at", "finished_at", "outcomes")
    list_filter = ("created_at",)
    fields = ("label", "created_by", "created_at", "finished_at", "source", "type", "outcomes")

    def get_queryset(self, request: HttpRequest) -> QuerySet[UploadBatch]:
        """Count the items of every outcome in the same query."""
        counts = {
            f"{status}_count": Count("items", filter=Q(items__status=status))
            for status in ItemStatus
        }
        return super().get_queryset(request).select_related("created_by").annotate(**counts)

    @admin.display(description=_("批次"))
    def name(self, batch: UploadBatch) -> str:
        """Show the label, or the number where there is none."""
        return str(batch)

    @admin.display(description=_("结果"))
    def outcomes(self, batch: UploadBatch) -> SafeString:
        """Count every outcome that there is, linked to its items; what waits, to the preview."""
        items = reverse("admin:archive_uploaditem_changelist")
        preview = reverse("admin:archive_speech_staged", args=[batch.pk])
        counts = ((status, getattr(batch, f"{status}_count")) for status in ItemStatus)
        return format_html_join(
            " · ",
            '<a href="{}">{} {}</a>',
            (
                (
                    preview
                    if status == ItemStatus.WAITING
                    else f"{items}?batch__id__exact={batch.pk}&status__exact={status}",
                    status.label,
                    count,
                )
                for status, count in counts
                if count
            ),
        )


@admin.register(UploadItem)
class ItemAdmin(ReadOnlyAdmin):
    """The items of all batches: what became of each file."""

    list_display = ("name", "batch", "status", "message", "material")
    list_filter = ("status",)
    list_select_related = ("batch", "speech")
    search_fields = ("name", "reason")
    fields = ("name", "batch", "status", "message", "material", "original")

    def get_urls(self) -> list[URLPattern]:
        """Add the address of an item's original."""
        view = self.admin_site.admin_view(self.original_view)
        return [
            path("<int:pk>/original/", view, name="archive_uploaditem_original"),
            *super().get_urls(),
        ]

    def original_view(self, request: HttpRequest, pk: int) -> FileResponse:
        """Send the original of an item to those who upload or look after uploads."""
        may_upload = request.user.has_perm("archive.add_speech")
        if not (may_upload or self.has_view_permission(request)):
            raise PermissionDenied
        item = get_object_or_404(UploadItem.objects.select_related("original"), pk=pk)
        if item.original is None:
            raise Http404
        return to_be_saved(item.original)

    def get_queryset(self, request: HttpRequest) -> QuerySet[UploadItem]:
        """Return the items, newest batch first, without the long texts of their speeches."""
        items = super().get_queryset(request).order_by("-batch", "pk")
        return items.defer(*(f"speech__{column}" for column in HEAVY))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow the filter by batch, which the links from a batch use."""
        return lookup == "batch__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("说明"))
    def message(self, item: UploadItem) -> str:
        """Show why the item became that, in the reader's language where that can be."""
        return item.message

    @admin.display(description=_("材料"))
    def material(self, item: UploadItem) -> str:
        """Link to what the item became or was found to be, or to its original where that is all."""
        if item.is_only_held:
            address = reverse("admin:archive_uploaditem_original", args=[item.pk])
            return format_html('<a href="{}">{}</a>', address, _("下载原始文件"))
        if item.speech is None:
            return "—"
        address = reverse("admin:archive_speech_change", args=[item.speech.pk])
        return format_html('<a href="{}">#{} {}</a>', address, item.speech.pk, item.speech)
