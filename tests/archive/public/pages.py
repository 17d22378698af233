"""Ask for pages, and read them."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from django.test import Client

FIXED = ["/", "/search/", "/sources/", "/about/", "/help/"]


def get(client: Client, path: str, status: int = 200, **parameters: object) -> str:
    """Return the page at a path, which must be answered with `status`; of HTML, `unwrapped`."""
    query = urlencode(parameters, doseq=True)
    response = client.get(f"{path}?{query}" if query else path)
    assert response.status_code == status
    page = response.content.decode()
    return unwrapped(page) if response["Content-Type"].startswith("text/html") else page


def unwrapped(page: str) -> str:
    """Return a page as if its templates were written without line breaks and indentation."""
    page = re.sub(r"(?<=>)\s*\n\s*|\s*\n\s*(?=[<>])", "", page)
    return re.sub(r"\s*\n\s*", " ", page)


def titles(page: str) -> list[str]:
    """Return the titles of the speeches that a page lists, in order."""
    return re.findall(r'<h[23]><a href="/speeches/[^>]*>(.*?)</a></h[23]>', page)
