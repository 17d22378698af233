"""Who may not, or comes with a form that is out of date, is told so in the site's dress."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.factories import make_speech

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    return User.objects.create_user("clerk", password="mi-ma-9-mi-ma", is_staff=True)


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "没有权限"), ("en", "Not allowed")])
def test_who_may_not_is_told_so(client: Client, clerk: User, language: str, said: str) -> None:
    client.force_login(clerk)
    client.cookies["django_language"] = language
    speech = make_speech("甲", "乙。")
    answer = client.get(f"/admin/archive/speech/{speech.pk}/delete/")
    assert answer.status_code == 403
    page = answer.content.decode()
    assert f"<h1>{said}</h1>" in page
    assert 'class="masthead"' in page
    assert 'href="/admin/"' in page


def test_a_form_without_its_token_is_told_to_be_out_of_date(clerk: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(clerk)
    answer = client.post("/admin/password_change/", {"old_password": "x"})
    assert answer.status_code == 403
    assert "<h1>这一页过期了</h1>" in answer.content.decode()
