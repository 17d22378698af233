"""One speech at the editors' desk: its form, where its values come from, its original file."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.html import escape
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from archive.admin.batch import to_be_saved
from archive.admin.desk import UploadDesk, user_of
from archive.admin.forms import SpeechForm
from archive.admin.history import evidence_rows, removed_rows, versions_of
from archive.admin.listing import SpeechList
from archive.admin.states import StateDesk
from archive.admin.versions import VersionDesk
from archive.models import Speech, SpeechVersion
from archive.models.speech import BY_EDITOR, VERSIONED
from archive.proposals import must_wait


def html_of(text: str) -> str:
    """Return plain paragraphs for a text that an editor has changed."""
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n"))


@admin.register(Speech)
class SpeechAdmin(UploadDesk, VersionDesk, StateDesk, SpeechList):
    """List, search, correct, publish, take down. Deleting means the trash."""

    form = SpeechForm
    change_form_template = "admin/archive/speech/change_form.html"
    save_on_top = True
    view_on_site = False  # only what is published stands there; the template links it
    fieldsets = (
        (None, {"fields": ("title", ("source", "type"), ("date", "state"), "text")}),
        (
            _("来历"),
            {
                "classes": ("collapse",),
                "fields": (
                    "original_url",
                    "source_line",
                    ("author", "site_column"),
                    "site_tags",
                    ("hit_count", "declared_length"),
                ),
            },
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the original file."""
        own = path(
            "<int:pk>/original/",
            self.admin_site.admin_view(self.original_view),
            name="archive_speech_original",
        )
        return [own, *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show what cleaning removed, the evidence and the earlier versions below the form."""
        context: dict[str, Any] = {"may_publish": self.has_publish_permission(request)}
        speech = self.get_object(request, unquote(object_id)) if object_id else None
        if speech:
            context["evidence"] = evidence_rows(speech.provenance)
            context["removed"] = removed_rows(speech.removed)
            earlier = request.GET.get("earlier", "")
            skip = int(earlier) if earlier.isdecimal() and len(earlier) < 9 else 0
            context["versions"] = versions_of(speech, skip)
            context["versions_count"] = speech.versions.filter(pending=False).count()
            context["versions_next"] = skip + len(context["versions"])
            context["proposals"] = self.proposals_of(request, speech)
            context["has_own_proposals"] = any(row.own for row in context["proposals"])
            context["must_wait"] = must_wait(speech, user_of(request))
        context.update(extra_context or {})
        return super().changeform_view(request, object_id, form_url, context)

    def original_view(self, request: HttpRequest, pk: int) -> FileResponse:
        """Send the original file to be saved: never as a page, it may hold anything."""
        speech = get_object_or_404(Speech.objects.select_related("original"), pk=pk)
        if not self.has_view_permission(request, speech):
            raise PermissionDenied
        if speech.original is None:
            raise Http404
        return to_be_saved(speech.original)

    def save_model(self, request: HttpRequest, obj: Any, form: SpeechForm, change: bool) -> None:
        """Save, keeping what it was before and noting which values are an editor's.

        Of who may not publish, what would change a published speech is only proposed.
        """
        current = Speech.objects.select_for_update().get(pk=obj.pk) if change else None
        before = current.version_values() if current else {}
        obj.derive()
        after = obj.version_values()
        changed = {column for column in VERSIONED if before.get(column) != after[column]}
        if change and not changed:
            return
        obj.mark_by_hand(changed & BY_EDITOR, request.user.get_username())
        if "text" in changed:
            obj.html = html_of(obj.text)
        if current and must_wait(current, user_of(request)):
            reason, values = gettext("人工修改"), obj.version_values()
            self.propose(request, current, values, reason=reason, original=current.original)
            obj.is_proposed = True
            return
        if current:
            SpeechVersion.objects.record(
                obj,
                before,
                by=user_of(request),
                reason=gettext("人工修改"),
                original=current.original,
            )
        else:
            super().save_model(request, obj, form, change)
