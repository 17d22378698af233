"""HTML that is safe to put into a page: two independent sanitisers in a row, nh3 and then bleach.

A hole in one is caught by the other. The size of the input is bounded first, because bleach is
slow on hostile nesting, and the result is a fixed point of both: cleaning it again changes
nothing, so no parser after them can read it as something else. What does not settle is shown as
text. The Content-Security-Policy is the second defence.
"""

from __future__ import annotations

import re
import threading
from html import escape, unescape

import bleach
import nh3

from archive.ingest.errors import IngestError

# What the text of a speech consists of, and nothing that places, styles, loads or asks.
TAGS = frozenset(
    "p br h2 h3 h4 ul ol li blockquote strong em a "  # noqa: SIM905  a list of words reads better
    "table caption thead tbody tfoot tr th td".split()
)
# href of links, and the shape of table cells.
ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
SCHEMES = frozenset(("http", "https"))
REL = "nofollow noopener"

MAX_CHARACTERS = 2_000_000
MAX_SIGNS = (
    10_000  # of < and &: both sanitisers are quadratic in some of them, a second in the worst
)
MAX_DEPTH = 40
MAX_ATTRIBUTE = 4_000  # characters of one tag

_SUBTREES = frozenset(  # dropped with all they hold: bleach would leave their text
    "script style template noscript iframe object embed svg math title textarea select xmp "  # noqa: SIM905
    "noembed noframes plaintext".split()
)
_LONG_TAG = re.compile(rf"<[A-Za-z/!?][^>]{{{MAX_ATTRIBUTE}}}")
_OPENING_OR_CLOSING = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_SPAN = re.compile(r"[1-9]\d?")
_ROUNDS = 4
_local = threading.local()


def sanitise(html: str) -> str:
    """Return `html` reduced to the allow-lists. Raises IngestError("bomb") beyond the bounds."""
    if (
        len(html) > MAX_CHARACTERS
        or html.count("<") + html.count("&") > MAX_SIGNS
        or _LONG_TAG.search(html)
    ):
        raise IngestError("bomb", "HTML")
    for _round in range(_ROUNDS):
        cleaned = _by_nh3(html)
        if _depth(cleaned) > MAX_DEPTH:
            raise IngestError("bomb", "HTML")
        cleaned = _by_bleach(cleaned)
        if cleaned == html:
            return cleaned
        html = cleaned
    return escape(unescape(re.sub(r"<[^>]*>", "", html)), quote=False)


def _by_nh3(html: str) -> str:
    cleaned = nh3.clean(
        html,
        tags=set(TAGS),
        clean_content_tags=set(_SUBTREES),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=lambda _tag, name, value: value if _allowed(name, value) else None,
        url_schemes=set(SCHEMES),
        link_rel=REL,
        strip_comments=True,
    )
    # It writes the character as a reference, and many of these are too much for bleach.
    return cleaned.replace("&nbsp;", "\xa0")


def _by_bleach(html: str) -> str:
    cleaner: bleach.Cleaner | None = getattr(_local, "cleaner", None)  # not safe across threads
    if cleaner is None:
        cleaner = _local.cleaner = bleach.Cleaner(
            tags=TAGS,
            attributes=_bleach_attribute,
            protocols=SCHEMES,
            strip=True,
            strip_comments=True,
        )
    return cleaner.clean(html)


def _bleach_attribute(tag: str, name: str, value: str) -> bool:
    if (tag, name) == ("a", "rel"):
        return value == REL
    return name in ATTRIBUTES.get(tag, ()) and _allowed(name, value)


def _allowed(name: str, value: str) -> bool:
    """Tell whether a value fits: an absolute web address, a small number of cells."""
    if name == "href":
        return value.lower().startswith(("http://", "https://"))
    return name == "rel" or bool(_SPAN.fullmatch(value))


def _depth(html: str) -> int:
    """Return how deep the elements of nh3's output, which is well-formed, are nested."""
    depth = deepest = 0
    for closing, name in _OPENING_OR_CLOSING.findall(html):
        if name != "br":
            depth += -1 if closing else 1
            deepest = max(deepest, depth)
    return deepest
