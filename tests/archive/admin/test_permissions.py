"""Every role at every address of the desk, compared with a table.

The addresses are taken from the admin's own: a new one fails here until the table says who may.
"""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import URLPattern, reverse

from archive.models import (
    Original,
    Source,
    Speech,
    SpeechVersion,
    State,
    UploadBatch,
    UploadItem,
)
from search.sync.follow import follow
from tests.archive.admin.conftest import status
from tests.archive.admin.sending import sent as as_opened
from tests.factories import make_source, make_speech

pytestmark = pytest.mark.django_db
ROLES = ("visitor", "helper", "writer", "editor", "administrator", "superuser")
NO, IN = 403, 302
"""Refused; or sent on: to the log-in where one is not known, after doing it where one may."""
ALL = [IN, 200, 200, 200, 200, 200]
DESK = [IN, NO, 200, 200, 200, 200]
PUBLISHERS = [IN, NO, NO, 200, 200, 200]
KEEPERS = [IN, NO, NO, NO, 200, 200]
SUPERUSER = [IN, NO, NO, NO, NO, 200]
NOBODY = [IN, NO, NO, NO, NO, NO]
MAY_GET: dict[str, list[int]] = {
    "index": ALL,
    "password_change": ALL,
    "password_change_done": ALL,
    "jsi18n": ALL,
    "autocomplete": [IN, NO, NO, NO, NO, NO],
    "view_on_site": [IN, 404, 404, 404, 404, 404],
    "app_list": [IN, 404, 200, 200, 200, 200],
    "archive_source_changelist": DESK,
    "archive_source_add": DESK,
    "archive_source_change": DESK,
    "archive_source_history": DESK,
    "archive_source_delete": KEEPERS,
    "archive_speech_changelist": DESK,
    "archive_speech_add": DESK,
    "archive_speech_upload": DESK,
    "archive_speech_staged": DESK,
    "archive_speech_change": DESK,
    "archive_speech_history": DESK,
    "archive_speech_original": DESK,
    "archive_speech_delete": NOBODY,
    "archive_speech_move": [IN, NO, NO, 400, 400, 400],
    "archive_speech_revert": [IN, NO, 405, 405, 405, 405],
    "archive_speech_proposal": [IN, NO, 405, 405, 405, 405],
    "archive_uploadbatch_changelist": DESK,
    "archive_uploadbatch_change": DESK,
    "archive_uploadbatch_history": DESK,
    "archive_uploadbatch_add": NOBODY,
    "archive_uploadbatch_delete": NOBODY,
    "archive_uploaditem_changelist": DESK,
    "archive_uploaditem_change": DESK,
    "archive_uploaditem_history": DESK,
    "archive_uploaditem_original": DESK,
    "archive_uploaditem_add": NOBODY,
    "archive_uploaditem_delete": NOBODY,
    "auth_user_changelist": KEEPERS,
    "auth_user_add": KEEPERS,
    "auth_user_change": KEEPERS,
    "auth_user_history": KEEPERS,
    "auth_user_delete": KEEPERS,
    "auth_user_password_change": KEEPERS,
    "auth_group_changelist": KEEPERS,
    "auth_group_add": KEEPERS,
    "auth_group_change": KEEPERS,
    "auth_group_history": KEEPERS,
    "auth_group_delete": KEEPERS,
    "search_indexfailure_changelist": KEEPERS,
    "search_indexfailure_add": NOBODY,
    "search_indexfollower_changelist": KEEPERS,
    "search_indexfollower_add": NOBODY,
}
"""By the name of an address: what each of ROLES is answered to GET."""
OPEN = {"login", "logout"}
OTHERS = ("axes_", "search_indexfailure_", "search_indexfollower_")
"""For superusers alone, or of an object that there is not."""


def names_below(prefix: str = "") -> dict[str, URLPattern]:
    """Return every named address of the desk."""
    found: dict[str, URLPattern] = {}
    for pattern in admin.site.urls[0]:
        for each in getattr(pattern, "url_patterns", [pattern]):
            if isinstance(each, URLPattern) and each.name and each.name.startswith(prefix):
                found[each.name] = each
    return found


def people(request: pytest.FixtureRequest) -> list[Client]:
    return [request.getfixturevalue(role) for role in ROLES]


@pytest.fixture
def keys(db: None) -> dict[str, list[object]]:
    """Make one of everything; return what the addresses of each kind need."""
    original = Original.objects.keep(b"1", "1.html")
    speech = make_speech(original=original)
    version = SpeechVersion.objects.create(speech=speech, values={"title": "旧题"})
    batch = UploadBatch.objects.create(label="批")
    item = UploadItem.objects.create(batch=batch, name="件", original=original)
    return {
        "archive_speech": [speech.pk],
        "archive_speech_revert": [speech.pk, version.pk],
        "archive_speech_proposal": [speech.pk, version.pk],
        "archive_speech_staged": [batch.pk],
        "archive_source": [speech.source_id],
        "archive_uploadbatch": [batch.pk],
        "archive_uploaditem": [item.pk],
        "auth_user": [User.objects.create_user("somebody").pk],
        "auth_group": [Group.objects.create(name="some").pk],
        "view_on_site": [1, 1],
        "app_list": ["archive"],
    }


def address_of(name: str, keys: dict[str, list[object]]) -> str:
    kind = "_".join(name.split("_")[:2])
    needed = keys.get(name, keys.get(kind, []))
    plain = name.endswith(("_changelist", "_add", "_upload"))
    return reverse(f"admin:{name}", args=[] if plain else needed)


def test_the_table_names_every_address() -> None:
    named = {name for name in names_below() if not name.startswith(OTHERS)} - OPEN
    assert named == {name for name in MAY_GET if not name.startswith(OTHERS)}


def test_who_may_look(request: pytest.FixtureRequest, keys: dict[str, list[object]]) -> None:
    everybody = people(request)
    wrong = {}
    for name, expected in MAY_GET.items():
        address = address_of(name, keys)
        answers = [status(person, address) for person in everybody]
        if answers != expected:
            wrong[name] = answers
    assert not wrong


def test_what_axes_keeps_is_for_superusers(request: pytest.FixtureRequest) -> None:
    everybody = people(request)
    for name in names_below("axes_"):
        if name.endswith("_changelist"):
            answers = [person.get(reverse(f"admin:{name}")).status_code for person in everybody]
            assert answers == SUPERUSER, name


DONE: list[tuple[str, str, dict[str, str], str]] = [
    # what is done, where, what is sent, and who of ROLES does it: a letter each, "-" who does not
    ("publish a draft", "list", {"action": "publish"}, "---eas"),
    ("withdraw", "list", {"action": "withdraw"}, "---eas"),
    ("take down", "list", {"action": "take_down"}, "---eas"),
    ("trash", "list", {"action": "trash"}, "---eas"),
    ("trash by the button", "move", {"to": "trash"}, "---eas"),
    ("delete what is in the trash", "list", {"action": "delete_selected", "post": "yes"}, "----as"),
    ("bring a version back", "revert", {}, "---eas"),
    ("take a change over", "proposal", {"decision": "accept"}, "---eas"),
    ("refuse a change", "proposal", {"decision": "refuse"}, "---eas"),
    ("rename a source", "source", {"name": "改名", "slug": "jia", "domains": ""}, "---eas"),
    ("delete a source", "delete_source", {"post": "yes"}, "----as"),
]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("what", "where", "sent", "who"), DONE, ids=lambda value: str(value)[:20])
def test_who_may_do_what_visitors_would_see(
    request: pytest.FixtureRequest,
    role: str,
    what: str,
    where: str,
    sent: dict[str, str],
    who: str,
) -> None:
    state = {"publish a draft": State.DRAFT, "delete what is in the trash": State.TRASH}
    speech = make_speech("原题", state=state.get(what, State.PUBLISHED))
    waits = where == "proposal"
    version = SpeechVersion.objects.create(
        speech=speech, values={"title": "改题"}, pending=waits, taken=not waits
    )
    empty = make_source("kong")
    addresses = {
        "list": reverse("admin:archive_speech_changelist"),
        "move": reverse("admin:archive_speech_move", args=[speech.pk]),
        "revert": reverse("admin:archive_speech_revert", args=[speech.pk, version.pk]),
        "proposal": reverse("admin:archive_speech_proposal", args=[speech.pk, version.pk]),
        "source": reverse("admin:archive_source_change", args=[speech.source_id]),
        "delete_source": reverse("admin:archive_source_delete", args=[empty.pk]),
    }

    def seen() -> list[object]:
        speeches = Speech.objects.values_list("title", "text", "state", "source_id")
        sources = Source.objects.values_list("name", "slug")
        pending = SpeechVersion.objects.filter(pk=version.pk, pending=True)
        return [list(speeches), list(sources), pending.exists()]

    before = seen()
    person: Client = request.getfixturevalue(role)
    opened = person.get(addresses[where]) if where == "source" else None
    held = as_opened(opened) if opened and opened.status_code == 200 else {}
    person.post(addresses[where], {"_selected_action": str(speech.pk), **held, **sent})
    does = who[ROLES.index(role)] != "-"
    assert (seen() != before) == does
    assert LogEntry.objects.exists() == (does or (role == "writer" and where == "revert"))
    follow(patient=True)
