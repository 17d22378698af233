"""Text without what does not print, and the names of files and entries as they can be shown.

A name is only ever shown. What an item is and where its bytes are is kept beside it, so that no
name, however hostile, can be taken for something else.
"""

from __future__ import annotations

import os
import re
import unicodedata

# Neither printed nor wanted: controls, zero-width, bidi, soft hyphen, byte order mark, surrogates.
UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb\ud800-\udfff]+"
)
MAX_NAME = 200  # characters
_ELLIPSIS = "…"
_TAIL = 40  # of which so many from its end: the suffix says what a file wants to be
_SURROGATES = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """Return `text` without what neither prints nor stores: NUL, surrogates, bidi, zero-width."""
    return UNPRINTABLE.sub("", text)


def visible(text: str) -> str:
    """Return `text` as it can be stored and shown whole: invisible characters by their number."""
    return UNPRINTABLE.sub(lambda m: "".join(f"<U+{ord(char):04X}>" for char in m.group()), text)


def printable_name(name: str) -> str:
    """Return `name` on one line, without what does not print, and not longer than `MAX_NAME`.

    What a name is made of that is no UTF-8 (a file named under an old Chinese system) is read as
    GB18030. "" is what is left of a name of blanks and controls.
    """
    name = " ".join(printable(unicodedata.normalize("NFC", _decoded(name))).split())
    if len(name) <= MAX_NAME:
        return name
    return name[: MAX_NAME - _TAIL - 1] + _ELLIPSIS + name[-_TAIL:]


def _decoded(name: str) -> str:
    """Return a name whose bytes Python could not decode, read as Chinese."""
    if not _SURROGATES.search(name):
        return name
    try:
        return os.fsencode(name).decode("gb18030", "replace")
    except UnicodeEncodeError:  # surrogates that stand for no byte
        return _SURROGATES.sub("\ufffd", name)
