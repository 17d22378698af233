"""How soon what is saved can be found."""

from __future__ import annotations

import time
from statistics import median

from django.db import transaction

from archive.models import Source, Speech, SpeechType, State
from benchmarks.measure import folder_bytes
from benchmarks.plan import Plan
from benchmarks.report import Report
from benchmarks.yinde import Yinde, index_folder
from search.sync.follow import catch_up
from search.sync.outbox import deferred, note_changes

PART = "New documents"
_ONE_BY_ONE = 7
_PATIENCE = 60.0


def run(plan: Plan, report: Report) -> None:
    """Add documents to the living index: one after the other, then many at once."""
    engine = Yinde()
    texts = [document.text for document in plan.corpus.first(plan.new_documents)]
    before = folder_bytes(index_folder())
    seconds = []
    for number, text in enumerate(texts[:_ONE_BY_ONE]):
        mark = f"新增单篇标记{number}号"
        started = time.perf_counter()
        _speech(mark, text).save()  # the index follows after the commit
        _until_found(engine, mark)
        seconds.append(time.perf_counter() - started)
    who = Yinde.name
    report.add(PART, "one findable, median", who, median(seconds), "s")
    report.add(PART, "one findable, worst", who, max(seconds), "s")

    mark = "新增成批标记"
    started = time.perf_counter()
    with deferred(), transaction.atomic():
        speeches = Speech.objects.bulk_create(_speech(mark, text) for text in texts)
        note_changes(Speech, [speech.pk for speech in speeches])
    stored = time.perf_counter() - started
    catch_up()
    _until_found(engine, mark, len(texts))
    taken = time.perf_counter() - started
    report.add(PART, "many findable", who, taken, "s", f"{len(texts):,}, stored in {stored:.1f} s")
    grown = (folder_bytes(index_folder()) - before) / sum(map(len, texts))
    report.add(PART, "index grown by", who, grown, "bytes/character")


def _speech(mark: str, text: str) -> Speech:
    speech = Speech(
        title=mark,
        text=f"{text}\n{mark}。",
        source=Source.objects.order_by("pk")[0],
        type=SpeechType.SPEECH,
        state=State.PUBLISHED,
    )
    speech.derive()
    return speech


def _until_found(engine: Yinde, mark: str, count: int = 1) -> None:
    """Wait until so many documents are found. Raises TimeoutError if that does not come to pass."""
    until = time.monotonic() + _PATIENCE
    while engine.strings(mark).count < count:
        if time.monotonic() > until:
            raise TimeoutError(f"{mark} is not found")
        time.sleep(0.005)
