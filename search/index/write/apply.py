"""Apply changes to an index: documents by identity, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from whoosh.index import TOC, FileIndex

from search.index.format.fields import IDENTITY
from search.index.format.generations import FINGERPRINT
from search.index.write.writer import ArrayWriter


def apply(index: FileIndex, changes: Mapping[str, Mapping[str, Any] | None]) -> None:
    """Replace, add or remove (None) the documents of some identities, and commit.

    Either all of it becomes visible and durable or nothing. The caller holds the write lock.
    Fields that the index does not know (it was built by an older version) are left out.
    """
    _remove_leftovers(index)
    writer = ArrayWriter(index, _lk=False)
    try:
        delete(writer, changes)
        known = set(writer.schema.names())
        for document in changes.values():
            if document is not None:
                writer.add_document(**{k: v for k, v in document.items() if k in known})
        writer.commit()
    finally:
        if not writer.is_closed:
            writer.cancel()


def _remove_leftovers(index: FileIndex) -> None:
    """Remove what a killed writer or a full disk left, before room is needed for more."""
    state = TOC.read(index.storage, index.indexname)
    ours = {segment.segment_id() for segment in state.segments}
    ours |= {TOC._filename(index.indexname, state.generation), FINGERPRINT}
    for path in Path(index.storage.folder).iterdir():
        if path.is_file() and path.name not in ours and path.name.partition(".")[0] not in ours:
            path.unlink()


def delete(writer: ArrayWriter, identities: Iterable[str]) -> None:
    """Mark the committed documents of some identities as deleted."""
    wanted = [identity.encode() for identity in identities]
    for segment in writer.segments:
        reader = segment.codec().terms_reader(writer.storage, segment)
        terms = reader.fields.get(IDENTITY)
        if terms is not None:
            for identity in wanted:
                number = terms.number(identity)
                if number >= 0:
                    for document in terms.postings(number)[0].tolist():
                        segment.delete_document(document)
        reader.close()
