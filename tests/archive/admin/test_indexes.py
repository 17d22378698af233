"""The desk's list of the indexes that follow the database."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from search.models import IndexChange, IndexFollower
from search.site import backend

pytestmark = pytest.mark.django_db


def test_each_index_says_how_far_it_is(admin_client: Client) -> None:
    own, now = backend().fingerprint(), timezone.now()
    for name, fingerprint, built in (("甲", own, now), ("乙", "other", now), ("丙", own, None)):
        follower = IndexFollower.objects.create(
            generation=name, machine=f"{name}机", fingerprint=fingerprint, built_at=built
        )
    for key in range(3):
        IndexChange.objects.create(follower=follower, model="archive.speech", key=key)
    page = admin_client.get("/admin/search/indexfollower/")
    rows = [[page.context["cl"].model_admin.state(each), each.behind] for each in _listed(page)]
    assert rows == [["正在建立", 3], ["检索用（由另一版程序建成）", 0], ["检索用", 0]]
    assert "丙机" in page.content.decode()


def _listed(page: object) -> list[IndexFollower]:
    """The rows in the list's order: by machine."""
    return list(page.context["cl"].result_list)  # type: ignore[attr-defined]
