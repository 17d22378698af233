"""The site map for search engines: fixed pages, sources, materials."""

from __future__ import annotations

import datetime as dt

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from archive.models import Source, Speech


class PageSitemap(Sitemap):
    """The fixed pages."""

    def items(self) -> list[str]:
        """Return the names of their addresses."""
        return ["home", "sources", "about", "help"]

    def location(self, item: str) -> str:
        """Return the address with that name."""
        return reverse(item)


class SourceSitemap(Sitemap):
    """Sources that have something published."""

    def items(self) -> QuerySet[Source]:
        """Return the sources in a stable order."""
        return Source.objects.published().order_by("pk")


class SpeechSitemap(Sitemap):
    """Every published material."""

    limit = 10_000

    def items(self) -> QuerySet[Speech]:
        """Return the materials in a stable order, without their texts."""
        return Speech.objects.published().only("pk", "updated_at").order_by("pk")

    def lastmod(self, item: Speech) -> dt.datetime:
        """Return when the material last changed."""
        return item.updated_at


SITEMAPS = {"pages": PageSitemap, "sources": SourceSitemap, "speeches": SpeechSitemap}
