"""People at the editors' desk."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from archive.roles import ADMINISTRATOR, EDITOR


def someone(name: str, role: str | None) -> Client:
    """Log a person in who may enter the desk."""
    user = User.objects.create_user(name, is_staff=True)
    if role:
        user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def status(person: Client, address: str) -> int:
    """Say how an address answers; what it sends is read, so that no file stays open."""
    answer = person.get(address)
    b"".join(answer)
    return answer.status_code


@pytest.fixture
def visitor(db: None) -> Client:
    return Client()


@pytest.fixture
def helper(db: None) -> Client:
    """Somebody with an account but no role."""
    return someone("helper", None)


WRITER = ("view_source", "add_source", "change_source", "view_speech", "add_speech")
WRITER += ("change_speech", "view_speechversion", "view_uploadbatch", "view_uploaditem")


@pytest.fixture
def writer(db: None) -> Client:
    """Somebody who may upload and change, but not publish."""
    client = someone("writer", None)
    permissions = Permission.objects.filter(codename__in=WRITER)
    User.objects.get(username="writer").user_permissions.set(permissions)
    return client


@pytest.fixture
def superuser(db: None) -> Client:
    client = someone("superuser", None)
    User.objects.filter(username="superuser").update(is_superuser=True)
    return client


@pytest.fixture
def editor(db: None) -> Client:
    return someone("editor", EDITOR)


@pytest.fixture
def administrator(db: None) -> Client:
    return someone("administrator", ADMINISTRATOR)
