"""Where materials come from: one row a site."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from search.sync.outbox import note_changes


class SourceQuerySet(models.QuerySet["Source"]):
    """Questions about sources."""

    def published(self) -> SourceQuerySet:
        """Those that visitors may know of: something of theirs is published."""
        speeches = apps.get_model("archive", "Speech").objects.published()
        return self.filter(models.Exists(speeches.filter(source=models.OuterRef("pk"))))

    def with_counts(self) -> SourceQuerySet:
        """Add `published_count`: how many published speeches each source has."""
        return self.annotate(
            published_count=models.Count("speeches", filter=models.Q(speeches__state="published"))
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
