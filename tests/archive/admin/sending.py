"""What a browser sends of a page of the desk."""

from __future__ import annotations

from typing import Any

from lxml import html


def sent(page: Any) -> dict[str, Any]:
    """Return what a browser would send of the page's form if nothing were typed."""
    forms = html.fromstring(page.content.decode()).forms
    form = next(each for each in forms if (each.get("id") or "").endswith("_form"))
    # A browser drops the newline that follows <textarea>; lxml keeps it.
    areas = {area.name for area in form.iterfind(".//textarea")}
    return {
        n: v.removeprefix("\n").removeprefix("\r\n") if n in areas else v
        for n, v in form.form_values()
    }
