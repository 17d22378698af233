"""What a draft looks like, and how much of it is shared."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.ingest.store.look_alikes import PROBES, look_alikes, probes, share, shingles
from archive.ingest.values import Draft
from archive.models import State
from search.site import corpus
from tests.archive.samples import body_of, title_of
from tests.factories import make_speech

DRAFT = Draft(title=title_of(1), text="\n".join(body_of(1)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", set()),
        ("，。！", set()),
        ("一二", {"一二"}),
        ("一二三四五六", {"一二三四五六"}),
        ("一二三，四\n五六七", {"一二三四五六", "二三四五六七"}),
    ],
)
def test_shingles_are_runs_without_punctuation(text: str, expected: set[str]) -> None:
    assert shingles(text) == expected


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("", "一二三四五六", 0.0),
        ("一二三四五六", "", 0.0),
        ("一二三四五六", "零一二三四五六七", 1.0),
        ("一二三四五六七", "一二三四五六", 0.5),
        ("一二三四五六", "六五四三二一", 0.0),
    ],
)
def test_the_share_is_the_part_of_the_text(text: str, other: str, expected: float) -> None:
    assert share(text, other) == expected


@given(st.text(), st.text())
def test_a_text_is_whole_in_what_holds_it(text: str, more: str) -> None:
    assert share(text, text + more) == (
        1.0 if len(shingles(text)) > 1 else share(text, text + more)
    )
    assert 0 <= share(text, more) <= 1


def test_probes_are_spread_over_the_text() -> None:
    text = "\n".join(f"这是第{number}个足够长的句子，前后都有内容。" for number in range(40))
    numbers = [int(probe[3 : probe.index("个")]) for probe in probes(text)]
    assert len(numbers) == PROBES
    assert numbers == sorted(numbers)
    assert numbers[-1] - numbers[0] > 20
    assert probes("短。句。") == []


@pytest.mark.django_db(transaction=True)
def test_relatives_are_found_by_their_sentences_in_every_state() -> None:
    near = make_speech(title="改了题目", text="\n".join(body_of(1)[:-1]), state=State.DRAFT)
    make_speech(title="别的", text="党的历史是最生动的教科书，要常学常新。")
    found = look_alikes(DRAFT)
    assert [each.speech for each in found] == [near]
    assert 80 < found[0].percent < 100
    assert look_alikes(DRAFT, near.pk) == ()


@pytest.mark.django_db(transaction=True)
def test_without_an_index_the_title_leads_to_them() -> None:
    same = make_speech(title=DRAFT.title, text=DRAFT.text)
    make_speech(title=DRAFT.title, text="完全不同的内容，只有题目一样。")
    make_speech(title="改了题目", text=DRAFT.text)
    corpus().delete_index()
    assert [(each.speech, each.percent) for each in look_alikes(DRAFT)] == [(same, 100)]
    assert look_alikes(replace(DRAFT, text="", title="没有")) == ()
