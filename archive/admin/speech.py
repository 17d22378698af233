"""Speeches at the editors' desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from archive.admin.batch import to_be_saved
from archive.admin.desk import UploadDesk, user_of
from archive.admin.filters import YearFilter
from archive.admin.forms import SpeechForm
from archive.admin.guard import GuardedAdmin
from archive.admin.history import evidence_rows, removed_rows, versions_of
from archive.admin.proposals import PendingFilter, waiting
from archive.admin.versions import VersionDesk
from archive.models import Speech, SpeechVersion, State
from archive.models.speech import BY_EDITOR, VERSIONED
from archive.proposals import must_wait
from search.engine import keys
from search.errors import IndexUnavailable
from search.results import SearchRequest
from search.templatetags.search import number

EVERY_STATE = {"state": tuple(State.values)}
SEARCH_LIMIT = 1000
PRECISIONS = {
    "unknown": _("不详"),
    "year": _("到年"),
    "month": _("到月"),
    "day": _("到日"),
    "second": _("到秒"),
}
CHANGED_MEANWHILE = _("没有执行：你打开这一页之后有人改过它。这是现在的样子，请看过再操作。")


def _moment(written: str) -> datetime | None:
    """Return the moment that a page carries, None if it carries none."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if timezone.is_aware(moment) else None


def html_of(text: str) -> str:
    """Return plain paragraphs for a text that an editor has changed."""
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n"))


@admin.register(Speech)
class SpeechAdmin(UploadDesk, VersionDesk, GuardedAdmin):
    """List, search, correct, publish, take down. Deleting means the trash."""

    form = SpeechForm
    change_form_template = "admin/archive/speech/change_form.html"
    change_list_template = "admin/archive/speech/change_list.html"
    list_display = ("name", "source", "type", "dated", "condition", "length", "touched")
    list_filter = (
        "state",
        "type",
        YearFilter,
        ("source", admin.RelatedOnlyFieldListFilter),
        PendingFilter,
    )
    list_per_page = 50
    search_fields = ("title", "text")
    search_help_text = _("与站内检索同一语法，含未发布的材料。")
    ordering = ("-pk",)
    actions = ("publish", "withdraw", "take_down", "trash", "restore", "delete_selected")
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Speech]:
        """Leave the long columns in the database where a list is shown."""
        speeches = Speech.objects.select_related("source")
        match = request.resolver_match
        if match and match.url_name == "archive_speech_changelist":
            speeches = speeches.light().annotate(has_pending=Exists(waiting()))
        return speeches.order_by(*self.ordering)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Call the list by what it lists."""
        context = {
            "title": self.opts.verbose_name_plural,
            "listed_at": timezone.now().isoformat(),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Speech], search_term: str
    ) -> tuple[QuerySet[Speech], bool]:
        """Search as visitors do, but in every state; without an index look in the database."""
        if not search_term.strip():
            return queryset, False
        try:
            found = keys(SearchRequest(search_term, scope=EVERY_STATE), SEARCH_LIMIT)
        except IndexUnavailable:
            said = gettext("索引暂不可用，本次按字面在数据库中查找。")
            self.message_user(request, said, messages.WARNING)
            literal = Q(title__icontains=search_term) | Q(text__icontains=search_term)
            return queryset.filter(literal), False
        if len(found) == SEARCH_LIMIT:
            said = gettext("结果很多，只列出最相关的 %(count)s 份。") % {"count": SEARCH_LIMIT}
            self.message_user(request, said, messages.INFO)
        return queryset.filter(pk__in=found), False

    # What the list shows.

    @admin.display(description=_("标题"), ordering="title")
    def name(self, speech: Speech) -> str:
        """Show the title, and why it waits if it does."""
        notes = [gettext("待审：%(reason)s") % {"reason": speech.held_reason}] * bool(
            speech.held_reason
        )
        notes += [gettext("有改动待批准")] * getattr(speech, "has_pending", False)
        marks = format_html_join("", ' <span class="held">{}</span>', ((note,) for note in notes))
        return format_html("{}{}", speech.title, marks)

    @admin.display(description=_("日期"), ordering="date")
    def dated(self, speech: Speech) -> str:
        """Show the date with its precision."""
        precision = PRECISIONS[speech.date.precision]
        if not speech.date:
            return format_html('<span class="quiet">{}</span>', precision)
        return format_html(
            '<span class="whole">{}</span> <span class="quiet">{}</span>',
            str(speech.date).replace("T", " "),
            precision,
        )

    @admin.display(description=_("状态"), ordering="state")
    def condition(self, speech: Speech) -> str:
        """Show the state by word and by colour."""
        return format_html(
            '<span class="state state-{}">{}</span>', speech.state, speech.get_state_display()
        )

    @admin.display(description=_("字符数"), ordering="char_count")
    def length(self, speech: Speech) -> str:
        """Show the length; on a phone, where no column says what it is, with its unit."""
        unit = gettext("字")
        return format_html('{} <span class="unit">{}</span>', number(speech.char_count), unit)

    @admin.display(description=_("更新"), ordering="updated_at")
    def touched(self, speech: Speech) -> str:
        """Show the day of the last change."""
        return f"{timezone.localtime(speech.updated_at):%Y-%m-%d}"

    # Who may do what.

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Whether the user may change who sees a speech."""
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

    # Many at once.

    def _move(self, request: HttpRequest, speeches: QuerySet[Speech], state: State) -> None:
        """Give speeches a state, log it for each, and say what was done and what was not.

        What was changed after the list was opened stays as it is: nobody has seen it there.
        """
        if since := _moment(request.POST.get("listed_at", "")):
            unseen = speeches.filter(updated_at__gt=since).count()
            speeches = speeches.exclude(updated_at__gt=since)
            if unseen:
                said = gettext("%(count)s 份在你打开列表之后被改过，没有动；请看过再操作。")
                self.message_user(request, said % {"count": unseen}, messages.WARNING)
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
        said = gettext("%(count)s 份改为“%(state)s”。") % {
            "count": len(moved),
            "state": state.label,
        }
        self.message_user(request, said, messages.SUCCESS if moved else messages.WARNING)
        if held:
            said = gettext("%(count)s 份待审，未发布；请逐份打开，核对后发布。") % {"count": held}
            self.message_user(request, said, messages.WARNING)

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
        """Move to the trash."""
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

    # One speech.

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of the desk to Django's own."""
        own = [
            path(
                "<int:pk>/move/",
                self.admin_site.admin_view(self.move_view),
                name="archive_speech_move",
            ),
            path(
                "<int:pk>/original/",
                self.admin_site.admin_view(self.original_view),
                name="archive_speech_original",
            ),
        ]
        return own + super().get_urls()

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

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give one speech the state that the button says."""
        speech = self._speech(request, pk)
        if not self.has_publish_permission(request):
            raise PermissionDenied
        state = request.POST.get("to")
        if request.method != "POST" or state not in (State.TRASH, State.DRAFT):
            return HttpResponseBadRequest()
        if "state" in self.changed_since(request, speech):
            self.message_user(request, str(CHANGED_MEANWHILE), messages.WARNING)
            return redirect("admin:archive_speech_change", pk)
        self._move(request, Speech.objects.filter(pk=speech.pk), State(state))
        return redirect("admin:archive_speech_changelist")

    def original_view(self, request: HttpRequest, pk: int) -> FileResponse:
        """Send the original file."""
        speech = self._speech(request, pk)
        if speech.original is None:
            raise Http404
        return to_be_saved(speech.original)

    def _speech(self, request: HttpRequest, pk: int) -> Speech:
        speech = get_object_or_404(Speech.objects.select_related("original"), pk=pk)
        if not self.has_view_permission(request, speech):
            raise PermissionDenied
        return speech

    def save_model(self, request: HttpRequest, obj: Any, form: SpeechForm, change: bool) -> None:
        """Save, keeping what it was before and noting which values are an editor's.

        Of who may not publish, what would change a published speech is only proposed.
        """
        current = Speech.objects.select_for_update().get(pk=obj.pk) if change else None
        before = current.snapshot() if current else {}
        obj.derive()
        after = obj.snapshot()
        changed = {column for column in VERSIONED if before.get(column) != after[column]}
        if change and not changed:
            return
        obj.mark_by_hand(changed & BY_EDITOR, request.user.get_username())
        if "text" in changed:
            obj.html = html_of(obj.text)
        if current and must_wait(current, user_of(request)):
            reason, values = gettext("人工修改"), obj.snapshot()
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
