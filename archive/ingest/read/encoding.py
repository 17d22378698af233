"""From bytes to text: the encoding is proved by the text it gives, not believed from a label.

Candidates are tried in order: byte order mark, UTF-16 that gives itself away by its zero bytes,
strict UTF-8, the charset the file declares, GB18030, Big5. A candidate is taken when it decodes
strictly *and* reads like Chinese or like plain ASCII. GB18030 needs the second half: nearly every
Big5 text is also a valid GB18030 text, of nonsense. When none is clean the candidate with the
fewest replaced bytes that still reads like Chinese wins, then whatever charset-normalizer says.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import charset_normalizer

from archive.ingest.errors import IngestError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF16 = ("utf-16-le", "utf-16-be")
# What a label means in practice: the largest set that contains it.
_ALIASES = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "unicode": "utf-16-le",
    "utf8": "utf-8",
}
_DECLARED = re.compile(
    rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,30})"""
    rb"""|<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,30})""",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 4096  # bytes; HTML asks for 1,024, pages with long heads do not care

# The everyday characters: level 1 of GB 2312 (3,755, simplified) and of Big5 (5,401, traditional).
# A text in the right encoding consists of them almost wholly (real pages: 0.97 and more); wrong
# bytes scatter over the 20,000 characters of the large sets.
_LEVELS = (("gb2312", range(0xB0, 0xD8)), ("big5", range(0xA4, 0xC7)))
_EVERYDAY = frozenset(
    char
    for encoding, leads in _LEVELS
    for lead in leads
    for char in bytes(b for trail in range(0x40, 0xFF) for b in (lead, trail)).decode(
        encoding, "ignore"
    )
)
_NEUTRAL = re.compile(r"[\x00-\x7f\xa0\xb7\u2000-\u303f\uff00-\ufffd]+")  # in every encoding alike
_MIN_EVERYDAY = 0.85
_SAMPLE = 20_000  # characters looked at
_MAX_REPLACED = 0.1  # share of characters; beyond it a text is noise


@dataclass(frozen=True)
class Decoded:
    """A text and how it was read. `replaced` counts bytes shown as U+FFFD.

    `declared` is the charset the file names, "" if none; `overruled` says that it was not true.
    """

    text: str
    encoding: str
    replaced: int = 0
    declared: str = ""

    @property
    def overruled(self) -> bool:
        """Whether the file declares another encoding than the one it is in."""
        return bool(self.declared) and _canonical(self.declared) != self.encoding


def decode(content: bytes) -> Decoded:
    """Read `content` as text. Raises IngestError("undecodable") when no encoding gives one."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _tolerable(_decoded(content[len(mark) :], encoding, declared=""))
    declared = declared_charset(content)
    names = (
        *_unmarked_utf16(content),
        *("utf-8", _canonical(declared), "gb18030", "big5hkscs"),
        *_UTF16,
    )
    candidates = [name for name in dict.fromkeys(names) if name]
    for encoding in candidates:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or (reads_well(text) and "\x00" not in text):
            return Decoded(text, encoding, 0, declared)
    return _least_bad(content, candidates, declared)


def declared_charset(content: bytes) -> str:
    """Return the charset that a meta element or an XML declaration names, lower case, or ""."""
    found = _DECLARED.search(content, 0, _DECLARED_WITHIN)
    return (found.group(1) or found.group(2)).decode("ascii").lower() if found else ""


def reads_well(text: str) -> bool:
    """Tell whether `text` looks like Chinese or like plain ASCII rather than like wrong bytes."""
    telling = _NEUTRAL.sub("", text[:_SAMPLE])
    return sum(char in _EVERYDAY for char in telling) >= _MIN_EVERYDAY * len(telling)


def _least_bad(content: bytes, candidates: list[str], declared: str) -> Decoded:
    tries = [_decoded(content, encoding, declared) for encoding in candidates]
    readable = [one for one in tries if _share(one) and reads_well(one.text)]
    best = min(readable, key=_share, default=None)
    if best and _share(best) <= _MAX_REPLACED:
        return best
    match = charset_normalizer.from_bytes(content).best()
    if match is None:
        raise IngestError("undecodable", declared) if declared else IngestError("no-encoding")
    return _tolerable(_decoded(content, match.encoding, declared))


def _tolerable(decoded: Decoded) -> Decoded:
    if _share(decoded) > _MAX_REPLACED:
        raise IngestError("undecodable", decoded.encoding)
    return decoded


def _share(decoded: Decoded) -> float:
    return decoded.replaced / max(len(decoded.text), 1)


def _decoded(content: bytes, encoding: str, declared: str) -> Decoded:
    genuine = 0
    text = content.decode(encoding, "replace")
    replaced = text.count("\ufffd")
    if replaced and encoding.startswith("utf"):
        genuine = content.count("\ufffd".encode(encoding))  # the file may hold the sign itself
    return Decoded(text, encoding, replaced - genuine, declared)


def _canonical(label: str) -> str:
    """Return Python's name for a declared charset, "" when there is none such."""
    name = _ALIASES.get(label, label)
    try:
        return codecs.lookup(name).name if name else ""
    except LookupError:
        return ""


def _unmarked_utf16(content: bytes) -> tuple[str, ...]:
    """Return the byte orders of UTF-16 worth trying first: those of a file that holds zero bytes.

    ASCII has its zero byte in the high half, and no other text encoding has any; a few Han
    characters (U+5F00) have one in the low half, so the fuller half goes first.
    """
    sample = content[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if not even and not odd:
        return ()
    return _UTF16 if odd >= even else _UTF16[::-1]
