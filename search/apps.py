"""The search application."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from search import site
from search.text import genre


class SearchConfig(AppConfig):
    """A toolkit for finding things in Chinese text; it knows nothing of speeches."""

    name = "search"
    verbose_name = _("检索")

    def ready(self) -> None:
        """Take the genre that the site's settings name, and what Haystack's index classes declare."""
        if path := getattr(settings, "SEARCH_GENRE", ""):
            genre.use(import_string(path))
        import_module("search.haystack.checks")  # which needs the models, as the next
        declaration = import_module("search.haystack.declaration")
        site.use(declaration.corpus, declaration.schema)
