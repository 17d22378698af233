"""The search application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    """A toolkit for finding things in Chinese text; it knows nothing of speeches."""

    name = "search"
    verbose_name = _("检索")

    def ready(self) -> None:
        """Register the system checks, which need the models to be there."""
        import_module("search.haystack.checks")
