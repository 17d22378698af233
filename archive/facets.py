"""The filters of the public pages, and which of their values exist."""

from __future__ import annotations

import re

from archive.models import Source, SpeechType
from search.engine import values


def sources(slugs: list[str]) -> set[str]:
    """Return those that are sources of something published."""
    published = Source.objects.published().filter(slug__in=slugs)
    return set(published.values_list("slug", flat=True))


def types(codes: list[str]) -> set[str]:
    """Return those that are types."""
    return {*codes} & {*SpeechType.values}


def years(written: list[str]) -> set[str]:
    """Return those that are written as a year, and the value for what has none."""
    return {value for value in written if value == UNDATED or re.fullmatch(r"[0-9]{4}", value)}


def months(written: list[str]) -> set[str]:
    """Return those that are written as a month of a year: 2024-04."""
    return {value for value in written if _MONTH.fullmatch(value)}


def columns(names: list[str]) -> set[str]:
    """Return those that are the site column of something published."""
    return {*names} & values("column")


def tags(names: list[str]) -> set[str]:
    """Return those that are a site tag of something published."""
    return {*names} & values("tag")


UNDATED = "unknown"
_MONTH = re.compile(r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])")
FACETS = {
    "source": sources,
    "type": types,
    "year": years,
    "month": months,
    "column": columns,
    "tag": tags,
}
