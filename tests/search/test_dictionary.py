from __future__ import annotations

import re

import pytest

from search.text import dictionary
from search.text.dictionary import TERMS, fingerprint
from search.text.fold import fold


def test_terms_are_folded_and_unique() -> None:
    words = [term.word for term in TERMS]
    assert len(set(words)) == len(words)
    assert all(fold(word) == word for word in words)
    assert all(re.fullmatch("[\u4e00-\u9fd5]{2,}", word) for word in words)


def test_fingerprint_is_short_and_stays() -> None:
    before = fingerprint()
    assert re.fullmatch("[0-9a-f]{16}", before)
    fingerprint.cache_clear()
    assert fingerprint() == before


def test_fingerprint_changes_with_the_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint()
    monkeypatch.setattr(dictionary, "TERMS", TERMS[1:])
    fingerprint.cache_clear()
    assert fingerprint() != before
    fingerprint.cache_clear()


def test_a_missing_library_has_a_fingerprint_too() -> None:
    assert dictionary._version("no-such-library") == "missing"
