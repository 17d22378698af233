"""A speech, discussion paper or article as the archive keeps it, and the source it comes from."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from typing import Any

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from archive.ingest.rules import EvidenceRule
from archive.models.fields import PartialDateField
from archive.models.original import Original
from search.sync.outbox import note_changes
from search.text import han
from search.text.dates import PartialDate


class SpeechType(models.TextChoices):
    """Kinds of material. The codes are part of addresses and of the API and never change."""

    SPEECH = "speech", _("讲话稿")
    DISCUSSION = "discussion", _("研讨发言")
    REFLECTION = "reflection", _("心得体会")
    THEORY = "theory", _("理论文章")
    LECTURE = "lecture", _("党课讲稿")
    MOBILISATION = "mobilisation", _("动员部署")
    REPORT = "report", _("汇报总结")
    DOCUMENT = "document", _("公文")
    NEWS = "news", _("新闻报道")
    OTHER = "other", _("其他")


class State(models.TextChoices):
    """Who may see a speech. Only `published` is ever shown to visitors."""

    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("已发布")
    RESTRICTED = "restricted", _("限制")
    TAKEN_DOWN = "taken_down", _("下架")
    TRASH = "trash", _("回收站")


class SourceQuerySet(models.QuerySet["Source"]):
    """Questions about sources."""

    def published(self) -> SourceQuerySet:
        """Return the sources that visitors may know of: something of theirs is published."""
        speeches = Speech.objects.published().filter(source=models.OuterRef("pk"))
        return self.filter(models.Exists(speeches))

    def with_counts(self) -> SourceQuerySet:
        """Add `published_count`: how many published speeches each source has."""
        return self.annotate(
            published_count=models.Count(
                "speeches", filter=models.Q(speeches__state=State.PUBLISHED)
            )
        )

    def for_domain(self, domain: str) -> Source | None:
        """Return the source that lists `domain` (or a parent of it) among its domains, if any."""
        wanted = domain.lower().removeprefix("www.")
        for source in self.exclude(domains=[]).only("pk", "name", "slug", "domains"):
            for known in source.domains:
                bare = known.lower().removeprefix("www.")
                if wanted == bare or wanted.endswith("." + bare):
                    return source
        return None

    def free_slug(self, text: str) -> str:
        """Return a short name made of `text` that no source has yet."""
        stem = slugify(text.replace(".", "-"), allow_unicode=True)[:90] or "source"
        taken = set(self.filter(slug__startswith=stem).values_list("slug", flat=True))
        return next(
            slug
            for slug in (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
            if slug not in taken
        )


class Source(models.Model):
    """A site, a book or an office that materials were collected from."""

    name = models.CharField(_("名称"), max_length=200, unique=True)
    slug = models.SlugField(_("短名"), max_length=100, unique=True, allow_unicode=True)
    domains = models.JSONField(_("域名"), default=list, blank=True)
    home_page = models.URLField(_("首页"), max_length=500, blank=True)
    licence = models.CharField(_("许可或备案号"), max_length=200, blank=True)
    note = models.TextField(_("说明"), blank=True)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("来源")
        verbose_name_plural = pgettext_lazy("plural", "来源")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; the index knows a source by its short name and must follow a new one."""
        with transaction.atomic():
            renamed = Source.objects.filter(pk=self.pk).exclude(slug=self.slug).exists()
            super().save(*args, **kwargs)
            if renamed:
                speeches = self.speeches.order_by()
                note_changes(speeches.model, speeches.values_list("pk", flat=True))

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the source's own page."""
        return reverse("source", args=[self.slug])


HEAVY = ("text", "html", "removed", "provenance")
"""The long columns: where many speeches are listed they stay in the database."""


class SpeechQuerySet(models.QuerySet["Speech"]):
    """Questions about speeches."""

    def published(self) -> SpeechQuerySet:
        """Return the speeches that visitors may see."""
        return self.filter(state=State.PUBLISHED)

    def light(self) -> SpeechQuerySet:
        """Return the speeches without their long columns, as lists show them."""
        return self.defer(*HEAVY).select_related("source")

    def newest(self) -> SpeechQuerySet:
        """Latest date first; those without a date last."""
        return self.order_by("-date", "-pk")

    def oldest(self) -> SpeechQuerySet:
        """Earliest date first; those without a date last."""
        undated = models.ExpressionWrapper(models.Q(date=""), models.BooleanField())
        return self.order_by(undated, "date", "pk")

    def of_period(self, years: Collection[int | None], months: Collection[str]) -> SpeechQuerySet:
        """Those of these years (None: without a date) and, of other years, of these months: 2024-04."""
        wanted = models.Q(year__in=[year for year in years if year is not None])
        if None in years:
            wanted |= models.Q(year=None)
        for month in months:
            wanted |= models.Q(date__startswith=month)
        return self.filter(wanted)

    def move_to(self, state: State) -> list[int]:
        """Give all of these a state and let the index know; return the keys of those that changed.

        What is held for review, or has no text, is not published.
        """
        moving = self.exclude(state=state)
        if state == State.PUBLISHED:
            moving = moving.filter(held_reason="").exclude(text="")
        with transaction.atomic():
            pks = list(moving.order_by("pk").values_list("pk", flat=True))
            for start in range(0, len(pks), 500):  # SQLite bounds the values of a statement
                some = pks[start : start + 500]
                self.model.objects.filter(pk__in=some).update(
                    state=state, updated_at=timezone.now()
                )
                note_changes(self.model, some)
        return pks


class Speech(models.Model):
    """One material.

    `text` is the coordinate system of the archive: clean plain text, paragraphs separated by one
    newline. Quotations, highlights and anchors are (start, end) offsets into it, in characters.
    `removed` lists what cleaning took away, `provenance` where each guessed value came from; both
    are made by `archive.ingest`.
    """

    title = models.CharField(_("标题"), max_length=500)
    source = models.ForeignKey(
        Source, verbose_name=_("来源"), on_delete=models.PROTECT, related_name="speeches"
    )
    type = models.CharField(
        _("类型"), max_length=20, choices=SpeechType.choices, default=SpeechType.OTHER
    )
    date = PartialDateField(_("日期"))
    year = models.SmallIntegerField(_("年份"), null=True, editable=False)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAFT)
    held_reason = models.CharField(_("待审原因"), max_length=200, blank=True)

    original_url = models.URLField(_("原文网址"), max_length=1000, blank=True)
    # What a table that it came from calls it; with the source it makes a row's identity.
    external_id = models.CharField(_("原编号"), max_length=300, blank=True, editable=False)
    source_line = models.CharField(_("来源行"), max_length=500, blank=True)
    site_column = models.CharField(_("站点栏目"), max_length=200, blank=True)
    site_tags = models.JSONField(_("站点标签"), default=list, blank=True)
    author = models.CharField(_("作者或单位"), max_length=200, blank=True)
    hit_count = models.PositiveBigIntegerField(_("站点点击数"), null=True, blank=True)
    declared_length = models.PositiveIntegerField(_("标明字数"), null=True, blank=True)

    text = models.TextField(_("正文"))
    html = models.TextField(_("净化后的 HTML"), blank=True)
    char_count = models.PositiveIntegerField(_("字符数"), default=0, editable=False)
    han_count = models.PositiveIntegerField(_("汉字数"), default=0, editable=False)
    text_sha256 = models.CharField(_("正文摘要"), max_length=64, editable=False, db_index=True)
    removed = models.JSONField(_("清除记录"), default=list, blank=True, editable=False)
    provenance = models.JSONField(_("取值依据"), default=dict, blank=True, editable=False)
    original = models.ForeignKey(
        Original,
        verbose_name=_("原始文件"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="speeches",
        editable=False,
    )
    created_at = models.DateTimeField(_("收录时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    objects = SpeechQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-pk"]
        verbose_name = _("材料")
        verbose_name_plural = pgettext_lazy("plural", "材料")
        permissions = [("publish_speech", _("发布、撤下或移入回收站"))]
        indexes = [
            models.Index(fields=["state", "-date", "-id"], name="speech_state_date"),
            models.Index(fields=["source", "state", "-date"], name="speech_source_state_date"),
            models.Index(fields=["original_url"], name="speech_original_url"),
            models.Index(fields=["source", "external_id"], name="speech_source_external_id"),
            # Covers `archive.public.statistics.tally`, which would else read through every text.
            models.Index(
                fields=["state", "source", "type", "year", "char_count"], name="speech_statistics"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(type__in=SpeechType.values), name="speech_type_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=State.values), name="speech_state_known"
            ),
            models.CheckConstraint(condition=~models.Q(title=""), name="speech_has_title"),
            models.CheckConstraint(
                condition=~models.Q(text="") | ~models.Q(state="published"),
                name="speech_published_has_text",
            ),
            models.CheckConstraint(
                condition=models.Q(held_reason="") | ~models.Q(state="published"),
                name="speech_held_is_not_published",
            ),
            models.CheckConstraint(
                condition=models.Q(date="", year__isnull=True)
                # Said in full: a comparison with NULL is unknown, and CHECK lets the unknown pass.
                | (~models.Q(date="") & models.Q(year__isnull=False, year__gte=1)),
                name="speech_year_goes_with_date",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the derived columns (year, counts, digest) made to agree with the rest.

        In one transaction with the note that the index must follow, which a signal writes.
        """
        self.derive()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "year", "updated_at"} | (
                {"char_count", "han_count", "text_sha256"}
                if "text" in kwargs["update_fields"]
                else set()
            )
        with transaction.atomic():
            super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """Return the permanent address."""
        return reverse("speech", args=[self.pk])

    @property
    def type_label(self) -> str:
        """What the type is called; `get_type_display` translates the names of all types to find one."""
        return str(SpeechType(self.type).label) if self.type in SpeechType else self.type

    def derive(self) -> None:
        """Set the columns that follow from others; bulk operations call this themselves."""
        self.year = PartialDate(str(self.date)).year
        # In ASCII, so that 1,000 characters fit a row of PostgreSQL's index (2,704 bytes).
        self.original_url = iri_to_uri(self.original_url)
        if "text" in self.get_deferred_fields():
            return
        self.char_count = length_of(self.text)
        self.han_count = han.count(self.text)
        self.text_sha256 = digest_of(self.text)

    def by_hand(self) -> set[str]:
        """Name the columns that an editor corrected: an import does not overwrite them."""
        return {
            column
            for column, found in self.provenance.items()
            if found.get("rule") == EvidenceRule.BY_HAND
        }

    def mark_by_hand(self, columns: Iterable[str], editor: str) -> None:
        """Note that an editor set these columns."""
        found = {"rule": EvidenceRule.BY_HAND.value, "text": editor, "guessed": False}
        self.provenance = {**self.provenance, **dict.fromkeys(columns, found)}

    def version_values(self) -> dict[str, Any]:
        """Return every value that an editor or an import may change, as JSON can hold it."""
        values = {name: getattr(self, name) for name in VERSIONED}
        return values | {"date": str(self.date), "source": self.source_id}


VERSIONED = (
    "title",
    "source",
    "type",
    "date",
    "state",
    "held_reason",
    "original_url",
    "source_line",
    "site_column",
    "site_tags",
    "author",
    "hit_count",
    "declared_length",
    "text",
    "html",
    "removed",
    "provenance",
)
BY_EDITOR = frozenset(VERSIONED) - {"state", "held_reason", "html", "removed", "provenance"}


def length_of(text: str) -> int:
    """Return how long a text is (字数): its characters but blanks and line breaks."""
    return sum(map(len, text.split()))


def digest_of(text: str) -> str:
    """Return the digest by which equal texts are known."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
