"""From the bytes of a file to a draft that an editor can look at. Nothing here writes anything.

`expand` opens what holds several materials (zip, .jsonl), `draft` reads one file, `draft_member`
reads whatever `expand` gave. Both are for files one trusts (tests, benchmarks): the site reads all
others through `isolate`, which does the same in a child process with hard limits.
"""

from __future__ import annotations

from archive.ingest.errors import IngestError
from archive.ingest.expand import expand
from archive.ingest.pipeline import draft, draft_member
from archive.ingest.values import Draft, Evidence, Hints, Member, Removed

__all__ = [
    "Draft",
    "Evidence",
    "Hints",
    "IngestError",
    "Member",
    "Removed",
    "draft",
    "draft_member",
    "expand",
]
