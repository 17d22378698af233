"""What the value of a facet is called."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.utils import translation


def in_every_language(label: Callable[[str], str]) -> Callable[[str], set[str]]:
    """Return what gives all that a value is called: one query finds the same for every reader."""

    def names(value: str) -> set[str]:
        found = set()
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                found.add(str(label(value)))
        return found

    return names
