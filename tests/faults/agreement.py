"""What must hold after every fault."""

from __future__ import annotations

from archive.models import Speech
from search.pages import search
from search.results import SearchRequest
from search.site import corpus
from search.sync.consistency import differences
from search.sync.followers import registered

# Stands in every text that these tests write.
EVERYWHERE = "调查研究"


def found(query: str = EVERYWHERE) -> set[int]:
    """Return the keys of what a visitor finds."""
    return {row.pk for row in search(SearchRequest(q=query, per_page=10_000)).rows}


def visible() -> set[int]:
    """Return the keys of what a visitor may see."""
    return set(Speech.objects.published().values_list("pk", flat=True))


def pending() -> set[int]:
    """Return the keys of what the index has still to follow."""
    return set(registered(corpus()).changes.values_list("key", flat=True))


def assert_right_meanwhile() -> None:
    """Assert that a search now shows what may be seen, and all of it that is not waiting.

    Others may add speeches meanwhile, so the order of the questions matters.
    """
    before = visible()
    waiting = pending()
    shown = found()
    assert before - waiting - shown == set()
    assert shown - visible() == set()


def assert_agreed() -> None:
    """Assert that nothing waits, that index and database agree, and that searching shows it."""
    assert not pending()
    assert [str(each) for each in differences()] == []
    assert found() == visible()
