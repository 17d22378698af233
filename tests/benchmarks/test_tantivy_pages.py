"""The site's own pages fed by tantivy: each is a page, whether it found something or not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from haystack import connections

from benchmarks.corpus import Corpus
from benchmarks.peers import tantivy_index
from search.sync.rebuild import rebuild
from tests.factories import make_speech

TEXT = "干部要学思想，求真务实。"


@pytest.fixture
def fed_by_tantivy(tmp_path: Path) -> Iterator[None]:
    """Let the site's pages ask tantivy, which holds what the database holds."""
    key = make_speech("题", TEXT).pk
    rebuild()
    corpus = tmp_path / "corpus.jsonl"  # documents are numbered as keys are
    texts = [*["别的话"] * (key - 1), TEXT]
    corpus.write_text("\n".join(json.dumps({"text": text}) for text in texts), encoding="utf-8")
    tantivy_index.build(Corpus(corpus), tmp_path / "tantivy")
    options = connections.connections_info["default"]
    before = dict(options)
    options["ENGINE"] = "benchmarks.peers.tantivy_pages.TantivyEngine"
    options["TANTIVY"] = str(tmp_path / "tantivy")
    connections.reload("default")
    yield
    options.clear()
    options.update(before)
    connections.reload("default")


@pytest.mark.django_db
@pytest.mark.usefixtures("fed_by_tantivy")
@pytest.mark.parametrize(
    ("line", "finds"),
    [
        ("“求真务实”", True),
        ("求真务实", True),
        ("求真务实 OR 无此", True),
        ("“求真务虚”", False),
        ("干部 -求真务实", False),
    ],
)
def test_each_kind_of_line_has_a_page(client: Client, line: str, finds: bool) -> None:
    page = client.get("/search/", {"q": line})
    assert page.status_code == 200
    assert bool(page.context["page"].rows) == finds
