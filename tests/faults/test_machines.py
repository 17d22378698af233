"""Two sites on one database, each with an index of its own: what is changed at either is found at both.

YINDE_CHANGES=200 changes that often.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import pytest
from django.conf import settings

from archive.models import Speech, State
from search.models import IndexFollower
from search.sync.consistency import differences
from search.sync.outbox import deferred
from tests.effort import tries
from tests.factories import make_speech
from tests.faults.agreement import EVERYWHERE, assert_agreed, pending, visible
from tests.faults.desk import Clerk, Site, Visitor
from tests.faults.processes import eventually
from tests.faults.test_kill_http import assert_edits_kept, session
from tests.machines import machine

pytestmark = [pytest.mark.fault, pytest.mark.long, pytest.mark.django_db(transaction=True)]

CHANGES = tries("YINDE_CHANGES", 20, 30)
KILLS = tries("YINDE_KILLS", 3, 3)
SPEECHES = 6


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[list[Site]]:
    """Serve the test's database twice."""
    served = []
    try:
        for name in ("first", "second"):
            own = {
                "DATA_DIR": str(tmp_path / name),
                "SEARCH_URL": f"whoosh://{folder_of(tmp_path, name)}",
                "SECRET_KEY": settings.SECRET_KEY,
            }
            served.append(Site({**os.environ, **own}))
            served[-1].start()
        eventually(lambda: IndexFollower.objects.exclude(built_at=None).count() == 2)
        yield served
    finally:
        for site in served:
            site.stop()


def folder_of(tmp_path: Path, name: str) -> Path:
    return tmp_path / name / "index"


def found_at(site: Site, query: str) -> set[int]:
    """Return the keys of what a visitor finds there; nothing while the index is being rebuilt."""
    keys, page, pages = set[int](), 1, 1
    while page <= pages:
        answer = Visitor(site.port).get("/api/v1/search/?" + urlencode({"q": query, "page": page}))
        if answer.status != 200:
            return set()
        said = json.loads(answer.body)
        pages, page = said["pages"], page + 1
        keys |= {row["id"] for row in said["results"]}
    return keys


def both_answer(sites: list[Site], wanted: dict[str, set[int]]) -> bool:
    """Say whether both sites find exactly what is wanted."""
    return all(found_at(site, query) == keys for query, keys in wanted.items() for site in sites)


def test_what_is_changed_at_either_is_found_at_both(sites: list[Site], tmp_path: Path) -> None:
    cookie, random = session(), Random(5)
    speeches = [make_speech(f"题{n}", f"{EVERYWHERE}，第{n}篇。") for n in range(SPEECHES)]
    editors = [Visitor(site.port, cookie) for site in sites]
    texts: dict[int, str] = {}
    for number in range(CHANGES):
        speech, editor = random.choice(speeches), random.choice(editors)
        change = f"/admin/archive/speech/{speech.pk}/change/"
        texts[speech.pk] = f"{EVERYWHERE}，编号{number}的正文。"
        values = editor.get(change).form() | {"text": [texts[speech.pk]], "_save": ["1"]}
        assert editor.post(change, values).status == 302
        if number == CHANGES // 2:
            hidden = Speech.objects.get(pk=speeches.pop().pk)
            hidden.state = State.TAKEN_DOWN
            with deferred():
                hidden.save()
            texts.pop(hidden.pk, None)
    wanted = {"编号" + text.partition("编号")[2][:-4]: {key} for key, text in texts.items()}
    begun = time.monotonic()
    eventually(lambda: both_answer(sites, wanted | {EVERYWHERE: visible()}))
    print(f"alike {time.monotonic() - begun:.2f} s after {CHANGES} changes")  # noqa: T201 (shown with -s)
    for name in ("first", "second"):
        with machine(folder_of(tmp_path, name)):
            assert list(differences()) == []


def test_kill_9_of_either_or_of_its_follower_loses_nothing(
    sites: list[Site], tmp_path: Path
) -> None:
    cookie, random = session(), Random(11)
    clerks = []
    for number, (name, site) in enumerate(zip("甲乙", sites, strict=True)):
        own = [make_speech(f"{name}{n}", f"{EVERYWHERE}，{name}{n}的原文。") for n in range(2)]
        visitor = Visitor(site.port, cookie)
        clerks.append(Clerk(name, visitor, {each.pk: each.text for each in own}, number))
        clerks[-1].work = [clerks[-1].edit]
        clerks[-1].start()
    try:
        for kill in range(KILLS):
            for clerk in clerks:
                clerk.go.set()
            time.sleep(random.uniform(0.2, 1.0))
            part = ("follower", "everything", "server")[kill % 3]
            sites[kill % 2].kill(part, random)
            time.sleep(random.uniform(0.2, 1.0))
            sites[kill % 2].start()
        for clerk in clerks:
            clerk.pause()
            assert clerk.problems == []
            assert_edits_kept(clerk)
            assert any(each.acknowledged for each in clerk.edits.values())
    finally:
        for clerk in clerks:
            clerk.stopped = True
    eventually(lambda: both_answer(sites, {EVERYWHERE: visible()}))
    for name in ("first", "second"):
        with machine(folder_of(tmp_path, name)):
            # What the index holds is noted for a moment longer.
            eventually(lambda: not pending() and not list(differences()))
            assert_agreed()
