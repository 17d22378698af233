"""What was changed in a visitor's line for it to mean something."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Why a line was repaired; `search.messages` holds the sentence for each."""

    TOO_LONG = "too_long"
    TOO_MANY_TERMS = "too_many_terms"
    TOO_DEEP = "too_deep"
    EMPTY_TERM = "empty_term"
    EMPTY_BRACKETS = "empty_brackets"
    EMPTY_PREFIX = "empty_prefix"
    QUOTE_CLOSED = "quote_closed"
    QUOTE_IGNORED = "quote_ignored"
    BRACKET_CLOSED = "bracket_closed"
    BRACKET_IGNORED = "bracket_ignored"
    OPERATOR_IGNORED = "operator_ignored"
    WILDCARDS = "wildcards"
    STRICT_GROUP = "strict_group"
    NEAR_OPERAND = "near_operand"
    NEAR_MIXED = "near_mixed"
    NEAR_DISTANCE = "near_distance"
    SAME_OPERAND = "same_operand"
    DATE_UNREADABLE = "date_unreadable"
    DATES_SWAPPED = "dates_swapped"


@dataclass(frozen=True, slots=True)
class Repair:
    """One change: its code and the piece of the line, or the bound, that it is about."""

    code: Code
    detail: str = ""
