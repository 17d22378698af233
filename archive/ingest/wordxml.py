"""The name space of Word's XML."""

from __future__ import annotations

from xml.etree.ElementTree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def attribute(element: Element | None, name: str) -> str:
    """Return an attribute of the word name space, "" if it or the element is not there."""
    return "" if element is None else element.get(f"{W}{name}", "")
