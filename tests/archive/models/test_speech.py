"""Speeches: derived columns, constraints, questions about many."""

import hashlib
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from archive.models import Source, Speech, SpeechVersion, State, UploadBatch, UploadItem
from search.models import IndexChange
from tests.factories import make_follower

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Source:
    return Source.objects.create(name="甲站", slug="jia", domains=["www.jia.example"])


def make(source: Source, **values: Any) -> Speech:
    return Speech.objects.create(**({"title": "题", "text": "正文", "source": source} | values))


@pytest.mark.parametrize(
    ("text", "chars", "han"),
    [
        ("", 0, 0),
        ("党建 2024\n　第二段。", 10, 5),
        ("〇㐀𠀀豈", 4, 4),
        ("葛\U000e0100", 2, 1),
        ("abc，。", 5, 0),
    ],
)
def test_lengths_follow_the_text(source: Source, text: str, chars: int, han: int) -> None:
    speech = make(source, text=text)
    assert (speech.char_count, speech.han_count) == (chars, han)
    assert speech.text_sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_saving_some_columns_saves_what_follows_from_them(source: Source) -> None:
    speech = make(source)
    speech.text, speech.title = "新的正文", "新题"
    speech.save(update_fields=["text"])
    kept = Speech.objects.get()
    assert (kept.text, kept.title, kept.char_count) == ("新的正文", "题", 4)
    kept.date = "2024-04"
    kept.save(update_fields=["date"])
    assert Speech.objects.get().year == 2024


def test_a_light_row_is_saved_without_its_text(source: Source) -> None:
    make(source)
    light = Speech.objects.light().get()
    light.title = "新题"
    light.save()
    assert "text" in light.get_deferred_fields()
    assert Speech.objects.get().char_count == 2


def test_addresses_are_kept_in_ascii(source: Source) -> None:
    speech = make(source, original_url="https://jia.example/文章/1?a=1")
    assert speech.original_url == "https://jia.example/%E6%96%87%E7%AB%A0/1?a=1"


@pytest.mark.parametrize(
    "values",
    [
        {"type": "poem"},
        {"state": "lost"},
        {"title": ""},
        {"text": "", "state": State.PUBLISHED},
        {"held_reason": "缺正文", "state": State.PUBLISHED},
    ],
)
def test_the_database_refuses_what_must_not_be(source: Source, values: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make(source, **values)


def test_year_and_date_go_together_in_bulk_too(source: Source) -> None:
    make(source, date="2024")
    with pytest.raises(IntegrityError), transaction.atomic():
        Speech.objects.update(year=None)


def test_newest_first_and_the_undated_last(source: Source) -> None:
    dates = ["", "2024-04-14", "2024", "2023-12-01", "2024-04-14T10:24:03"]
    for date in dates:
        make(source, date=date)
    assert [str(s.date) for s in Speech.objects.newest()] == sorted(dates, reverse=True)


def test_only_published_is_for_visitors(source: Source) -> None:
    shown = make(source, state=State.PUBLISHED)
    for state in set(State) - {State.PUBLISHED}:
        make(source, state=state)
    assert list(Speech.objects.published()) == [shown]
    assert Source.objects.with_counts().get().published_count == 1


def test_a_snapshot_holds_every_value_as_json(source: Source) -> None:
    speech = make(source, date="2024-04", site_tags=["学习"])
    version = SpeechVersion.objects.create(speech=speech, values=speech.version_values())
    kept = SpeechVersion.objects.get(pk=version.pk).values
    assert (kept["date"], kept["source"], kept["site_tags"]) == ("2024-04", source.pk, ["学习"])
    assert kept["text"] == "正文"


@pytest.mark.parametrize(
    ("domain", "found"),
    [
        ("jia.example", True),
        ("WWW.Jia.example", True),
        ("m.jia.example", True),
        ("xjia.example", False),
        ("example", False),
    ],
)
def test_a_source_is_known_by_its_domains(source: Source, domain: str, found: bool) -> None:
    Source.objects.create(name="乙站", slug="yi")
    assert (Source.objects.for_domain(domain) == source) is found


def test_names_in_lists(source: Source) -> None:
    speech = make(source)
    version = SpeechVersion.objects.create(speech=speech, values={})
    batch = UploadBatch.objects.create()
    assert str(source) == "甲站"
    assert str(speech) == "题"
    assert str(version).startswith(f"{speech.pk} @ ")
    assert (str(batch), str(UploadBatch(label="四月"))) == (f"#{batch.pk}", "四月")
    assert str(UploadItem(name="a.txt")) == "a.txt"
    assert speech.get_absolute_url() == f"/speeches/{speech.pk}/"
    assert source.get_absolute_url() == "/sources/jia/"


@pytest.mark.parametrize("state", list(State))
def test_many_change_their_state_and_the_index_is_told(source: Source, state: State) -> None:
    speeches = [make(source, state=each) for each in State]
    other = make(source)
    asked = Speech.objects.exclude(pk=other.pk)
    make_follower()
    expected = [speech.pk for speech in speeches if speech.state != state]
    assert asked.move_to(state) == expected
    assert set(asked.values_list("state", flat=True)) == {state}
    assert [note.key for note in IndexChange.objects.order_by("pk")] == expected
    assert Speech.objects.get(pk=other.pk).state == State.DRAFT


def test_what_is_held_or_empty_is_not_published_with_the_others(source: Source) -> None:
    fine = make(source)
    make(source, held_reason="缺标题")
    make(source, text="")
    assert Speech.objects.all().move_to(State.PUBLISHED) == [fine.pk]
    assert list(Speech.objects.published()) == [fine]


def test_more_than_one_statement_holds_change_their_state(source: Source) -> None:
    Speech.objects.bulk_create(
        Speech(title="题", text="文", source=source, text_sha256="") for _ in range(501)
    )
    assert len(Speech.objects.all().move_to(State.PUBLISHED)) == 501
    assert Speech.objects.published().count() == 501


def test_an_editors_values_are_marked(source: Source) -> None:
    speech = make(source)
    assert speech.by_hand() == set()
    speech.provenance = {"date": {"rule": "date-label", "text": "2024", "guessed": False}}
    speech.mark_by_hand(["title", "type"], "wang")
    assert speech.by_hand() == {"title", "type"}
    assert speech.provenance["title"]["text"] == "wang"
