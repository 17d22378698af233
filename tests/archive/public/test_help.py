"""The help page names every facet that can be typed, as it is declared."""

from __future__ import annotations

from typing import Any, cast

import pytest
from django.template.loader import render_to_string

from archive.public.help import examples
from search.schema import Facet
from search.site import schema
from tests.archive.public.pages import unwrapped


def test_words_without_an_example_are_shown_and_lead_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    facets = cast(dict[str, Any], schema().facets)
    with monkeypatch.context() as declared:
        declared.setitem(facets, "place", Facet("place", "地点", prefixes=("地点",)))
        declared.setitem(facets, "length", Facet("length", "篇幅"))
        rows = examples()
    page = unwrapped(render_to_string("archive/help.html", {"rows": rows}))
    assert "<dt>地点:…</dt><dd>只查这个地点的文章</dd>" in page
    assert "篇幅" not in page
