"""Changes that wait for consent at the desk: shown with what they would change, taken over or refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseNotAllowed,
)
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext, gettext_lazy

from archive.admin.desk import user_of
from archive.admin.difference import Piece, pieces
from archive.admin.history import QUIET, label_of, labels_of, shown
from archive.models import Speech, SpeechVersion
from archive.models.speech import VERSIONED
from archive.proposals import accept, propose, refuse


@dataclass(frozen=True)
class Proposed:
    """One column that would change."""

    label: str
    pieces: list[Piece]


@dataclass(frozen=True)
class ProposalRow:
    """A change that waits, beside what the speech holds now; `own` is the reader's own."""

    version: SpeechVersion
    changes: list[Proposed]
    since: bool
    own: bool


def waiting() -> QuerySet[SpeechVersion]:
    """Return the changes that wait, for a query about speeches."""
    return SpeechVersion.objects.filter(speech=OuterRef("pk"), pending=True)


class PendingFilter(admin.SimpleListFilter):
    """Speeches of which a change waits."""

    title = gettext_lazy("待批准的改动")
    parameter_name = "pending"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer one choice: a change waits."""
        return [("yes", gettext("有"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the speeches of which a change waits, if that was chosen, else all."""
        return queryset.filter(Exists(waiting())) if self.value() == "yes" else queryset


class ProposalDesk(admin.ModelAdmin):
    """The part of the speeches' admin in which changes wait."""

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the buttons."""
        own = path(
            "<int:pk>/proposal/<int:version>/",
            self.admin_site.admin_view(self.proposal_view),
            name="archive_speech_proposal",
        )
        return [own, *super().get_urls()]

    def propose(
        self,
        request: HttpRequest,
        speech: Speech,
        values: dict[str, Any],
        *,
        reason: str,
        original: Any,
    ) -> None:
        """Keep a change to be agreed to, and say so."""
        user = user_of(request)
        version = propose(speech, values, user, reason=reason, original=original)
        if version is None:
            self.message_user(request, gettext("与现在的内容没有差别，没有改动。"), messages.INFO)
            return
        names = labels_of(version.values.keys() - {"provenance"})
        message = gettext("已发布的内容未动。你的改动（%(names)s）已提交，等有发布权限的人批准。")
        self.message_user(request, message % {"names": names}, messages.WARNING)
        self.log_change(request, speech, gettext("提交改动待批准：%(names)s") % {"names": names})

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Log a change, unless it was only proposed: `propose` has logged that."""
        return None if _is_proposed(obj) else super().log_change(request, obj, message)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Say what was saved and where to go on; `propose` has said what was only proposed."""
        if not _is_proposed(obj):
            return super().response_change(request, obj)
        return redirect("admin:archive_speech_change", obj.pk)

    def proposals_of(self, request: HttpRequest, speech: Speech) -> list[ProposalRow]:
        """Return the changes that wait, the earliest first."""
        rows = speech.versions.filter(pending=True).select_related("changed_by").order_by("pk")
        if not rows:
            return []
        now = speech.version_values()
        latest = speech.versions.filter(taken=True).values_list("pk", flat=True).first() or 0
        return [
            ProposalRow(
                row, _changes(now, row.values), latest > row.pk, row.changed_by == request.user
            )
            for row in rows
        ]

    def proposal_view(self, request: HttpRequest, pk: int, version: int) -> HttpResponse:
        """Take a change over or refuse it; who proposed it may take it back."""
        speech = get_object_or_404(Speech, pk=pk)
        if not self.has_view_permission(request, speech):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        chosen = get_object_or_404(speech.versions, pk=version)
        decision = request.POST.get("decision")
        if decision not in ("accept", "refuse"):
            return HttpResponseBadRequest()
        decides = self.has_change_permission(request, speech) and request.user.has_perm(
            "archive.publish_speech"
        )
        if not decides and (decision == "accept" or chosen.changed_by != request.user):
            raise PermissionDenied
        try:
            message = self._accept_or_refuse(request, chosen, decision)
        except SpeechVersion.DoesNotExist:
            self.message_user(request, gettext("这项改动已经处理过了。"), messages.INFO)
        except ValueError:
            message = gettext("这个版本没有正文；已发布的材料不能没有正文。")
            self.message_user(request, message, messages.ERROR)
        else:
            self.log_change(request, speech, message)
            self.message_user(request, message, messages.SUCCESS)
        return redirect("admin:archive_speech_change", pk)

    def _accept_or_refuse(self, request: HttpRequest, version: SpeechVersion, decision: str) -> str:
        names = labels_of(version.values.keys() - {"provenance"})
        if decision == "accept":
            accept(version, user_of(request))
            return gettext("已采纳改动：%(names)s。") % {"names": names}
        refuse(version, user_of(request))
        return gettext("未采纳改动：%(names)s。") % {"names": names}


def _is_proposed(obj: Any) -> bool:
    """Say whether the form's object was not saved but proposed."""
    return getattr(obj, "is_proposed", False)


def _changes(now: dict[str, Any], values: dict[str, Any]) -> list[Proposed]:
    return [
        Proposed(label_of(name), pieces(_written(name, now[name]), _written(name, values[name])))
        for name in VERSIONED
        if name in values and name not in QUIET and now[name] != values[name]
    ]


def _written(name: str, value: Any) -> str:
    return "" if value in (None, "", []) else shown(name, value)
