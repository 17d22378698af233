"""The desk's list of the indexes that follow the database."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from archive.admin.indexes import _CACHES
from search.caches import fills
from search.index.read.snapshot import CACHE_BYTES
from search.models import IndexChange, IndexFollower
from search.site import backend
from tests.factories import make_speech

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


@pytest.mark.django_db(transaction=True)
def test_each_cache_is_listed_by_a_name_with_its_bound(admin_client: Client) -> None:
    make_speech("题", "水渠修好了，堤坝加固了。")
    assert admin_client.get("/search/", {"q": "水渠"}).status_code == 200
    page = admin_client.get("/admin/search/indexfollower/")
    listed = {fill.name: fill for fill in fills()}
    assert {"engine", "results", "similar", "words"} <= listed.keys() == _CACHES.keys()
    assert 0 < listed["results"].used <= listed["results"].limit
    assert 0 < listed["engine"].used <= listed["engine"].limit
    assert all(fill.used <= fill.limit > 0 for fill in listed.values())
    shown = {str(name): (used, limit) for name, used, limit in page.context["caches"]}
    assert shown["结果的标题和片段"][1] == "5,000 项"
    assert listed["engine"].limit % CACHE_BYTES == 0
    assert "检索的中间结果" in page.content.decode()


def _listed(page: object) -> list[IndexFollower]:
    """The rows in the list's order: by machine."""
    return list(page.context["cl"].result_list)  # type: ignore[attr-defined]
