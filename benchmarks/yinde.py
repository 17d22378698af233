"""Yinde as a contestant: the site's own database, rebuild and backend."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.core.management import call_command
from haystack import connections

from archive.models import Source, Speech, SpeechType, State
from benchmarks.corpus import Document
from search import SearchRequest, search
from search.backend import Answer, Search
from search.query import Exact, parse
from search.query.nodes import Node
from search.site import backend, corpus, schema
from search.sync.rebuild import rebuild

NAME = "Yinde"
FACETS = ("source", "type", "year")
_MODEL = "archive.speech"
_SCOPE = {"state": (State.PUBLISHED.value,)}
_ROWS = 500


def fill_database(corpus: Iterable[Document]) -> None:
    """Put the corpus into a new database, as published speeches whose keys are its numbers."""
    call_command("migrate", verbosity=0)
    batch: list[Speech] = []
    sources: dict[str, Source] = {}
    for document in corpus:
        batch.append(_speech(document, sources))
        if len(batch) == _ROWS:
            Speech.objects.bulk_create(batch)
            batch = []
    Speech.objects.bulk_create(batch)


def _speech(document: Document, sources: dict[str, Source]) -> Speech:
    if document.source not in sources:
        sources[document.source] = Source.objects.create(
            name=document.source, slug=f"s{len(sources) + 1}"
        )
    speech = Speech(
        pk=document.number,
        title=document.title,
        text=document.text,
        source=sources[document.source],
        type=document.type if document.type in SpeechType.values else SpeechType.OTHER,
        date=document.date,
        state=State.PUBLISHED,
    )
    speech.derive()
    return speech


def hold(passages: Iterable[Document]) -> None:
    """Let some documents be all that the archive has."""
    call_command("migrate", verbosity=0)
    Speech.objects.all().delete()
    Source.objects.all().delete()
    fill_database(passages)
    rebuild()


def listed(line: str) -> list[int]:
    """Return the numbers of the ten documents on the page of results for a visitor's line."""
    return [row.pk for row in search(SearchRequest(line)).rows]


def build(processes: int | None) -> int:
    """Build the index from the database as the site does; None uses all cores."""
    return rebuild(processes=processes)


def build_subset(documents: int) -> None:
    """Build the index of the first documents."""
    site = connections["subset"].get_backend()
    site.clear()
    index = site.unified_index().get_index(Speech)
    site.update(index, index.index_queryset().filter(pk__lte=documents))


class Yinde:
    """The backend of a connection: "default" over the whole corpus, "subset" over part of it."""

    name = NAME

    def __init__(self, alias: str = "default") -> None:
        self.backend = corpus(alias).backend

    def exact(self, raw: str) -> set[int]:
        """Return all documents in which a string stands."""
        return set(numbers(self.find(Exact(raw), facets=(), stop=10**9)))

    def strings(self, raw: str) -> Answer:
        """Return the best documents and the total for a string."""
        return self.find(Exact(raw), facets=())

    def words(self, line: str) -> Answer:
        """Return the best documents, the total and the facets for a visitor's line."""
        return self.find(parse(line, schema().fields).tree)

    def find(self, tree: Node, facets: tuple[str, ...] = FACETS, stop: int = 10) -> Answer:
        """Carry out a search as the site does: published speeches only."""
        return self.backend.find(
            Search(tree, models=(_MODEL,), scope=_SCOPE, facets=facets, stop=stop)
        )

    def reopen(self) -> None:
        """Open the index anew, as after a commit: nothing computed is kept, what was open stays so."""
        self.backend.snapshot().key = ()
        self.backend.snapshot()


def index_folder() -> Path:
    """Return where the living index is."""
    folder: Path = backend().folder.root
    return folder


def numbers(answer: Answer) -> list[int]:
    """Return the documents of an answer, best first."""
    return [key for _, key in answer.keys]
