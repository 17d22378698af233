"""Who sees a speech: published, taken back, taken down, put into the trash, deleted for good."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from archive.admin.desk import user_of
from archive.admin.guard import GuardedAdmin
from archive.models import Speech, State

CHANGED_MEANWHILE = _("没有执行：你打开这一页之后有人改过它。这是现在的样子，请看过再操作。")


class StateDesk(GuardedAdmin):
    """The part of the speeches' admin that changes their states, of many in the list or of one."""

    actions = ("publish", "withdraw", "take_down", "trash", "restore", "delete_selected")

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the buttons."""
        own = path(
            "<int:pk>/move/",
            self.admin_site.admin_view(self.move_view),
            name="archive_speech_move",
        )
        return [own, *super().get_urls()]

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Say whether the user may change who sees a speech."""
        return request.user.has_perm("archive.publish_speech")

    def has_delete_permission(self, request: HttpRequest, obj: Speech | None = None) -> bool:
        """Only an administrator deletes for good, and only from the trash."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or obj.state == State.TRASH)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Speech | None = None
    ) -> tuple[str, ...]:
        """Leave the state to those who may publish."""
        return () if self.has_publish_permission(request) else ("state",)

    def _move(self, request: HttpRequest, speeches: QuerySet[Speech], state: State) -> None:
        """Give speeches a state, log it for each, and say what was done and what was not.

        What was changed after the list was opened stays as it is: nobody has seen it there.
        """
        if since := _moment(request.POST.get("listed_at", "")):
            unseen = speeches.filter(updated_at__gt=since).count()
            speeches = speeches.exclude(updated_at__gt=since)
            if unseen:
                message = gettext("%(count)s 份在你打开列表之后被改过，没有动；请看过再操作。")
                self.message_user(request, message % {"count": unseen}, messages.WARNING)
        held = 0
        if state == State.PUBLISHED:
            held = speeches.exclude(state=state).exclude(held_reason="", text__gt="").count()
        moved = Speech.objects.filter(pk__in=speeches.order_by().values("pk")).move_to(state)
        LogEntry.objects.log_actions(
            user_of(request).pk,
            Speech.objects.light().filter(pk__in=moved),
            CHANGE,
            gettext("状态改为“%(state)s”") % {"state": state.label},
        )
        message = gettext("%(count)s 份改为“%(state)s”。") % {
            "count": len(moved),
            "state": state.label,
        }
        self.message_user(request, message, messages.SUCCESS if moved else messages.WARNING)
        if held:
            message = gettext("%(count)s 份待审，未发布；请逐份打开，核对后发布。") % {
                "count": held
            }
            self.message_user(request, message, messages.WARNING)

    @admin.action(permissions=["publish"], description=_("发布"))
    def publish(self, request: HttpRequest, queryset: QuerySet[Speech]) -> None:
        """Publish what is not held for review; what is in the trash is restored first."""
        self._move(request, queryset.exclude(state=State.TRASH), State.PUBLISHED)

    @admin.action(permissions=["publish"], description=_("撤回为草稿"))
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Speech]) -> None:
        """Make drafts of what is not in the trash."""
        self._move(request, queryset.exclude(state=State.TRASH), State.DRAFT)

    @admin.action(permissions=["publish"], description=pgettext_lazy("action", "下架"))
    def take_down(self, request: HttpRequest, queryset: QuerySet[Speech]) -> None:
        """Take down what is not in the trash."""
        self._move(request, queryset.exclude(state=State.TRASH), State.TAKEN_DOWN)

    @admin.action(permissions=["publish"], description=_("移入回收站"))
    def trash(self, request: HttpRequest, queryset: QuerySet[Speech]) -> None:
        """Move the chosen speeches to the trash."""
        self._move(request, queryset, State.TRASH)

    @admin.action(permissions=["publish"], description=_("从回收站恢复为草稿"))
    def restore(self, request: HttpRequest, queryset: QuerySet[Speech]) -> None:
        """Make drafts of what is in the trash."""
        self._move(request, queryset.filter(state=State.TRASH), State.DRAFT)

    @admin.action(permissions=["delete"], description=_("彻底删除（仅限回收站）"))
    def delete_selected(
        self, request: HttpRequest, queryset: QuerySet[Speech]
    ) -> HttpResponse | None:
        """Delete for good what is in the trash, after Django's own question."""
        return delete_selected(self, request, queryset.filter(state=State.TRASH))

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give one speech the state that the button says."""
        speech = get_object_or_404(Speech, pk=pk)
        if not (self.has_view_permission(request, speech) and self.has_publish_permission(request)):
            raise PermissionDenied
        state = request.POST.get("to")
        if request.method != "POST" or state not in (State.TRASH, State.DRAFT):
            return HttpResponseBadRequest()
        if "state" in self.changed_since(request, speech):
            self.message_user(request, str(CHANGED_MEANWHILE), messages.WARNING)
            return redirect("admin:archive_speech_change", pk)
        self._move(request, Speech.objects.filter(pk=speech.pk), State(state))
        return redirect("admin:archive_speech_changelist")


def _moment(written: str) -> datetime | None:
    """Return the moment that a page carries, None if it carries none."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if timezone.is_aware(moment) else None
