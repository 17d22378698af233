"""The longest part that stands in the texts, against looking for every part in every text."""

from __future__ import annotations

import random

import numpy as np
import pytest

from search.index.read.longest import longest_part
from search.index.read.snapshot import Snapshot
from search.text.fold import fold
from search.text.restore import fold_restored
from tests.search.index.conftest import Box

PIECES = [*"甲乙丙丁", "党员", "D员", "，", "𠀀", "干部", "gan部"]


def readings(text: str, *, restore: bool) -> list[str]:
    second = fold_restored(text) if restore else None
    return [fold(text), *([second.text] if second else [])]


@pytest.mark.parametrize("restore", [True, False])
def test_like_looking_for_every_part_in_every_text(box: Box, restore: bool) -> None:
    draw = random.Random(7)
    documents = [
        ["".join(draw.choices(PIECES, k=draw.randint(0, longest))) for longest in (4, 14)]
        for _ in range(40)
    ]
    for start in (0, 15, 30):
        numbered = list(enumerate(documents))[start : start + 15]
        box.add({"id": f"t.{n}", "django_id": n, "title": a, "text": b} for n, (a, b) in numbered)
    state = box.snapshot()
    allowed = np.array([draw.random() < 0.7 for _ in documents])
    seen = [
        {reading for text in texts for reading in readings(text, restore=restore)}
        for texts, yes in zip(documents, allowed, strict=True)
        if yes
    ]
    for _ in range(60):
        wording = fold("".join(draw.choices([*PIECES, "戊"], k=draw.randint(1, 25))))
        size = len(wording)
        parts = [wording[i:j] for i in range(size) for j in range(i + 1, size + 1)]
        standing = {
            part: sum(any(part in reading for reading in texts) for texts in seen)
            for part in set(parts)
        }
        longest = max((len(part) for part, count in standing.items() if count), default=0)
        part, count = longest_part(state, ("title", "text"), wording, allowed, restore=restore)
        assert len(part) == longest
        assert count == standing.get(part, 0)


@pytest.mark.parametrize(
    "wording",
    ["甲乙" * 250, "甲乙丙" * 166, "戊" * 500, "甲" * 499 + "戊", "甲乙丙戊" * 125],
)
def test_of_a_long_wording_each_character_is_looked_at_twice(
    box: Box, wording: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.add_texts(["甲乙" * 40, "甲" * 300, "丙甲乙"])
    state = box.snapshot()
    asked = []
    counts = Snapshot.counts

    def counted(self: Snapshot, *args: object, **options: object) -> object:
        asked.append(args)
        return counts(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Snapshot, "counts", counted)
    longest_part(state, ("text",), wording, np.ones(3, bool), restore=True)
    assert len(asked) <= 2 * len(wording) + 1
