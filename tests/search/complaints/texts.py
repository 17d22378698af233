"""Short texts to ask tests of complaints about, and the plainest way to look into them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from typing import Any

from archive.models import Speech
from search.pages import keys
from search.results import SearchRequest
from tests.factories import make_source, publish
from tests.search.golden import plain


def keep(texts: Iterable[str]) -> dict[int, str]:
    """Publish texts under a title that has no letter, and return them by key."""
    values = {"title": "……", "source": make_source(), "type": "other", "state": "published"}
    rows = [Speech(text=text, **values) for text in texts]
    publish(rows)
    return {row.pk: row.text for row in rows}


def holding(texts: dict[int, str], words: str) -> set[int]:
    """Return the keys of the texts in which the words stand in one piece, by looking."""
    return {key for key, text in texts.items() if plain(words) in plain(text)}


def found(q: str, **options: Any) -> list[int]:
    """Return the keys of what a visitor finds, best first."""
    return keys(SearchRequest(q, **options), 1000)


def marks(markup: str) -> list[str]:
    """Return what is marked in a piece of HTML, as text."""
    return [*map(without_tags, re.findall(r"<mark[^>]*>(.*?)</mark>", markup, re.DOTALL))]


def without_tags(markup: str) -> str:
    """Return a piece of HTML as text."""
    return unescape(re.sub("<[^>]*>", "", markup))
