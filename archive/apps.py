"""The archive application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArchiveConfig(AppConfig):
    """What the archive keeps, how it gets in, how it is browsed."""

    name = "archive"
    verbose_name = _("资料库")
