"""The filters of the public pages, and which of their values exist."""

from __future__ import annotations

import re

from archive.models import Source, SpeechType


def sources(slugs: list[str]) -> set[str]:
    """Return those that are sources."""
    return set(Source.objects.filter(slug__in=slugs).values_list("slug", flat=True))


def types(codes: list[str]) -> set[str]:
    """Return those that are types."""
    return {*codes} & {*SpeechType.values}


def years(values: list[str]) -> set[str]:
    """Return those that are written as a year, and the value for what has none."""
    return {value for value in values if value == UNDATED or re.fullmatch(r"[0-9]{4}", value)}


UNDATED = "unknown"
FACETS = {"source": sources, "type": types, "year": years}
