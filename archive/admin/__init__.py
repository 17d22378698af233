"""The editors' desk: Django's admin in the site's dress."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from archive.admin.accounts import AccountAdmin, RoleAdmin
from archive.admin.batch import BatchAdmin, ItemAdmin
from archive.admin.indexes import IndexFailureAdmin, IndexFollowerAdmin
from archive.admin.source import SourceAdmin
from archive.admin.speech import SpeechAdmin

__all__ = [
    "AccountAdmin",
    "BatchAdmin",
    "IndexFailureAdmin",
    "IndexFollowerAdmin",
    "ItemAdmin",
    "RoleAdmin",
    "SourceAdmin",
    "SpeechAdmin",
]

admin.site.site_title = _("引得编辑台")
admin.site.site_header = _("引得 · 编辑台")
admin.site.index_title = _("编辑台")
admin.site.enable_nav_sidebar = (
    False  # so few tables need no second menu; the room goes to the lists
)
