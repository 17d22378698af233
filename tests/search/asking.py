"""The ways in which a search is asked, each from the words typed to the keys found.

Every way shows all results, page by page as a visitor would turn them, so a row that stands on two
pages or on none is seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import TypeAlias

from django.contrib.auth.models import User
from django.test import Client
from haystack.query import SearchQuerySet

Way: TypeAlias = Callable[..., list[int]]
_NEXT = re.compile(r'<a href="([^"]*)"[^>]*>下一页</a>')


def by_page(q: str, *, restore: bool = True, **filters: str) -> list[int]:
    """Read the cards of the result page and of every page that its 下一页 leads to."""
    client, found = Client(), []
    address, parameters = "/search/", _parameters(q, restore) | filters
    while address:
        page = client.get(address, parameters).content.decode()
        found += re.findall(r'<h2><a href="/speeches/(\d+)/', page)
        following = _NEXT.search(page)
        address, parameters = unescape(following[1]) if following else "", {}
    return [int(key) for key in found]


def by_api(q: str, *, restore: bool = True, **filters: str) -> list[int]:
    """Read every page of the JSON interface, and hold it to its own count."""
    client, found, number, pages = Client(), [], 1, 1
    while number <= pages:
        parameters = _parameters(q, restore) | filters | {"page": str(number)}
        answer = client.get("/api/v1/search/", parameters).json()
        found += [result["id"] for result in answer["results"]]
        number, pages = number + 1, answer["pages"]
    assert answer["count"] == len(found)
    return found


def by_feed(q: str, *, restore: bool = True, **filters: str) -> list[int]:
    """Read the feed of a search: its newest results, all of them where they are few."""
    feed = Client().get("/feeds/search/", _parameters(q, restore) | filters).content.decode()
    return [int(key) for key in re.findall(r'<link href="[^"]*/speeches/(\d+)/', feed)]


def by_query_set(q: str, *, restore: bool = True) -> list[int]:
    """Ask as a programme of the site would."""
    return [int(result.pk) for result in SearchQuerySet().raw_search(q, restore=restore)]


def by_desk(q: str) -> list[int]:
    """Read the editors' list of speeches: every state, nothing but masked spellings read back."""
    editor = User.objects.filter(is_superuser=True).first()
    client = Client()
    client.force_login(editor or User.objects.create_superuser("desk"))
    page = client.get("/admin/archive/speech/", {"q": q, "all": ""})
    return [speech.pk for speech in page.context["cl"].result_list]


def _parameters(q: str, restore: bool) -> dict[str, str]:
    return {"q": q} if restore else {"q": q, "restore": "0"}


RESTORING: dict[str, Way] = {"page": by_page, "api": by_api, "query set": by_query_set}
"""Where masked spellings can be left as they stand."""

ALL: dict[str, Way] = RESTORING | {"feed": by_feed, "desk": by_desk}
"""Every way in which speeches are searched; the desk and the feed differ in order, not in what they find."""
