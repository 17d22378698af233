"""The list of speeches at the desk: what it shows, and how it is searched."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Exists, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from archive.admin.filters import YearFilter
from archive.admin.proposals import PendingFilter, waiting
from archive.models import Speech, State
from search import SearchRequest, keys
from search.errors import IndexUnavailable

EVERY_STATE = {"state": tuple(State.values)}
SEARCH_LIMIT = 1000
PRECISIONS = {
    "unknown": _("不详"),
    "year": _("到年"),
    "month": _("到月"),
    "day": _("到日"),
    "second": _("到秒"),
}


class SpeechList(admin.ModelAdmin):
    """The part of the speeches' admin that lists them, in every state."""

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
            message = gettext("索引暂不可用，本次按字面在数据库中查找。")
            self.message_user(request, message, messages.WARNING)
            literal = Q(title__icontains=search_term) | Q(text__icontains=search_term)
            return queryset.filter(literal), False
        if len(found) == SEARCH_LIMIT:
            message = gettext("结果很多，只列出最相关的 %(count)s 份。") % {"count": SEARCH_LIMIT}
            self.message_user(request, message, messages.INFO)
        return queryset.filter(pk__in=found), False

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
        return format_html(
            '{} <span class="unit">{}</span>', intcomma(speech.char_count, use_l10n=False), unit
        )

    @admin.display(description=_("更新"), ordering="updated_at")
    def touched(self, speech: Speech) -> str:
        """Show the day of the last change."""
        return f"{timezone.localtime(speech.updated_at):%Y-%m-%d}"
