"""A span of a text: its [start, end), in characters of the text as it stands."""

from typing import TypeAlias

Span: TypeAlias = tuple[int, int]
