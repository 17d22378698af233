"""People at the editors' desk."""

import pytest
from django.contrib.auth.models import Group, User
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


@pytest.fixture
def visitor(db: None) -> Client:
    return Client()


@pytest.fixture
def helper(db: None) -> Client:
    """Somebody with an account but no role."""
    return someone("helper", None)


@pytest.fixture
def editor(db: None) -> Client:
    return someone("editor", EDITOR)


@pytest.fixture
def administrator(db: None) -> Client:
    return someone("administrator", ADMINISTRATOR)
