"""Compressed answers."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client

from archive.models import Original
from search.sync.follow import follow
from tests.factories import make_speech

pytestmark = pytest.mark.django_db
PATHS = ["/", "/search/?q=正文", "/speeches/{}/", "/speeches/{}/text/", "/api/v1/search/"]
PATHS += ["/feeds/search/", "/sitemap-pages.xml", "/nowhere/", "/admin/login/"]
GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.mark.parametrize("path", PATHS)
def test_what_is_made_for_an_answer_is_compressed(client: Client, path: str) -> None:
    path = path.format(make_speech(text="正文写在这里。\n" * 200).pk)
    follow(patient=True)
    plain, packed = client.get(path), client.get(path, headers=GZIP)
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content)
    if "admin" not in path:  # whose token is another each time
        assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in packed["Vary"]
    assert "Accept-Encoding" in plain["Vary"]


def test_what_is_short_stays_as_it_is(client: Client) -> None:
    assert "Content-Encoding" not in client.get("/api/v1/speeches/0/", headers=GZIP)


def test_an_original_is_sent_as_it_came_in(admin_client: Client) -> None:
    content = b"<p>" + b"text " * 1000
    speech = make_speech(original=Original.objects.keep(content, "1.html"))
    answer = admin_client.get(f"/admin/archive/speech/{speech.pk}/original/", headers=GZIP)
    assert b"".join(answer) == content
    assert int(answer["Content-Length"]) == len(content)
