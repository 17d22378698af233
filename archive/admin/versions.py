"""Earlier versions of a speech at the desk: one click brings one back."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext

from archive.admin.desk import user_of
from archive.admin.guard import GuardedAdmin
from archive.admin.history import labels_of, moment_of
from archive.admin.proposals import ProposalDesk
from archive.models import Speech
from archive.proposals import must_wait
from archive.revert import revert


class VersionDesk(ProposalDesk, GuardedAdmin):
    """The part of the speeches' admin that goes back to an earlier version."""

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the button."""
        own = path(
            "<int:pk>/revert/<int:version>/",
            self.admin_site.admin_view(self.revert_view),
            name="archive_speech_revert",
        )
        return [own, *super().get_urls()]

    def revert_view(self, request: HttpRequest, pk: int, version: int) -> HttpResponse:
        """Bring an earlier version of one speech back, and say what that changed."""
        speech = get_object_or_404(Speech, pk=pk)
        if not self.has_change_permission(request, speech):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        chosen = get_object_or_404(speech.versions, pk=version, pending=False)
        if self.changed_since(request, speech):
            message = gettext(
                "没有恢复：你打开这一页之后有人改过它。这是现在的样子，请看过再操作。"
            )
            self.message_user(request, message, messages.WARNING)
            return redirect("admin:archive_speech_change", pk)
        if must_wait(speech, user_of(request)):
            reason = gettext("恢复旧版本")
            self.propose(request, speech, chosen.values, reason=reason, original=chosen.original)
            return redirect("admin:archive_speech_change", pk)
        try:
            changed = revert(chosen, user_of(request))
        except ValueError:
            message = gettext("这个版本没有正文；已发布的材料不能没有正文。")
            self.message_user(request, message, messages.ERROR)
            return redirect("admin:archive_speech_change", pk)
        if changed:
            message = gettext(
                "已恢复 %(time)s 的版本（%(names)s）。恢复前的内容存为一个旧版本。"
            ) % {
                "time": moment_of(chosen),
                "names": labels_of(changed),
            }
            self.log_change(request, speech, message)
            self.message_user(request, message, messages.SUCCESS)
        else:
            message = gettext("这个版本与现在的内容没有差别，没有改动。")
            self.message_user(request, message, messages.INFO)
        return redirect("admin:archive_speech_change", pk)
