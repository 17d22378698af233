"""HEAD: what GET would answer, without the body."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory

from config.head import HeadMiddleware
from search.sync.follow import follow
from tests.factories import make_speech

pytestmark = pytest.mark.django_db
READ = [
    "/",
    "/search/",
    "/sources/jia/",
    "/speeches/{}/",
    "/speeches/{}/text/",
    "/about/",
    "/help/",
]
READ += ["/api/v1/search/", "/api/v1/suggest/", "/api/v1/speeches/{}/", "/api/v1/openapi.json"]
READ += ["/feeds/search/", "/sitemap.xml", "/robots.txt", "/static/yinde.css", "/admin/login/"]


@pytest.mark.parametrize("path", [*READ, "/nowhere/", "/api/v1/speeches/0/", "/admin/"])
def test_head_has_the_status_and_the_headers_of_get(client: Client, path: str) -> None:
    path = path.format(make_speech().pk)
    follow(patient=True)
    answered, asked = client.get(path), client.head(path)
    answered.close()
    asked.close()
    assert asked.status_code == answered.status_code
    names = ("Content-Type", "Content-Length", "Location", "Vary")
    assert [asked.get(name) for name in names] == [answered.get(name) for name in names]
    assert path not in READ or asked.status_code == 200


def test_no_body_leaves_the_site(rf: RequestFactory) -> None:
    handler = WSGIHandler()
    for path in ["/api/v1/search/", "/static/yinde.css"]:
        response = handler.get_response(rf.head(path))
        assert b"".join(response) == b""
        assert int(response["Content-Length"]) > 100
        response.close()


@pytest.mark.parametrize("method", ["get", "post", "head"])
def test_only_head_is_answered_otherwise(rf: RequestFactory, tmp_path: Path, method: str) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"body")
    seen = []

    def answer(request: object) -> HttpResponseBase:
        seen.append(request.method)
        return FileResponse(file.open("rb")) if "file" in request.path else HttpResponse(b"body")

    for path in ["/", "/file/"]:
        response = HeadMiddleware(answer)(getattr(rf, method)(path))
        assert b"".join(response) == (b"" if method == "head" else b"body")
        response.close()
    assert seen == ["GET" if method == "head" else method.upper()] * 2
