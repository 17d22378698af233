"""The pages of hostile texts: how many bytes they have, and what making them takes."""

from __future__ import annotations

from functools import cache, partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from archive.models import ItemStatus, Source, Speech, SpeechVersion, UploadBatch
from search.highlight import Highlighter
from search.sync.follow import follow
from tests.factories import make_source, make_speech
from tests.hostile.kinds import KINDS, ORDINARY, QUERIES, SIZE, Kind
from tests.hostile.measure import Cost, assert_bounded, cost
from tests.search.language import parse

MOST_BYTES = 1_000_000
WHOLE = 1_900_000
PARAGRAPHS = 900_000


@cache
def ordinary() -> str:
    return ORDINARY.text(SIZE)


@cache
def marking_usually(query: str) -> Cost:
    tree = parse(query).tree
    Highlighter("", ordinary(), tree)  # what is only made once is made
    return cost(partial(Highlighter, "", ordinary(), tree))


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("query", QUERIES)
def test_marking_takes_about_as_long_as_in_an_ordinary_text(kind: Kind, query: str) -> None:
    text, tree = kind.text(SIZE), parse(query).tree
    work = partial(Highlighter, "", text, tree)
    assert_bounded(work, marking_usually(query), kind.time, kind.memory)


class Reader:
    """Somebody who opens pages, none of which is too large."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def opens(self, speech: Speech, **asked: str) -> None:
        """Open a page of a material."""
        answer = self.client.get(speech.get_absolute_url(), asked)
        assert answer.status_code == 200
        assert len(answer.content) <= MOST_BYTES


@pytest.fixture(scope="module")
def page_usually() -> dict[str, Cost]:
    """What an ordinary page takes, once it has been measured."""
    return {}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_page_is_bounded_and_made_as_quickly(
    client: Client, kind: Kind, page_usually: dict[str, Cost]
) -> None:
    reader = Reader(client)
    if not page_usually:
        other = make_speech("常", ordinary())
        reader.opens(other, q="的")  # what is only made once is made
        page_usually["cost"] = cost(partial(reader.opens, other, q="的"))
    speech = make_speech("题", kind.text(SIZE))
    work = partial(reader.opens, speech, q="的")
    assert_bounded(work, page_usually["cost"], kind.time, kind.memory)
    for query in QUERIES:
        reader.opens(speech, q=query, page="2")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("的" * WHOLE, id="的", marks=pytest.mark.long),
        pytest.param("的\n" * PARAGRAPHS, id="lines", marks=pytest.mark.long),
        pytest.param("的，" * (WHOLE // 2), id="的，", marks=pytest.mark.long),
    ],
)
def test_the_texts_that_stopped_the_site_have_small_pages(client: Client, text: str) -> None:
    speech = make_speech("题", text)
    for asked in ({}, {"q": "的"}, {"q": "的 NEAR/3 的"}):
        Reader(client).opens(speech, **asked)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_from_upload_to_a_marked_hit(admin_client: Client, client: Client, kind: Kind) -> None:
    file = SimpleUploadedFile("文.txt", kind.text(SIZE).encode())
    answer = admin_client.post("/admin/archive/speech/upload/", {"documents": file}, follow=True)
    assert len(answer.content) <= MOST_BYTES
    batch = UploadBatch.objects.first()
    if kind.held and kind.text(SIZE).count("\n") >= 50_000:
        assert batch.items.get().is_only_held
        assert "50,000 段" in answer.content.decode()
        return
    if batch is None:  # nothing in it is a text
        assert "没有收下任何文件" in answer.content.decode()
        return
    preview = f"/admin/archive/speech/upload/{batch.pk}/"
    answer = admin_client.post(preview, {"_all_publish": "1"}, follow=True)
    assert len(answer.content) <= MOST_BYTES
    item = batch.items.get()
    assert item.status in (ItemStatus.NEW, ItemStatus.HELD)
    assert item.speech
    item.speech.held_reason, item.speech.state = "", "published"
    item.speech.save()
    follow(patient=True)
    word = next(
        word for word in ("的", "人民", "党员") if word in item.speech.text.replace("D", "党")
    )
    found = client.get("/search/", {"q": word})
    assert found.status_code == 200
    assert len(found.content) <= MOST_BYTES
    own = item.speech.get_absolute_url()
    assert own in found.content.decode()
    page = client.get(own, {"q": word}).content
    assert b'<mark id="hit-1">' in page
    assert len(page) <= MOST_BYTES


@pytest.mark.django_db
def test_a_page_of_results_reads_so_much_of_ten_books_and_no_more(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.pages._MOST_READ", 1000)
    monkeypatch.setattr("search.pages._LEAST_READ", 100)
    for number in range(10):
        make_speech(f"第{number}卷", "求实，" * 200)
    follow(patient=True)
    page = client.get("/search/", {"q": "求实"}).content.decode()
    assert page.count("本文 200 处") == 1
    assert page.count("本文很长，只数到 133 处") == 1
    assert page.count("本文很长，只数到 33 处") == 8
    rows = client.get("/api/v1/search/", {"q": "求实"}).json()["results"]
    assert sorted((row["hits"], row["hits_more"]) for row in rows)[-2:] == [
        (133, True),
        (200, False),
    ]


@pytest.mark.long
@pytest.mark.django_db
def test_the_desk_shows_the_first_of_very_many_rows(admin_client: Client) -> None:
    gone = [{"start": n, "end": n + 1, "rule": "ad", "text": "广" * 5000} for n in range(3000)]
    speech = make_speech("题", "正文。" * 100, removed=gone)
    long, other = "甲" * 400_000, "甲" * 300_000 + "乙" * 100_000
    for number in range(25):
        values = speech.version_values() | {"removed": [], "text": other if number % 2 else long}
        SpeechVersion.objects.create(speech=speech, values=values)
    address = f"/admin/archive/speech/{speech.pk}/change/"
    first = admin_client.get(address)
    assert len(first.content) <= MOST_BYTES * 2
    page = first.content.decode()
    assert "清洗时去除 3000 处" in page
    assert "另有 2800 处未列出" in page or "另有 2,800 处未列出" in page
    assert "25 个旧版本" in page
    assert page.count("（前 299,900 字相同）") == 2 * 19
    assert 'href="?earlier=20"' in page
    second = admin_client.get(address, {"earlier": "20"}).content.decode()
    assert second.count("（前 299,900 字相同）") == 2 * 5
    assert "?earlier=" not in second


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "said"),
    [("的" * 2_000_001, "2,000,001 字"), ("的\n" * 50_000 + "的", "50,001 段")],
    ids=["characters", "paragraphs"],
)
def test_no_form_takes_a_text_too_long_for_one_material(
    admin_client: Client, text: str, said: str
) -> None:
    values = {"title": "题", "source": make_source().pk, "type": "speech", "date": "", "text": text}
    values |= {"state": "draft"}
    answer = admin_client.post("/admin/archive/speech/add/", values)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Speech.objects.exists()


@pytest.mark.django_db
def test_many_sources_are_listed_page_by_page(client: Client) -> None:
    Source.objects.bulk_create(Source(name=f"站{n}", slug=f"s{n}") for n in range(450))
    Speech.objects.bulk_create(
        Speech(title="题", text="正文。", source=each, state="published")
        for each in Source.objects.all()
    )
    shown = [client.get("/sources/", {"page": n}).content.decode() for n in (1, 2, 3)]
    assert [page.count('<h2><a href="/sources/') for page in shown] == [200, 200, 50]
    assert client.get("/about/").content.decode().count("?source=") == 200
