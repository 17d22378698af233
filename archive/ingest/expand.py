"""Open what holds several materials: .zip, .jsonl (.xz, .gz); any other file is one member."""

from __future__ import annotations

import gzip
import io
import json
import lzma
from collections.abc import Iterator
from typing import IO

from archive.ingest.values import Member


def expand(content: bytes | IO[bytes], name: str) -> Iterator[Member]:
    """Yield the materials in a file, one at a time; `content` is its bytes or an open binary file."""
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    bare = name.lower()
    if bare.endswith(".xz"):
        file, bare = lzma.open(file), bare.removesuffix(".xz")  # noqa: SIM115
    elif bare.endswith(".gz"):
        file, bare = gzip.open(file), bare.removesuffix(".gz")  # noqa: SIM115
    if not bare.endswith(".jsonl"):
        yield Member(name, file.read())
        return
    for number, line in enumerate(file, 1):
        yield Member(f"{name}#{number}", line, json.loads(line))
