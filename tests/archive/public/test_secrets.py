"""What visitors must not learn, looked for in every public answer there is.

The addresses are taken from the site's own table of addresses: a new one fails here until it is said
below how it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from archive.models import (
    ItemStatus,
    Original,
    Source,
    Speech,
    SpeechVersion,
    State,
    UploadBatch,
    UploadItem,
)
from archive.roles import ADMINISTRATOR, EDITOR
from search.models import IndexFailure
from search.site import corpus
from search.sync.follow import follow
from search.sync.followers import registered
from tests.factories import make_source, make_speech

pytestmark = pytest.mark.django_db

HEAD, TAIL = "青铜匣", "钥匙埋处"
"""A secret is both; who asks for the first half must not be given the second."""
SECRET = HEAD + TAIL
HIDDEN = [state for state in State if state != State.PUBLISHED]

ASKED: dict[str, list[str]] = {
    "": [""],
    "search/": ["search/"],
    "sources/": ["sources/"],
    "sources/<uslug:slug>/": ["sources/shown/", "sources/{slug}/", "sources/{empty}/"],
    "speeches/<int:pk>/": ["speeches/{shown}/", "speeches/{hidden}/", "speeches/999999/"],
    "speeches/<int:pk>/text/": ["speeches/{shown}/text/", "speeches/{hidden}/text/"],
    "about/": ["about/"],
    "help/": ["help/"],
    "feeds/search/": ["feeds/search/"],
    "api/v1/": ["api/v1/"],
    "api/v1/openapi.json": ["api/v1/openapi.json"],
    "api/v1/search/": ["api/v1/search/"],
    "api/v1/suggest/": ["api/v1/suggest/"],
    "api/v1/speeches/<int:pk>/": ["api/v1/speeches/{shown}/", "api/v1/speeches/{hidden}/"],
    "robots.txt": ["robots.txt"],
    "sitemap.xml": ["sitemap.xml"],
    "sitemap-<section>.xml": [
        "sitemap-pages.xml",
        "sitemap-sources.xml",
        "sitemap-speeches.xml",
        "sitemap-none.xml",
    ],
    "language/": ["language/"],
}
"""How each public address is asked."""
FILTERED = {"search/", "feeds/search/", "api/v1/search/", "sources/<uslug:slug>/"}
SEARCHING = FILTERED | {"api/v1/suggest/", "speeches/<int:pk>/"} - {"sources/<uslug:slug>/"}
WORDS = [HEAD, f"标题:{HEAD}", f"来源:{HEAD}", f"{HEAD} 题目", f"{HEAD}*", f"题目 OR {HEAD}"]
WORDS += [f"-{HEAD}", f"同句({HEAD} 题目)"]
FILTERS = ("source", "type", "year", "month", "column", "tag")


def public_routes() -> list[str]:
    """Return every address of the site that is not the desk's, as it is declared."""

    def below(resolver: URLResolver, prefix: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield route
            elif getattr(pattern, "app_name", None) != "admin":
                yield from below(pattern, route)

    return list(below(get_resolver(), ""))


def test_every_public_address_is_asked() -> None:
    assert set(public_routes()) == set(ASKED)


@pytest.fixture
def shown() -> Speech:
    """What visitors may see."""
    source = make_source("shown", name="看得见的站", domains=["shown.example"], licence="许可")
    speech = make_speech(
        "题目", "正文。“看得见的一句引文”。", source=source, date="2024-04-14", site_tags=["标签"]
    )
    make_speech("题目二", "正文又一篇。", source=source, site_column="栏目")
    follow(patient=True)
    return speech


def hide(speech: Speech) -> dict[str, object]:
    """Put the secret into every field that visitors must not see; return what the addresses need."""
    editor = User.objects.create_user(f"编辑{SECRET}", email="secret@example.cn")
    values = {
        "held_reason": SECRET,
        "original_url": f"https://hidden.example/{SECRET}",
        "source_line": SECRET,
        "site_column": SECRET,
        "site_tags": [SECRET],
        "author": SECRET,
        "html": f"<p>{SECRET}</p>",
        "external_id": SECRET,
        "removed": [{"start": 0, "end": 1, "rule": SECRET, "text": SECRET}],
        "provenance": {"title": {"rule": SECRET, "text": SECRET, "guessed": True}},
        "type": "lecture",
        "date": "1987-03-04",
        "hit_count": 19870304,
        "declared_length": 870304,
    }
    kept = Original.objects.keep(SECRET.encode(), f"{SECRET}.html")
    hidden = [
        make_speech(
            f"题目{SECRET}",
            f"题目{SECRET}正文。“{SECRET}一句引文”。{state}",
            state=state,
            original=kept,
            source=source,
            **values,
        )
        for state in HIDDEN
        for source in (
            make_source(f"s-{HEAD}-{TAIL}", name=SECRET, note=SECRET, domains=[f"{SECRET}.cn"]),
            speech.source,
        )
    ]
    empty = make_source(f"e-{HEAD}-{TAIL}", name=f"空{SECRET}", licence=SECRET, note=SECRET)
    # What belongs to the desk of what is published.
    Source.objects.filter(pk=speech.source_id).update(note=SECRET)
    Speech.objects.filter(pk=speech.pk).update(
        removed=[], provenance=values["provenance"], html=values["html"], external_id=SECRET
    )
    Speech.objects.filter(pk=speech.pk).update(original=kept)
    SpeechVersion.objects.create(
        speech=speech, values={"title": SECRET, "text": SECRET}, changed_by=editor, reason=SECRET
    )
    batch = UploadBatch.objects.create(label=SECRET, created_by=editor, source=empty)
    UploadItem.objects.create(
        batch=batch, name=SECRET, reason=SECRET, speech=speech, status=ItemStatus.HELD
    )
    LogEntry.objects.log_actions(editor.pk, Speech.objects.all(), CHANGE, SECRET)
    now = timezone.now()
    follow(patient=True)
    IndexFailure.objects.create(
        follower=registered(corpus()),
        model="archive.speech",
        key=speech.pk,
        error=SECRET,
        failed_at=now,
        retry_at=now,
    )
    follow(patient=True)
    return {
        "shown": speech.pk,
        "hidden": hidden[0].pk,
        "slug": hidden[0].source.slug,
        "empty": empty.slug,
    }


def asked(places: dict[str, object], words: list[str]) -> Iterator[str]:
    """Yield every public address bare, and those that read parameters with every word and filter."""
    for route, paths in ASKED.items():
        for path in (f"/{path}".format(**places) for path in paths):
            yield path
            some = words if route in SEARCHING else words[:1]
            yield from (f"{path}?{urlencode({'q': word})}" for word in some)
            if route in FILTERED:
                values = {"source": places["slug"], "type": "lecture", "month": "1987-03"}
                for name in FILTERS:
                    value = str(values.get(name, SECRET))
                    yield f"{path}?{urlencode({name: value, 'year': '1987'})}"
    yield f"/{HEAD}/"
    yield f"/search/?{urlencode({'year': range(2000)}, doseq=True)}"


def answer(client: Client, path: str) -> bytes:
    """Return all that is answered: the status, the headers and the body."""
    response = client.get(path, headers={"Accept-Encoding": "identity"})
    body = b"".join(response.streaming_content) if response.streaming else response.content
    heads = "".join(f"{name}: {value}\n" for name, value in sorted(response.items()))
    return f"{response.status_code}\n{heads}\n".encode() + body


def someone(role: str) -> Client:
    client = Client()
    if role:
        user = User.objects.create_user(role, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
    return client


@pytest.mark.parametrize("role", ["", EDITOR, ADMINISTRATOR])
def test_no_public_answer_holds_a_secret(shown: Speech, role: str) -> None:
    client = someone(role)
    places = hide(shown)
    for path in asked(places, WORDS if not role else WORDS[:2]):
        given = answer(client, path)
        # What the address itself says may be said back: only as it was typed.
        told = given if TAIL not in path and urlencode({"": TAIL})[1:] not in path else b""
        for secret in (TAIL.encode(), urlencode({"": TAIL})[1:].encode(), b"hidden.example"):
            assert secret not in told, path
        assert b"19870304" not in given.replace(b",", b""), path


@pytest.mark.parametrize(("index", "words"), [("followed", WORDS), ("behind", WORDS[:2])])
def test_what_is_hidden_changes_no_public_answer(
    client: Client, shown: Speech, index: str, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slug, empty = f"s-{HEAD}-{TAIL}", f"e-{HEAD}-{TAIL}"
    places = {"shown": shown.pk, "hidden": 888888, "slug": slug, "empty": empty}
    before = {path: lasting(answer(client, path)) for path in asked(places, words)}
    if index == "behind":
        monkeypatch.setattr("search.sync.outbox.follow", lambda **_options: 0)
    places |= {"hidden": hide(shown)["hidden"]}
    own = str(places["hidden"])
    for path in asked(places, words):
        expected = before[path.replace(f"speeches/{own}/", "speeches/888888/")]
        expected = expected.replace(b"speeches/888888/", f"speeches/{own}/".encode())
        assert lasting(answer(client, path)) == expected, path


def lasting(given: bytes) -> bytes:
    """Return an answer without what varies by itself.

    An empty feed is of now; how rare a word is, and so what is similar, is weighed over all states.
    """
    return b"".join(_VARIES.sub(b"", given).split())


_VARIES = re.compile(
    rb"(Content-Length|Last-Modified): .*\n|<updated>.*?</updated>"
    rb'|<section class="similar"(.|\n)*?</section>'
)


def test_a_source_appears_and_goes_with_what_is_published(client: Client) -> None:
    source = make_source("gengzi", name="庚子站", licence="许可庚", note="内部说明")
    draft = make_speech(source=source, state=State.DRAFT)
    there = ["/sources/", "/search/", "/", "/about/", "/sitemap-sources.xml", "/api/v1/search/"]
    for state in [*HIDDEN, State.PUBLISHED, *HIDDEN]:
        Speech.objects.filter(pk=draft.pk).move_to(state)
        follow(patient=True)
        is_there = state == State.PUBLISHED
        page = client.get("/sources/gengzi/")
        assert page.status_code == (200 if is_there else 404)
        assert "内部说明" not in page.content.decode()
        for path in there:
            text = client.get(path).content.decode()
            assert ("gengzi" in text or "庚子" in text) == is_there, path
        chosen = client.get("/search/?source=gengzi").content.decode()
        assert ("没有这个来源：gengzi" in chosen) != is_there
        assert ("庚子站" in chosen) == is_there
        offered = client.get("/api/v1/suggest/?q=庚子").json()
        assert bool(offered["sources"]) == is_there
