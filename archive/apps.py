"""The archive application."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ArchiveConfig(AppConfig):
    """What the archive keeps, how it gets in, how it is read."""

    name = "archive"
    verbose_name = _("资料库")

    def ready(self) -> None:
        """Have the groups made whenever the tables have been brought up to date."""
        from archive.roles import make_groups  # noqa: PLC0415 (it needs the loaded registry)

        post_migrate.connect(make_groups, sender=self)
