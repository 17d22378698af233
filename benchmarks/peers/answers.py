"""What a peer gives for a query of words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FACETS = ("source", "type", "year")


@dataclass(frozen=True)
class PeerAnswer:
    """The total, the numbers of the best documents, and counts by facet and value."""

    count: int
    numbers: list[int]
    facets: Mapping[str, Any] = field(default_factory=dict)
