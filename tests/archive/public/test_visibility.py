"""Who sees what: hidden speeches, an empty archive, one without an index."""

from __future__ import annotations

import pytest
from django.test import Client

from archive.models import State
from search.sync.follow import follow
from tests.archive.public.pages import FIXED, get, titles
from tests.factories import make_source, make_speech

pytestmark = pytest.mark.django_db

HIDDEN = [state for state in State if state != State.PUBLISHED]
OWN_PAGES = ["/speeches/{pk}/", "/speeches/{pk}/text/", "/api/v1/speeches/{pk}/"]
LISTS = ["/", "/search/", "/sources/", "/about/", "/sitemap-speeches.xml"]
LISTS += ["/sitemap-sources.xml", "/feeds/search/", "/api/v1/search/"]


@pytest.mark.parametrize("path", [*FIXED, "/feeds/search/", "/sitemap.xml", "/robots.txt"])
def test_an_empty_archive_has_all_its_pages(client: Client, path: str) -> None:
    follow(patient=True)
    get(client, path)


def test_without_an_index_the_archive_is_still_read(client: Client) -> None:
    speech = make_speech("留存的题目")
    for path in ["/", "/sources/", "/sources/jia/", speech.get_absolute_url(), "/about/"]:
        assert "jia站" in get(client, path)
    assert "检索正在重建" in get(client, "/search/", q="题目")
    assert "检索正在重建" in get(client, "/api/v1/search/", 503)
    get(client, "/feeds/search/")


@pytest.mark.parametrize("state", HIDDEN)
@pytest.mark.parametrize("staff", [False, True])
def test_what_is_not_published_exists_for_nobody(
    client: Client, admin_client: Client, state: State, staff: bool
) -> None:
    someone = admin_client if staff else client
    speech = make_speech("隐去之题", "隐去之文。", state=state, source=make_source(name="隐去之站"))
    follow(patient=True)
    for path in OWN_PAGES:
        page = get(someone, path.format(pk=speech.pk), 404, q="隐去")
        assert "隐去之" not in page
    for path in LISTS:
        assert "隐去之" not in get(someone, path)
        assert f"/speeches/{speech.pk}/" not in get(someone, path)
    assert get(someone, "/api/v1/search/", q="隐去").startswith('{"count": 0')
    assert titles(get(someone, "/search/", q="隐去")) == []
    get(someone, "/sources/jia/", 404)


def test_hiding_takes_a_result_away_before_the_index_follows(client: Client) -> None:
    speech = make_speech("隐去之题")
    follow(patient=True)
    assert titles(get(client, "/search/", q="隐去之题")) != []
    speech.state = State.RESTRICTED
    speech.save()
    assert titles(get(client, "/search/", q="隐去之题")) == []
