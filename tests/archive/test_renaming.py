"""What a source is called reaches every page of every process, with the database as the oracle."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Count, Q
from django.test import Client
from haystack import connections as search_connections

from archive.models import Source, Speech
from search.models import IndexChange
from tests.database import database_url
from tests.factories import make_follower, make_source, make_speech

Ask = Callable[[str, dict[str, str]], Any]
HEADERS = {"host": "127.0.0.1", "accept-language": "zh-hans"}
ROUNDS = 8
SERVER = f"""
import django, json, sys
django.setup()
from django.test import Client
client = Client(headers={HEADERS!r})
for line in sys.stdin:
    print(json.dumps(client.get(*json.loads(line)).content.decode()), flush=True)
"""


@pytest.fixture
def elsewhere(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """Another process that answers requests on the same database and index."""
    folder = search_connections.connections_info["default"]["PATH"]
    monkeypatch.setenv("DATABASE_URL", database_url())
    monkeypatch.setenv("SEARCH_URL", f"whoosh://{folder}")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.settings")
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    requests, answers = process.stdin, process.stdout

    def ask(path: str, parameters: dict[str, str]) -> Any:
        requests.write(json.dumps([path, parameters]) + "\n")
        requests.flush()
        return json.loads(answers.readline())

    yield ask
    requests.close()
    process.wait()
    answers.close()


def here(path: str, parameters: dict[str, str]) -> Any:
    return Client(headers=HEADERS).get(path, parameters).content.decode()


def change(draw: random.Random, number: int) -> None:
    """Do one of the things that editors do to sources."""
    source, other = draw.sample(list(Source.objects.order_by("pk")), 2)
    match draw.choice(["name", "name", "slug", "both", "swap", "move", "add", "delete", "state"]):
        case "name":
            source.name = f"甲{number}站"
            source.save()
        case "slug":
            source.slug = f"yi{number}"
            source.save()
        case "both":
            source.name, source.slug = f"丙{number}站", f"bing{number}"
            source.save()
        case "swap":
            names = source.name, other.name
            Source.objects.filter(pk=source.pk).update(name="空")
            Source.objects.filter(pk=other.pk).update(name=names[0])
            Source.objects.filter(pk=source.pk).update(name=names[1])
        case "move":
            for speech in source.speeches.all()[:2]:
                speech.source = other
                speech.save()
        case "add":
            make_speech(source=make_source(f"ding{number}"), text=f"第{number}篇。")
        case "delete":
            Source.objects.filter(speeches=None).delete()
        case "state":
            source.speeches.all().move_to(draw.choice(["published", "trash"]))


def test_every_process_calls_sources_as_the_database_does(elsewhere: Ask) -> None:
    draw = random.Random(4)
    for number in range(8):
        make_speech(source=f"yuan{number % 4}", text=f"工作第{number}篇。")
    for number in range(ROUNDS):
        change(draw, number)
        published = Count("speeches", filter=Q(speeches__state="published"))
        counts = {source: source.n for source in Source.objects.annotate(n=published) if source.n}
        shown = {(source.slug, source.name, n) for source, n in counts.items()}
        for ask in (here, elsewhere):
            page = json.loads(ask("/api/v1/search/", {"q": ""}))
            rows = page["facets"]["source"]
            assert {(row["value"], row["label"], row["count"]) for row in rows} == shown
            assert {found["source_name"] for found in page["results"]} <= {s.name for s in counts}
            offered = json.loads(ask("/api/v1/suggest/", {"q": "站"}))["sources"]
            assert {each["text"] for each in offered} <= {source.name for source in counts}
            listed, results = ask("/sources/", {}), ask("/search/", {})
            assert all(source.name in listed and source.name in results for source in counts)
            for source in draw.sample(list(counts), min(1, len(counts))):
                asked = [{"q": f"来源:“{source.name}”"}, {"source": source.slug}]
                asked += [{"q": f"来源:{source.slug}"}]
                for parameters in asked:
                    found = json.loads(ask("/api/v1/search/", parameters))
                    expected = Speech.objects.published()
                    if "q" in parameters:
                        name = parameters["q"].removeprefix("来源:").strip("“”")
                        held = Q(source__slug__contains=name) | Q(source__name__contains=name)
                        expected = expected.filter(held)
                    else:
                        expected = expected.filter(source=source)
                    assert found["count"] == expected.count(), parameters


@pytest.mark.django_db
def test_a_new_short_name_is_noted_whoever_saves_it() -> None:
    speech = make_speech(source="jia")
    make_follower()
    source = Source.objects.get()
    source.name = "新名"
    source.save()
    assert not IndexChange.objects.exists()
    source.slug = "yi"
    source.save()
    assert [note.key for note in IndexChange.objects.all()] == [speech.pk]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("q", ["类型:讲话稿", "type:speech", "类型:“Speech”"])
def test_a_type_has_the_same_names_in_every_language(q: str, language: str) -> None:
    """A link that one reader sends to another finds the same."""
    make_speech(type="speech")
    make_speech(type="news")
    client = Client(headers={"accept-language": language})
    assert client.get("/api/v1/search/", {"q": q}).json()["count"] == 1
