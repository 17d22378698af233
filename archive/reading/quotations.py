"""Strings that a text puts in quotation marks (pure)."""

from __future__ import annotations

import re

from search.text.fold import fold

# Shorter ones are mostly terms (“三种身份”, “总开关”), longer ones passages.
SHORTEST, LONGEST = 5, 40
_QUOTED = re.compile(r"“([^“”\n]{4,80})”|「([^「」\n]{4,80})」")


def quotations_in(text: str) -> list[str]:
    """Return the strings in double quotation marks that are as long as a saying, each once.

    Their length is counted in characters that matter (`fold`); the wording is the text's own.
    """
    found: dict[str, str] = {}
    for match in _QUOTED.finditer(text):
        words = (match.group(1) or match.group(2)).strip("，,。；;：: ")
        if SHORTEST <= len(fold(words)) <= LONGEST:
            found.setdefault(fold(words), words)
    return list(found.values())
