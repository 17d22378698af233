"""The help page names every facet that can be typed, as it is declared."""

from __future__ import annotations

from typing import Any, cast

import pytest
from django.test import Client

from search.schema import Facet
from search.site import schema
from tests.archive.public.pages import get

pytestmark = pytest.mark.django_db


def test_words_without_an_example_are_shown_and_lead_nowhere(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    facets = cast(dict[str, Any], schema().facets)
    monkeypatch.setitem(facets, "place", Facet("place", "地点", prefixes=("地点",)))
    monkeypatch.setitem(facets, "length", Facet("length", "篇幅"))
    page = get(client, "/help/")
    assert "<dt>地点:…</dt><dd>只查这个地点的文章</dd>" in page
    assert "篇幅" not in page
