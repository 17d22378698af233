"""Several machines on one database, in one process: each has an index of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from haystack import connections


@contextmanager
def machine(folder: Path) -> Iterator[None]:
    """Be the machine whose index lies in `folder`."""
    options = connections.connections_info["default"]
    before = options["PATH"]
    options["PATH"] = str(folder)
    connections.reload("default")
    try:
        yield
    finally:
        options["PATH"] = before
        connections.reload("default")
