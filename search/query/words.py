"""The words and signs of the query language, and the bounds it keeps.

Every spelling is compared after NFKC and case folding, so full width and half width are one.
"""

from __future__ import annotations

MAX_LENGTH = 500  # characters of a line
MAX_TERMS = 32
MAX_LEVELS = 8  # of And, Or, Not, Near, Same and InField inside one another
MAX_BRACKETS = 32  # inside one another as typed; superfluous ones are no level
MAX_WILDCARDS = 4  # of one pattern
MAX_DISTANCE = 200
DEFAULT_DISTANCE = 10

OPENING = "(（"
CLOSING = ")）"
BARS = "|｜"
AMPERSANDS = "&＆"
MINUS = "-－−﹣"
PLUS = "+＋﹢"
COLONS = ":：﹕"

OPERATORS = {"AND": "and", "与": "and", "OR": "or", "或": "or", "NOT": "not"}

UNITS = {
    "同句": "sentence",
    "sentence": "sentence",
    "同段": "paragraph",
    "paragraph": "paragraph",
}
UNIT_NAMES = {"sentence": "同句", "paragraph": "同段"}
