"""kill -9 of a serving site, in part or as a whole, while editors correct, upload and confirm.

What was answered is there: every correction with the versions before it, every upload with its bytes.
YINDE_KILLS=200 kills that often.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from archive.models import ItemStatus, Original, Speech, UploadBatch, UploadItem
from archive.models.speech import digest_of
from archive.roles import EDITOR
from search.models import IndexChange
from tests.effort import tries
from tests.factories import make_speech
from tests.faults.agreement import EVERYWHERE, assert_agreed
from tests.faults.desk import Clerk, Site, Visitor
from tests.faults.processes import eventually

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

KILLS = tries("YINDE_KILLS", 5, 5)
CLERKS = 3
PARTS = ("worker", "everything", "server", "follower", "supervisor")
OFTEN = ("worker",) * 6 + ("follower", "follower", "server", "everything", "supervisor")


@pytest.fixture
def site() -> Iterator[Site]:
    """Serve the test's database and index."""
    serving = Site(os.environ)
    try:
        serving.start()
        yield serving
    finally:
        serving.stop()


def session() -> str:
    """Log an editor in, and return the number of the session."""
    user = User.objects.create_user("bianji", is_staff=True)
    user.groups.add(Group.objects.get_or_create(name=EDITOR)[0])
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def assert_edits_kept(clerk: Clerk) -> None:
    """Assert that every acknowledged text is the present one or a version, in order and only once."""
    for pk, edits in clerk.edits.items():
        speech = Speech.objects.get(pk=pk)
        versions = speech.versions.order_by("pk").values_list("values", flat=True)
        held = [values["text"] for values in versions] + [speech.text]
        assert held == [text for text in edits.sent if text in set(held)]
        assert edits.acknowledged <= set(held)
        assert speech.text_sha256 == digest_of(speech.text)
        if len(held) > 1:
            assert speech.html == "".join(f"<p>{line}</p>" for line in speech.text.split("\n"))


def assert_uploads_kept(clerk: Clerk) -> None:
    """Assert that every acknowledged upload is whole, and every acknowledged confirmation carried out."""
    for upload in clerk.uploads:
        if upload.address:
            items = UploadItem.objects.filter(batch=upload.batch).select_related(
                "original", "speech"
            )
            kept = {item.name: item.original.sha256 for item in items}
            assert kept == upload.digests()
            if upload.confirmed:
                assert {item.status for item in items} == {ItemStatus.NEW}
                assert all(item.speech.state == "published" for item in items)


def assert_nothing_half_stored() -> None:
    """Assert that rows and files go together, whoever asked for them."""
    for original in Original.objects.all():
        content = original.read()
        assert hashlib.sha256(content).hexdigest() == original.sha256
        assert len(content) == original.size
    for item in UploadItem.objects.select_related("speech"):
        assert item.original_id
        assert item.status in (ItemStatus.WAITING, ItemStatus.NEW)
        assert (item.speech is not None) == (item.status == ItemStatus.NEW)
        assert item.speech is None or item.speech.original_id == item.original_id
    uploaded = Counter(Speech.objects.exclude(original=None).values_list("original", flat=True))
    assert set(uploaded.values()) <= {1}
    for batch in UploadBatch.objects.all():
        waits = batch.items.filter(status=ItemStatus.WAITING).exists()
        assert (batch.finished_at is None) == waits


def confirm_the_rest(visitor: Visitor) -> int:
    """Confirm what still waits as an editor would who comes back, and return how many batches."""
    waiting = set(
        UploadItem.objects.filter(status=ItemStatus.WAITING).values_list("batch", flat=True)
    )
    for batch in waiting:
        address = f"/admin/archive/speech/upload/{batch}/"
        page = visitor.get(address)
        assert visitor.post(address, page.form() | {"_publish": ["1"]}).status == 302
    assert not UploadItem.objects.filter(status=ItemStatus.WAITING).exists()
    return len(waiting)


@pytest.mark.long
def test_nothing_acknowledged_at_the_desk_is_lost_by_kill_9(site: Site) -> None:
    random, visitor = Random(7), Visitor(site.port, session())
    clerks = []
    for number, name in enumerate("甲乙丙"[:CLERKS]):
        own = [make_speech(f"{name}{n}", f"{EVERYWHERE}，{name}{n}的原文。") for n in range(2)]
        clerks.append(Clerk(name, visitor, {each.pk: each.text for each in own}, number))
        clerks[-1].start()
    try:
        for kill in range(KILLS):
            for clerk in clerks:
                clerk.go.set()
            time.sleep(random.uniform(0.05, 1.0))
            part = PARTS[kill] if kill < len(PARTS) else random.choice(OFTEN)
            site.kill(part, random)
            # Else the editors go on while it is not there yet.
            if part in OFTEN[-2:] or random.random() < 0.5:
                site.start()
                time.sleep(random.uniform(0, 0.5))
            if kill % 3 and kill + 1 < KILLS:
                continue
            for clerk in clerks:
                clerk.pause()
                assert clerk.problems == []
                assert_edits_kept(clerk)
                assert_uploads_kept(clerk)
            assert_nothing_half_stored()
            site.start()
            print(f"{kill + 1} kills survived")  # noqa: T201 (shown with -s)
    finally:
        for clerk in clerks:
            clerk.stopped = True
    left = confirm_the_rest(visitor)
    assert_nothing_half_stored()
    eventually(lambda: not IndexChange.objects.exists())
    assert_agreed()
    edits = sum(len(each.acknowledged) for clerk in clerks for each in clerk.edits.values())
    sent = sum(len(each.sent) - 1 for clerk in clerks for each in clerk.edits.values())
    uploads = [upload for clerk in clerks for upload in clerk.uploads]
    acknowledged = sum(bool(upload.address) for upload in uploads)
    assert edits > KILLS / 4
    assert acknowledged > KILLS / 8
    print(  # noqa: T201 (shown with -s)
        f"{KILLS} kills: {edits} of {sent} corrections, {acknowledged} of {len(uploads)} uploads "
        f"acknowledged, {sum(u.confirmed for u in uploads)} confirmed; {left} batches were left"
    )
