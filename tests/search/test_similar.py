"""What is like a text is about the same: not what is long enough to have some of every word."""

from __future__ import annotations

import pytest

from search import similar
from search.index.read.queries import similar as likeness
from tests.factories import make_speech

pytestmark = pytest.mark.django_db(transaction=True)

SUBJECTS = [
    "水渠 堤坝 灌溉 稻田",
    "党课 支部 书记 组织",
    "学校 教师 课堂 教材",
    "医院 病人 医生 药品",
]


def test_the_same_subject_comes_before_a_text_of_everything() -> None:
    for words in SUBJECTS:
        for number in range(3):
            make_speech(words[:2] + str(number), f"{words.replace(' ', '，')}。" * (number + 2))
    everything = "。".join("，".join(words.split()) for words in SUBJECTS)
    make_speech("综述", f"{everything}。" * 30 + "工作总结，统筹安排，抓好落实。" * 200)
    one = make_speech("一", "水渠修好了，堤坝加固了，灌溉有水了，稻田绿了。")
    found = [each.title for each in similar(one, limit=4).others]
    assert {title[:2] for title in found[:3]} == {"水渠"}


def test_the_words_of_a_text_are_weighed_anew_when_the_archive_has_changed_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weighed = []
    weigh = likeness.characteristic
    monkeypatch.setattr(
        likeness, "characteristic", lambda *given: weighed.append(1) or weigh(*given)
    )
    one, *_others = [make_speech(f"甲{n}", "水渠修好了，堤坝加固了。") for n in range(20)]
    assert len(similar(one).near_duplicates) == 5
    assert len(similar(one).near_duplicates) == 5
    make_speech("乙", "水渠。")
    assert len(similar(one).near_duplicates) == 5
    assert len(weighed) == 1
    for number in range(3):
        make_speech(f"丙{number}", "堤坝。")
    assert len(similar(one).near_duplicates) == 5
    assert len(weighed) == 2
