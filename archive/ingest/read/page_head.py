"""What the head of a page says of it: title, dates, canonical address and the like."""

from __future__ import annotations

import re

from lxml import etree

_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')


def read(root: etree._Element, html: str) -> dict[str, str]:
    """Return meta values by lower-case name, title, h1, canonical address, and dates of <time> and JSON-LD.

    Of several the first counts.
    """
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        if name and element.get("content"):
            found.setdefault(name.lower(), element.get("content").strip())
    for element in root.iter("title", "h1"):
        text = " ".join("".join(element.itertext()).split())
        if text:
            found.setdefault(element.tag, text)
    for element in root.iter("link"):
        if element.get("rel", "").lower() == "canonical" and element.get("href"):
            found.setdefault("canonical", element.get("href").strip())
    for element in root.iter("time"):
        if element.get("datetime"):
            found.setdefault("time", element.get("datetime"))
    if date := _JSON_DATE.search(html):
        found.setdefault("datepublished", date.group(1))
    return found
