from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from archive.genre import GENRE
from search.text import genre
from search.text.fold import fold
from search.text.genre import Genre, fingerprint, use
from search.text.restore import restorations


@pytest.fixture
def no_genre() -> Iterator[None]:
    """Be a site whose texts have no words and no masks of their own."""
    use(Genre())
    yield
    use(GENRE)


def test_terms_are_folded_and_unique() -> None:
    assert len(set(GENRE.terms)) == len(GENRE.terms)
    assert all(fold(word) == word for word in GENRE.terms)
    assert all(re.fullmatch("[\u4e00-\u9fd5]{2,}", word) for word in GENRE.terms)


def test_the_site_hands_its_genre_in() -> None:
    assert genre.current is GENRE


def test_fingerprint_is_short_and_the_same_in_every_process() -> None:
    """One that differed would have every process build the index anew."""
    assert re.fullmatch("[0-9a-f]{16}", fingerprint())
    asked = (
        "from archive.genre import GENRE; from search.text import genre; genre.use(GENRE);"
        "print(genre.fingerprint())"
    )
    hashes = {"PYTHONHASHSEED": "1"}  # sets and dictionaries in another order than here
    said = subprocess.check_output(
        [sys.executable, "-c", asked], env=os.environ | hashes, text=True
    )
    assert said.strip() == fingerprint()


@pytest.mark.usefixtures("no_genre")
def test_fingerprint_changes_with_terms_and_masks() -> None:
    seen = {fingerprint()}
    for each in (
        GENRE,
        replace(GENRE, terms=GENRE.terms[1:]),
        replace(GENRE, masks=None),
        replace(GENRE, masks=replace(GENRE.masks, labels="级")),
    ):
        use(each)
        assert fingerprint() not in seen
        seen.add(fingerprint())


def test_a_missing_library_has_a_fingerprint_too() -> None:
    assert genre._version("no-such-library") == "missing"


@pytest.mark.usefixtures("no_genre")
def test_without_masks_only_injected_pinyin_is_passed_over() -> None:
    assert [(each.start, each.end, each.meant) for each in restorations("D员2021年(nian)")] == [
        (7, 13, "")
    ]
    assert restorations("D员") == ()


def test_another_word_may_be_masked() -> None:
    masks = replace(
        GENRE.masks, meant="军", letters="J", syllable="jun", words="队 人", words_unless=()
    )
    use(replace(GENRE, masks=masks))
    try:
        found = restorations("J队和jun人，D员")
    finally:
        use(GENRE)
    assert [(each.start, each.end, each.meant) for each in found] == [(0, 1, "军"), (3, 6, "军")]
