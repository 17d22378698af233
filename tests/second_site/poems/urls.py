"""The addresses of the site, its pages and its JSON interface."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from ninja import NinjaAPI

from search import search, similar, suggest
from search.highlight import Highlighter
from search.query import parse
from search.site import schema
from search.web.api import as_json
from search.web.links import read
from search.web.views import search_page
from tests.second_site.poems.models import Poem

api = NinjaAPI(title="诗", docs_url=None, urls_namespace="poems")


@api.get("/search/")
def search_poems(request: HttpRequest) -> dict[str, Any]:
    """Search."""
    page = search(read(request.GET, schema().facets))
    rows = [{"name": row.object.name, "hits": row.hits, "lines": row.snippets} for row in page.rows]
    return as_json(page, rows)


@api.get("/suggest/")
def suggest_poems(request: HttpRequest) -> dict[str, list[str]]:
    """Offer poems and poets."""
    offered = suggest(request.GET.get("q", ""))
    return {name: [each.text for each in found] for name, found in offered.items()}


def poem(request: HttpRequest, pk: int) -> HttpResponse:
    """One poem, marked."""
    shown = get_object_or_404(Poem, pk=pk, hidden=False)
    query = parse(request.GET.get("q", ""), schema().fields).tree
    found = Highlighter(shown.name, shown.lines, query, fields=("name", "lines"))
    context = {
        "title": found.marked_title(),
        "lines": found.marked_text(),
        "similar": similar(shown).others,
    }
    return render(request, "poem.html", context)


urlpatterns = [
    path("", search_page, {"template": "poems.html"}, name="search"),
    path("poems/<int:pk>/", poem, name="poem"),
    path("api/", api.urls),
]
