"""What the writer writes: postings as counted by hand, through merges, deletions and failures."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from whoosh.fields import UnknownFieldError
from whoosh.writing import IndexingError, LockError

from search.index.format.checksums import damaged_files
from search.index.format.fields import RESTORED
from search.index.write import writer as writing
from search.index.write.apply import apply
from search.index.write.writer import ArrayWriter
from search.text.fold import fold
from search.text.segmenter import words
from tests.search.index.conftest import Box

TEXTS = ["中国特色社会主义思想，高质量发展。", "D员干部发展D员", "发展", "", "PPT设计9000万字"]


def postings(box: Box, field: str = "text") -> dict[tuple[str, int], int]:
    """All {(word, key): frequency} of the first readings."""
    state = box.snapshot()
    keys = state.integers("django_id")
    found: dict[tuple[str, int], int] = {}
    for segment in state.segments:
        terms = segment.terms[field]
        assert list(terms) == sorted(terms)
        for number, term in enumerate(terms):
            if not term.decode().startswith(RESTORED):
                for document, frequency in zip(*terms.postings(number), strict=True):
                    if state.live[segment.base + document]:
                        found[term.decode(), int(keys[segment.base + document])] = int(frequency)
    return found


def counted(texts: dict[int, str]) -> dict[tuple[str, int], int]:
    """The same by counting the words of each text."""
    return {
        (word, key): number
        for key, text in texts.items()
        for word, number in Counter(words(fold(text))).items()
    }


def test_postings_are_the_words_of_the_texts(box: Box) -> None:
    box.add_texts(TEXTS)
    assert postings(box) == counted(dict(enumerate(TEXTS)))


def test_frequencies_beyond_a_byte_are_kept(box: Box) -> None:
    text = "发展，" * 700 + "人民，" * 255
    box.add_texts([text, "发展"])
    assert postings(box) == counted({0: text, 1: "发展"})


def test_merges_and_deletions_keep_what_lives(
    new_box: Callable[[], Box], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_SMALLEST_CLASS", 50)
    rng = random.Random(5)
    box = new_box()
    living: dict[int, str] = {}
    for round_number in range(25):
        changes: dict[str, dict[str, object] | None] = {}
        for key in rng.sample(range(40), 4):
            if key in living and rng.random() < 0.4:
                del living[key]
                changes[f"t.{key}"] = None
            else:
                living[key] = rng.choice(TEXTS) + "人民" * rng.randint(0, 9) + str(round_number)
                changes[f"t.{key}"] = {
                    "id": f"t.{key}",
                    "django_id": key,
                    "text": living[key],
                    "source": "abc"[key % 3],
                    "tag": ("x", "y")[: key % 3],
                }
        apply(box.folder.open(box.path), changes)
        state = box.snapshot()
        assert sorted(state.integers("django_id")[state.live].tolist()) == sorted(living)
    assert postings(box) == counted(living)
    state = box.snapshot()
    assert len(state.segments) < 12
    counts = state.codes("source").counts(np.flatnonzero(state.live))
    assert dict(zip(state.codes("source").values, counts.tolist(), strict=True)) == Counter(
        "abc"[key % 3] for key in living
    )
    for segment in state.segments:
        assert damaged_files(segment.reader.storage(), segment.reader.segment()) == []


def test_optimising_leaves_one_segment(box: Box) -> None:
    for n in range(3):
        box.add_texts([TEXTS[n]], n)
    writer = ArrayWriter(box.folder.open(box.path))
    writer.commit(optimize=True)
    state = box.snapshot()
    assert len(state.segments) == 1
    assert postings(box) == counted(dict(enumerate(TEXTS[:3])))


def test_the_files_of_replaced_segments_go(box: Box) -> None:
    box.add_texts(["甲"])
    before = {path.name for path in box.path.iterdir()}
    apply(box.folder.open(box.path), {"t.0": None})
    assert box.snapshot().live.sum() == 0
    segment_files = {name for name in before if name.startswith("MAIN_") and "LOCK" not in name}
    assert not segment_files & {path.name for path in box.path.iterdir()}


def test_a_failed_commit_leaves_the_old_state_and_the_lock_free(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.add_texts(["甲"])

    def full(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("search.index.format.postings.write_arrays", full)
        with pytest.raises(OSError, match="No space"):
            apply(box.folder.open(box.path), {"t.1": {"id": "t.1", "django_id": 1, "text": "乙"}})
    assert postings(box) == counted({0: "甲"})
    apply(box.folder.open(box.path), {"t.1": {"id": "t.1", "django_id": 1, "text": "乙"}})
    assert postings(box) == counted({0: "甲", 1: "乙"})


def test_a_cancelled_writer_leaves_nothing(box: Box) -> None:
    writer = ArrayWriter(box.folder.open(box.path))
    writer.add_document(id="t.1", text="甲")
    with pytest.raises(LockError):
        ArrayWriter(box.folder.open(box.path))
    writer.cancel()
    assert box.snapshot().size == 0
    with pytest.raises(IndexingError):
        writer.add_document(id="t.2")


def test_an_unknown_field_is_refused_by_the_writer_and_left_out_by_apply(box: Box) -> None:
    writer = ArrayWriter(box.folder.open(box.path))
    with pytest.raises(UnknownFieldError):
        writer.add_document(nonsense="甲")
    writer.cancel()
    apply(box.folder.open(box.path), {"t.1": {"id": "t.1", "nonsense": "甲", "text": None}})
    assert box.snapshot().live.sum() == 1


def test_segments_without_a_table_of_contents(box: Box) -> None:
    index = box.folder.open(box.path)
    writer = ArrayWriter(index, _lk=False, segment_size=3)
    for n, text in enumerate(["发展发展", "人民人民", "甲"]):
        writer.add_document(id=f"t.{n}", text=text)
    assert [segment.doc_count() for segment in writer.finish_segments()] == [1, 1, 1]
    assert ArrayWriter(index, _lk=False).finish_segments() == []


def test_a_swap_between_reading_the_link_and_its_folder_is_no_missing_index(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    readlink, stale = os.readlink, ["g-removed-meanwhile"]
    monkeypatch.setattr(os, "readlink", lambda path: stale.pop() if stale else readlink(path))
    assert box.folder.current() == box.path
    stale += ["g-removed", "g-removed"]
    assert box.folder.current() is None
