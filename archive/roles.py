"""Who may do what at the editors' desk.

Two groups stand beside the visitor, who has no account:

- `editor` (编辑) uploads, corrects, publishes, takes down and moves to the trash;
- `administrator` (管理员) does that too, deletes for good, and keeps accounts and groups.

They are made after every `migrate`, by the signal, because permissions exist only from then on.
What the table below says is added to them if it is missing and nothing is taken away; for a
narrower role an administrator makes a group of his own. Who may change speeches but not publish them
only proposes changes of what is published (`archive.proposals`); who keeps accounts reaches and
gives no more than he may do himself (`archive.admin.accounts`).
"""

from __future__ import annotations

from typing import Any

from django.apps import apps as registry
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import DEFAULT_DB_ALIAS
from django.db.migrations.state import StateApps
from django.utils.translation import gettext_lazy as _

EDITOR = "editor"
ADMINISTRATOR = "administrator"
LABELS = {EDITOR: _("编辑"), ADMINISTRATOR: _("管理员")}

_EDITOR_MAY = (
    "archive.view_source",
    "archive.add_source",
    "archive.change_source",
    "archive.view_speech",
    "archive.add_speech",
    "archive.change_speech",
    "archive.publish_speech",
    "archive.view_speechversion",
    "archive.view_uploadbatch",
    "archive.view_uploaditem",
)
MAY = {
    EDITOR: _EDITOR_MAY,
    ADMINISTRATOR: (
        *_EDITOR_MAY,
        "archive.delete_source",
        "archive.delete_speech",
        "auth.view_user",
        "auth.add_user",
        "auth.change_user",
        "auth.delete_user",
        "auth.view_group",
        "auth.add_group",
        "auth.change_group",
        "auth.delete_group",
        "search.view_indexfailure",
        "search.view_indexfollower",
    ),
}


def make_groups(
    using: str = DEFAULT_DB_ALIAS, apps: StateApps | Apps = registry, **_kwargs: Any
) -> None:
    """Make both groups and give them what they lack; a receiver of `post_migrate`.

    `apps` are the models as migrated so far: without `auth` there is nothing to do.
    """
    try:
        permissions = apps.get_model("auth", "Permission").objects.using(using)
        groups = apps.get_model("auth", "Group").objects.using(using)
    except LookupError:
        return
    for label in ("archive", "auth", "search"):  # this receiver runs before Django's own
        create_permissions(registry.get_app_config(label), verbosity=0, using=using)
    for name, may in MAY.items():
        group, _created = groups.get_or_create(name=name)
        codes = (code.split(".") for code in may)
        group.permissions.add(
            *(
                permissions.get(content_type__app_label=app_label, codename=codename)
                for app_label, codename in codes
            )
        )
