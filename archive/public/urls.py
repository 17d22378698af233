"""The public addresses. They are a promise: none of them ever changes its meaning."""

from __future__ import annotations

from django.contrib.sitemaps import views as sitemaps
from django.urls import path, register_converter
from django.urls.converters import StringConverter

from archive.public import views
from archive.public.api import api
from archive.public.feeds import SearchFeed
from archive.public.sitemaps import SITEMAPS
from search.web.views import search_page


class UnicodeSlug(StringConverter):
    """A short name in any script: Django's own converter knows only ASCII."""

    regex = r"[-\w]+"


register_converter(UnicodeSlug, "uslug")

SEARCH_PAGE = {
    "template": "archive/search.html",
    "feed": "search-feed",
    "explain_permission": "archive.change_speech",
}

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", search_page, SEARCH_PAGE, name="search"),
    path("sources/", views.source_list, name="sources"),
    path("sources/<uslug:slug>/", views.source, name="source"),
    path("speeches/<int:pk>/", views.speech, name="speech"),
    path("speeches/<int:pk>/text/", views.speech_text, name="speech-text"),
    path("about/", views.about, name="about"),
    path("help/", views.help_page, name="help"),
    path("feeds/search/", SearchFeed(), name="search-feed"),
    path("api/v1/", api.urls),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, {"sitemaps": SITEMAPS}, name="sitemap"),
    path(
        "sitemap-<section>.xml",
        sitemaps.sitemap,
        {"sitemaps": SITEMAPS},
        name="django.contrib.sitemaps.views.sitemap",
    ),
]
