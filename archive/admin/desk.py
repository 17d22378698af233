"""The upload desk: files in, what was understood of each, corrections, confirmation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from time import monotonic
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, TooManyFilesSent
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from archive.admin.forms import ItemForm, UploadForm
from archive.admin.history import EvidenceRow, RemovedRows, evidence_rows, removed_rows
from archive.ingest.errors import IngestError
from archive.ingest.store.duplicates import unread
from archive.ingest.store.look_alikes import LookAlike, look_alikes
from archive.ingest.store.speeches import provenance_of, record
from archive.ingest.upload import Choice, Preview, confirm, discard, preview, stage
from archive.models import ItemStatus, Source, UploadBatch, UploadItem
from archive.models.speech import HEAVY, length_of
from search.sync.follow import follow
from search.sync.outbox import deferred

MAX_REQUEST = 200 * 2**20  # bytes of one upload, all files together
PAGE_ITEMS = 10
PAGE_RESULTS = 100
PAGE_SOURCES = 1000
PAGE_TEXT = 20_000  # characters of the text of one item
PATIENCE = 20.0  # seconds that one request may store items for


def user_of(request: HttpRequest) -> User:
    """Return who is at the desk; the admin has let in nobody without an account."""
    return cast(User, request.user)


@dataclass(frozen=True)
class Card:
    """One waiting item as the page shows it."""

    form: ItemForm
    shown: Preview
    count: int
    evidence: list[EvidenceRow]
    removed: RemovedRows
    alike: tuple[LookAlike, ...]

    @property
    def text(self) -> str:
        """The beginning of the cleaned text."""
        return self.shown.draft.text[:PAGE_TEXT]

    @property
    def text_left(self) -> int:
        """How many characters of it are not shown."""
        return len(self.shown.draft.text) - len(self.text)


class UploadDesk(admin.ModelAdmin):
    """The part of the speeches' admin that takes files in."""

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of the upload desk."""
        wrap = self.admin_site.admin_view
        own = [
            path("upload/", wrap(self.upload_view), name="archive_speech_upload"),
            path("upload/<int:pk>/", wrap(self.staged_view), name="archive_speech_staged"),
        ]
        return own + super().get_urls()

    @method_decorator(csrf_exempt)
    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """Take files in.

        Django looks for the token in the body, and so reads all of it, before any view runs; here
        the size comes first, then the token.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_REQUEST:
            message = _("一次上传的文件合计不能超过 %(size)s MB。") % {"size": MAX_REQUEST >> 20}
            return self._upload_page(request, UploadForm(), [("", message)], status=413)
        try:
            return csrf_protect(self._upload)(request)
        except TooManyFilesSent:
            message = _("一次选的文件太多了；请打成一个 .zip。")
            return self._upload_page(request, UploadForm(), [("", message)], status=413)

    def _upload(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self._upload_page(request, UploadForm())
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._upload_page(request, form)
        files = [(file.name, file.file) for file in form.cleaned_data["documents"]]
        staged = stage(
            files, user_of(request), form.cleaned_data["source"], form.cleaned_data["type"]
        )
        if staged.batch is None:
            return self._upload_page(request, form, staged.refused)
        return redirect("admin:archive_speech_staged", pk=staged.batch.pk)

    def _upload_page(
        self,
        request: HttpRequest,
        form: UploadForm,
        refused: Iterable[tuple[str, str]] = (),
        status: int = 200,
    ) -> HttpResponse:
        context = {"title": _("上传文件"), "form": form, "refused": refused}
        return self._page(request, "upload", context, status)

    def staged_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what waits in a batch, ten at a time, and confirm it; at last what became of it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        batch = get_object_or_404(UploadBatch.objects.select_related("source"), pk=pk)
        items = batch.items.select_related("original", "batch__source")
        waiting = items.filter(status=ItemStatus.WAITING)
        if request.method == "POST":
            return self._decide(request, batch, waiting)
        page = Paginator(waiting, PAGE_ITEMS).get_page(request.GET.get("page"))
        cards = [card for item in page if (card := _card(item))]
        if cards:
            return self._preview_page(request, batch, page, cards)
        return self._result_page(request, batch)

    def _decide(
        self, request: HttpRequest, batch: UploadBatch, waiting: QuerySet[UploadItem]
    ) -> HttpResponse:
        publish = "_publish" in request.POST or "_all_publish" in request.POST
        if publish and not request.user.has_perm("archive.publish_speech"):
            raise PermissionDenied
        choices: dict[UploadItem, Choice | None]
        if "_discard" in request.POST:
            discard(batch, waiting)
            choices = {}
        elif "_all" in request.POST or "_all_publish" in request.POST:
            choices = dict.fromkeys(waiting)
        else:
            shown = waiting.filter(pk__in=_keys(request.POST.getlist("item")))
            cards = [card for item in shown if (card := _card(item, request.POST))]
            if not all(card.form.is_valid() for card in cards):
                page = Paginator(shown, PAGE_ITEMS).get_page(1)
                return self._preview_page(request, batch, page, cards)
            choices = {card.shown.item: card.form.choice() for card in cards}
        self._confirm(request, choices, publish)
        return redirect("admin:archive_speech_staged", pk=batch.pk)

    def _confirm(
        self, request: HttpRequest, choices: Mapping[UploadItem, Choice | None], publish: bool
    ) -> None:
        """Store one item after the other, for as long as a request may last."""
        counts: Counter[str] = Counter()
        until = monotonic() + PATIENCE
        with deferred():
            for item, choice in choices.items():
                outcome = confirm(item, user_of(request), choice, publish=publish)
                counts[str(outcome.status.label)] += 1
                if monotonic() > until:
                    break
        follow()
        message = " · ".join(f"{label} {count}" for label, count in counts.items())
        if message:
            self.message_user(request, message, messages.SUCCESS)
        if counts.total() < len(choices):
            message = _("其余 %(count)s 份还在等待，请再点一次。") % {
                "count": len(choices) - counts.total()
            }
            self.message_user(request, message, messages.WARNING)

    def _preview_page(
        self, request: HttpRequest, batch: UploadBatch, page: Page[UploadItem], cards: list[Card]
    ) -> HttpResponse:
        context = {
            "title": _("核对上传"),
            "batch": batch,
            "page": page,
            "cards": cards,
            "has_errors": any(card.form.errors for card in cards),
            "refused": batch.items.filter(status=ItemStatus.FAILED),
            "held": batch.items.filter(status=ItemStatus.HELD, speech=None),
            "sources": Source.objects.order_by("name").values_list("name", flat=True)[
                :PAGE_SOURCES
            ],
            "may_publish": request.user.has_perm("archive.publish_speech"),
        }
        return self._page(request, "preview", context)

    def _result_page(self, request: HttpRequest, batch: UploadBatch) -> HttpResponse:
        items = batch.items.exclude(status=ItemStatus.WAITING).select_related("speech__source")
        light = items.defer(*(f"speech__{column}" for column in HEAVY))
        page = Paginator(light, PAGE_RESULTS).get_page(request.GET.get("page"))
        return self._page(request, "result", {"title": _("上传结果"), "batch": batch, "page": page})

    def _page(
        self, request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/archive/speech/{name}.html", whole, status=status)


def _card(item: UploadItem, data: Any = None) -> Card | None:
    """Return what the page shows of an item; None, and recorded, if it cannot be read any more."""
    try:
        shown = preview(item)
    except IngestError as error:
        record(item, unread(error))
        return None
    draft = shown.draft
    known = shown.verdict.speech
    alike = look_alikes(draft, known.pk if known else None)
    return Card(
        form=ItemForm(shown, alike, data),
        shown=shown,
        count=length_of(draft.text),
        evidence=evidence_rows(provenance_of(draft)),
        removed=removed_rows([asdict(span) for span in draft.removed]),
        alike=alike,
    )


def _keys(values: Iterable[str]) -> list[int]:
    return [int(value) for value in values if value.isdecimal() and len(value) < 19]
