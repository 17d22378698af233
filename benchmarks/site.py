"""The site as a visitor has it: some passages in its database, and what its pages list for a line."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.management import call_command

from archive.models import Source, Speech, State
from benchmarks.corpus import Document
from search import SearchRequest, keys
from search.sync.rebuild import rebuild


def hold(passages: Sequence[Document]) -> None:
    """Let some passages, published under their numbers, be all that the archive holds."""
    call_command("migrate", verbosity=0)
    Speech.objects.all().delete()
    source, _new = Source.objects.get_or_create(slug="set", name="题库")
    speeches = [
        Speech(
            pk=each.number,
            title=each.title,
            text=each.text,
            source=source,
            state=State.PUBLISHED,
        )
        for each in passages
    ]
    for speech in speeches:
        speech.derive()
    Speech.objects.bulk_create(speeches, batch_size=500)
    rebuild()


def ask(line: str) -> list[int]:
    """Return the numbers of the ten passages that a page of results would list."""
    return keys(SearchRequest(line), 10)
