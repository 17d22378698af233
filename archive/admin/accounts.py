"""Accounts and groups at the desk: nobody gives, takes or reaches more than what he may do himself.

Django lets whoever may change accounts make anybody, himself included, a superuser, or set a
superuser's password and log in as him. Here one reaches only accounts and groups that may do no more
than oneself, and gives only what one has; a superuser does as before.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from archive.admin.desk import user_of

admin.site.unregister(User)
admin.site.unregister(Group)


def own_permissions(user: User) -> QuerySet[Permission]:
    """Return what an account may do, itself and by its groups; what is switched off counts as well."""
    if user.is_superuser:
        return Permission.objects.all()
    return Permission.objects.filter(Q(user=user) | Q(group__user=user)).distinct()


def within_reach(actor: User, other: Any) -> bool:
    """Say whether an account or a group may do nothing that the actor may not do."""
    if actor.is_superuser:
        return True
    if getattr(other, "is_superuser", False):
        return False
    theirs = own_permissions(other) if isinstance(other, User) else other.permissions.all()
    return not theirs.exclude(pk__in=own_permissions(actor).values("pk")).exists()


def groups_within_reach(actor: User) -> QuerySet[Group]:
    """Return the groups that may do nothing that the actor may not do."""
    beyond = Permission.objects.exclude(pk__in=own_permissions(actor).values("pk"))
    return Group.objects.exclude(permissions__in=beyond)


_DEEDS = {"add": _("增加"), "change": _("修改"), "delete": _("删除"), "view": _("查看")}


def permission_label(permission: Permission) -> str:
    """Say in the reader's language what a permission allows; Django's own names are English."""
    deed = _DEEDS.get(permission.codename.partition("_")[0])
    kind = permission.content_type
    said = deed if deed and permission.name.startswith("Can ") else translated(permission.name)
    return f"{kind.app_labeled_name} | {said}"


class _Permissions(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return permission_label(obj)


class WithinReach(admin.ModelAdmin):
    """Only what is within reach can be changed or deleted; only what one has can be given."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let nobody change an account or group that may do more than he himself may."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or within_reach(user_of(request), obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let nobody delete an account or group that may do more than he himself may."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or within_reach(user_of(request), obj))

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest | None = None, **kwargs: Any
    ) -> Any:
        """Offer the groups and permissions that the user may give."""
        if request is None:  # in the signature of GroupAdmin only
            raise TypeError("a request is needed")
        if db_field.related_model is Permission:
            kwargs["form_class"] = _Permissions
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.related_model is Permission:
            own = own_permissions(user_of(request)).values("pk")
            field.queryset = field.queryset.filter(pk__in=own)
        elif db_field.related_model is Group:
            field.queryset = groups_within_reach(user_of(request))
        return field


@admin.register(User)
class AccountAdmin(WithinReach, UserAdmin):
    """Accounts; only a superuser makes others superusers."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return the fields that are only shown; superusers alone decide who else is one."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if user_of(request).is_superuser else (*fields, "is_superuser")


@admin.register(Group)
class RoleAdmin(WithinReach, GroupAdmin):
    """Groups: whoever is in one has its permissions."""
