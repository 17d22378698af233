"""Everything that the site shows to be typed finds something in the demonstration archive."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import call_command

from archive.public.help import examples
from archive.public.views import SAMPLES
from search.pages import search
from search.results import SearchRequest

TABLE_ROW = re.compile(r"^\| (`.*?) \|", re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")


def typed_in(read_me: str) -> list[str]:
    """Return the queries that the table under the heading of searching shows."""
    text = Path(read_me).read_text("utf-8")
    table = next(part for part in text.split("\n\n") if "`功成不必在我`" in part and "|---" in part)
    shown = [code for row in TABLE_ROW.findall(table) for code in CODE.findall(row)]
    return [code for code in shown if "…" not in code and code != "或"]


@pytest.mark.django_db
def test_every_example_finds_something() -> None:
    call_command("load_demonstration")
    read_me = [*typed_in("README.md"), *typed_in("README.zh.md")]
    assert len(read_me) >= 16
    shown = [*(row.example for row in examples()), *SAMPLES, *read_me]
    pages = {example: search(SearchRequest(example)) for example in shown}
    assert [example for example, page in pages.items() if not page.count] == []
    assert {example: page.repairs for example, page in pages.items() if page.repairs} == {}
