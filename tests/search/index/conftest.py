"""Small indexes in temporary folders, and the brute force they are compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from whoosh.fields import Schema

from search.index.format.fields import IntField, KeyField, TextField
from search.index.format.generations import IndexFolder
from search.index.read.snapshot import Snapshot
from search.index.write.writer import ArrayWriter


def schema() -> Schema:
    """A schema with one field of each kind."""
    return Schema(
        id=KeyField(unique=True, stored=True, facet=False),
        django_id=IntField(),
        django_ct=KeyField(),
        title=TextField(stored=True),
        text=TextField(),
        source=KeyField(),
        tag=KeyField(),
        date=IntField(),
    )


class Box:
    """An index folder with the few ways of filling it that tests need."""

    def __init__(self, root: Path) -> None:
        self.folder = IndexFolder(root)
        self.path = self.folder.create(schema(), "test")
        self.folder.swap(self.path)

    def add(self, documents: Iterable[dict[str, Any]], **options: Any) -> None:
        """Add documents in one commit; a bare text will do for one."""
        writer = ArrayWriter(self.folder.open(self.path), **options)
        for document in documents:
            writer.add_document(**{"django_ct": "t.t", **document})
        writer.commit()

    def add_texts(self, texts: Iterable[str], start: int = 0, **options: Any) -> None:
        """Add documents that are just texts, numbered from `start`."""
        numbered = enumerate(texts, start)
        self.add(({"id": f"t.{n}", "django_id": n, "text": t} for n, t in numbered), **options)

    def snapshot(self) -> Snapshot:
        """Open what is committed."""
        index = self.folder.open(self.path)
        return Snapshot(index.reader(), index.schema)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    """An empty index."""
    return Box(tmp_path / "index")


@pytest.fixture
def new_box(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Box]:
    """Make any number of empty indexes."""
    return lambda: Box(tmp_path_factory.mktemp("index"))
