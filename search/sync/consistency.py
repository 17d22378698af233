"""Prove that the index and the database agree, document by document and field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from search.backend import Digests, identity
from search.errors import IndexUnavailable
from search.site import Corpus, corpus
from search.sync.documents import prepare
from search.sync.followers import registered

# Objects read from the database at a time.
_READ = 200
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Difference:
    """One way in which index and database differ; `identity` is "app.model.key" or a file."""

    identity: str
    problem: str

    def __str__(self) -> str:
        return f"{self.identity}: {self.problem}"


def differences(*, progress: Progress | None = None) -> Iterator[Difference]:
    """Yield every difference between what the index holds and what it should hold."""
    compared = corpus()
    backend = compared.backend
    if backend.built_with() not in {None, backend.fingerprint()}:
        yield Difference("index", "built with another schema, dictionary or library")
    try:
        failures = registered(compared).failures
        for name in backend.damage(anew=True):
            yield Difference(name, "damaged or missing")
        held: dict[str, list[Digests]] = {}
        for name, digests in backend.held():
            held.setdefault(name, []).append(digests)
    except IndexUnavailable as error:
        yield Difference("index", str(error))
        return
    failed = {str(failure): failure.error for failure in failures.order_by("pk")}
    for name, reason in failed.items():
        yield Difference(name, f"cannot be indexed: {reason}")
        held.pop(name, None)
    for label in compared.indexed():
        yield from _of_model(compared, label, held, failed, progress)
    for name in sorted(held):
        yield Difference(name, "is not in the database")


def _of_model(
    compared: Corpus,
    label: str,
    held: dict[str, list[Digests]],
    failed: Mapping[str, str],
    progress: Progress | None,
) -> Iterator[Difference]:
    """Compare the objects of one model, and take them out of what is `held`."""
    rows = compared.indexed()[label].index_queryset(using=compared.alias).order_by("pk")
    keys = list(rows.values_list("pk", flat=True))
    for at in range(0, len(keys), _READ):
        documents, failures = prepare(compared, [(label, key) for key in keys[at : at + _READ]])
        for failure in failures:
            if failure.identity not in failed:
                yield Difference(failure.identity, f"cannot be indexed: {failure.error}")
                held.pop(failure.identity, None)
        for item, document in documents.items():
            if document is not None and identity(item) not in failed:
                kept = held.pop(identity(item), [])
                yield from _compared(identity(item), kept, compared.backend.digests(document))
        if progress:
            progress(min(at + _READ, len(keys)), len(keys))


def _compared(name: str, kept: list[Digests], wanted: Digests) -> Iterator[Difference]:
    if len(kept) != 1:
        yield Difference(name, f"stands {len(kept)} times in the index")
        return
    for field, digest in wanted.items():
        if kept[0].get(field) != digest:
            yield Difference(name, f"{field} is not as in the database")
