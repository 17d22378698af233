"""Accounts and groups: nobody gives, takes or reaches more than what he may do himself."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from archive.roles import ADMINISTRATOR, EDITOR

USERS = "/admin/auth/user/"


def page(kind: str, obj: Any, what: str = "change") -> str:
    return reverse(f"admin:auth_{kind}_{what}", args=[obj.pk])


def form_of(user: User, **changes: Any) -> dict[str, Any]:
    """Return what the form would send for an account, with everything a forger could add."""
    values: dict[str, Any] = {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "is_active": "on",
        "is_staff": "on",
        "groups": list(user.groups.values_list("pk", flat=True)),
        "user_permissions": list(user.user_permissions.values_list("pk", flat=True)),
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00:00",
    }
    return values | changes


def state(user: User) -> tuple[Any, ...]:
    user = User.objects.get(pk=user.pk)
    flags = (user.username, user.password, user.email, user.is_superuser, user.is_active)
    return (*flags, frozenset(user.groups.all()), frozenset(user.user_permissions.all()))


@pytest.fixture
def chief(db: None) -> User:
    return User.objects.create_superuser("chief", "chief@example.cn", "correct horse battery")


@pytest.fixture
def stronger(db: None) -> User:
    """An account that is no superuser, but may do what an administrator may not."""
    user = User.objects.create_user("stronger", password="correct horse battery", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="delete_logentry"))
    return user


def test_an_administrator_keeps_accounts(administrator: Client) -> None:
    new = {"username": "wang", "password1": "correct horse 1", "password2": "correct horse 1"}
    assert administrator.post(f"{USERS}add/", {**new, "usable_password": "true"}).status_code == 302
    wang = User.objects.get(username="wang")
    editors = Group.objects.get(name=EDITOR)
    administrator.post(page("user", wang), form_of(wang, groups=[editors.pk]))
    wang.refresh_from_db()
    assert (list(wang.groups.all()), wang.is_staff) == ([editors], True)
    password = {"password1": "another horse 2", "password2": "another horse 2"}
    address = reverse("admin:auth_user_password_change", args=[wang.pk])
    administrator.post(address, {**password, "usable_password": "true"})
    wang.refresh_from_db()
    assert wang.check_password("another horse 2")
    administrator.post(page("user", wang, "delete"), {"post": "yes"})
    assert not User.objects.filter(username="wang").exists()


@pytest.mark.parametrize("whom", ["self", "other", "new"])
def test_nobody_becomes_a_superuser_or_gets_more_than_the_giver_has(
    administrator: Client, whom: str
) -> None:
    me = User.objects.get(username="administrator")
    user = me if whom == "self" else User.objects.create_user("other", is_staff=True)
    beyond = Permission.objects.get(codename="delete_logentry")
    mighty = Group.objects.create(name="mighty")
    mighty.permissions.add(beyond)
    if whom == "new":
        sent = {"username": "fresh", "password1": "correct horse 1", "password2": "correct horse 1"}
        sent |= {"usable_password": "true", "is_superuser": "on", "groups": [mighty.pk]}
        administrator.post(f"{USERS}add/", sent)
        user = User.objects.get(username="fresh")
    for changes in (
        {"is_superuser": "on"},
        {"groups": [mighty.pk]},
        {"user_permissions": [beyond.pk]},
        {"is_superuser": "on", "groups": [mighty.pk], "user_permissions": [beyond.pk]},
    ):
        administrator.post(page("user", user), form_of(user, **changes))
        user = User.objects.get(pk=user.pk)
        assert not user.is_superuser
        assert mighty not in user.groups.all()
        assert "admin.delete_logentry" not in user.get_all_permissions()
    shown = administrator.get(page("user", user)).content.decode()
    assert 'name="is_superuser"' not in shown
    assert "mighty" not in shown
    assert f'value="{beyond.pk}"' not in shown.split('name="user_permissions"')[-1]


@pytest.mark.parametrize("which", ["chief", "stronger", "inactive"])
def test_who_may_do_more_is_out_of_reach(
    administrator: Client, which: str, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue("stronger" if which == "inactive" else which)
    if which == "inactive":
        User.objects.filter(pk=user.pk).update(is_active=False)
    before = state(user)
    password = {"password1": "another horse 2", "password2": "another horse 2"}
    change = reverse("admin:auth_user_password_change", args=[user.pk])
    for address, sent in [
        (page("user", user), form_of(user, email="mine@example.cn")),
        (page("user", user), form_of(user, username="mine")),
        (change, {**password, "usable_password": "true"}),
        (change, {"usable_password": "false", "unset-password": "1"}),
        (page("user", user, "delete"), {"post": "yes"}),
    ]:
        assert administrator.post(address, sent).status_code == 403
        assert state(user) == before
    action = {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"}
    assert administrator.post(USERS, action).status_code == 403
    assert state(user) == before
    shown = administrator.get(page("user", user)).content.decode()
    assert before[1] not in shown
    assert before[1].split("$")[-1] not in shown


def test_groups_are_changed_within_one_s_own_permissions(administrator: Client) -> None:
    beyond = Permission.objects.get(codename="delete_logentry")
    own = Permission.objects.get(codename="publish_speech")
    mighty = Group.objects.create(name="mighty")
    mighty.permissions.add(beyond)
    sent = {"name": "mine", "permissions": [own.pk]}
    for address in (page("group", mighty), page("group", mighty, "delete")):
        assert administrator.post(address, {**sent, "post": "yes"}).status_code == 403
    assert list(mighty.permissions.all()) == [beyond]
    administrators = Group.objects.get(name=ADMINISTRATOR)
    administrator.post(
        page("group", administrators), {"name": ADMINISTRATOR, "permissions": [own.pk, beyond.pk]}
    )
    assert beyond not in administrators.permissions.all()
    assert administrator.post("/admin/auth/group/add/", sent).status_code == 302
    assert list(Group.objects.get(name="mine").permissions.all()) == [own]
    assert administrator.post("/admin/auth/group/add/", {**sent, "permissions": [beyond.pk]})
    assert Group.objects.filter(permissions=beyond).count() == 1


def test_a_superuser_does_as_before(superuser: Client, chief: User) -> None:
    other = User.objects.create_user("other", is_staff=True)
    superuser.post(page("user", other), form_of(other, is_superuser="on"))
    other.refresh_from_db()
    assert other.is_superuser
    assert superuser.post(page("user", chief), form_of(chief, email="new@example.cn"))
    chief.refresh_from_db()
    assert (chief.email, chief.is_superuser) == ("new@example.cn", False)


def test_permissions_are_named_in_the_reader_s_language(client: Client, chief: User) -> None:
    client.force_login(chief)
    offered = client.get("/admin/auth/group/add/").content.decode()
    for said in ("资料库 | 来源 | 增加", "资料库 | 材料 | 发布、撤下或移入回收站"):
        assert f">{said}</option>" in offered
    assert "| Can " not in offered
    client.cookies["django_language"] = "en"
    offered = client.get("/admin/auth/group/add/").content.decode()
    assert ">Archive | Source | Add</option>" in offered
    assert "| Publish" in offered
