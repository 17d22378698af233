"""Several who store at the same moment: the archive is as if one had come after the other."""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection

from archive.ingest import upload
from archive.ingest.pipeline import draft
from archive.ingest.store.speeches import store
from archive.models import Speech
from search.sync.outbox import deferred
from tests.archive.samples import text_of

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5
TOGETHER = 4


def together(deeds: list[Callable[[], None]]) -> None:
    """Carry out all deeds at once; raise what one of them raised."""
    start, errors = threading.Barrier(len(deeds)), list[BaseException]()

    def run(deed: Callable[[], None]) -> None:
        try:
            start.wait()
            with deferred():
                deed()
        except BaseException as error:  # noqa: BLE001 (raised again below)
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_one_text_stored_by_many_is_one_document() -> None:
    for number in range(ROUNDS):
        content, found = text_of(number), Counter[str]()

        def bring(name: str, content: bytes = content, found: Counter[str] = found) -> None:
            found[store(draft(content, name), content, name).status] += 1

        together([lambda n=n, bring=bring: bring(f"{n}.txt") for n in range(TOGETHER)])
        assert found == {"new": 1, "duplicate": TOGETHER - 1}
        assert Speech.objects.count() == number + 1


def test_a_batch_whose_items_are_confirmed_together_is_finished() -> None:
    user = User.objects.create_superuser("wang")
    for number in range(ROUNDS):
        texts = (text_of(TOGETHER * number + n) for n in range(TOGETHER))
        staged = upload.stage(
            [(f"{n}.txt", io.BytesIO(text)) for n, text in enumerate(texts)], user
        )
        assert staged.batch
        items = list(staged.batch.items.all())
        together([lambda item=item: upload.confirm(item, user) for item in items])
        staged.batch.refresh_from_db()
        assert staged.batch.finished_at
