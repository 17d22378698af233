"""The search application."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from search.text.genre import use


class SearchConfig(AppConfig):
    """A toolkit for finding things in Chinese text; it knows nothing of speeches."""

    name = "search"
    verbose_name = _("检索")

    def ready(self) -> None:
        """Take the genre that the site's settings name; register the checks, which need the models."""
        if path := getattr(settings, "SEARCH_GENRE", ""):
            use(import_string(path))
        import_module("search.haystack.checks")
