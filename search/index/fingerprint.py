"""What an index was built with: if it differs from now, the index should be rebuilt."""

from __future__ import annotations

import hashlib
from typing import Any

from search.index.format.arrays import MAGIC
from search.text import genre

# Raise when what is written for the same text changes.
FORMAT = 5


def fingerprint(schema: Any) -> str:
    """Return a digest of the schema, the genre, the fold rules and the library versions."""
    fields = sorted(
        (name, type(kind).__name__, kind.stored, kind.column_type is not None)
        for name, kind in schema.items()
    )
    parts = (FORMAT, MAGIC, fields, genre.fingerprint())
    return hashlib.sha256(repr(parts).encode()).hexdigest()
