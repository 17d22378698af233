"""A feed of any search: what a visitor searched for, newest first, in Atom."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _

from archive.models import Speech
from search import ResultPage, ResultRow, search
from search.site import schema
from search.web import links
from search.web.links import clean, read

ENTRIES = 30


class SearchFeed(Feed):
    """The newest materials that answer the address's parameters, those of the search page."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> ResultPage:
        """Search as the page would, but always newest first and from the first page."""
        asked = read(request.GET, schema().facets, per_page=ENTRIES)
        return search(links.at_page(links.sorted_by(asked, "newest"), 1))

    def title(self, page: ResultPage) -> str:
        """Return the title of the feed: what was searched for."""
        return _("引得：%(query)s") % {"query": page.request.q or _("全部材料")}

    def subtitle(self, page: ResultPage) -> str | None:
        """Say what was changed or ignored of the address, if anything was."""
        return " ".join(page.repairs) or None

    def link(self, page: ResultPage) -> str:
        """Return the address of the page of results."""
        return links.address(reverse("search"), page.request)

    def feed_url(self, page: ResultPage) -> str:
        """Return the feed's own address."""
        return links.address(reverse("search-feed"), page.request)

    def items(self, page: ResultPage) -> tuple[ResultRow, ...]:
        """Return the results of the search, one entry each."""
        return page.rows

    def item_title(self, row: ResultRow) -> str:
        """Return the title, which a feed wants as HTML."""
        return escape(clean(row.object.title))

    def item_description(self, row: ResultRow) -> str:
        """Return the sentences that answer the query, as HTML."""
        return clean("".join(f"<p>{snippet}</p>" for snippet in row.snippets))

    def item_link(self, row: ResultRow) -> str:
        """Return the permanent address of the material."""
        return row.object.get_absolute_url()

    def item_author_name(self, row: ResultRow) -> str:
        """Return the name of the source as the author of the entry."""
        return row.object.source.name

    def item_pubdate(self, row: ResultRow) -> dt.datetime:
        """Return when the archive took the material in: its own date may be unknown or only a year."""
        speech: Speech = row.object
        return speech.created_at

    def item_updateddate(self, row: ResultRow) -> dt.datetime:
        """Return when the material last changed in the archive."""
        speech: Speech = row.object
        return speech.updated_at
