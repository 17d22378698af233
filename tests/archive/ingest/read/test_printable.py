"""Names as they are shown."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.ingest.read.printable import MAX_NAME, printable_name


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("讲话.txt", "讲话.txt"),
        (" a\tb\n c .txt ", "a b c .txt"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("e\u0301.txt", "é.txt"),
        (os.fsdecode("讲话.txt".encode("gb18030")), "讲话.txt"),
        ("甲\ud800.txt", "甲\ufffd.txt"),
        ("\x00\u200b ", ""),
        ("", ""),
    ],
)
def test_a_name_is_one_line_that_prints(name: str, seen: str) -> None:
    assert printable_name(name) == seen


def test_a_long_name_keeps_its_suffix() -> None:
    seen = printable_name("字" * 4_000 + ".html")
    assert len(seen) == MAX_NAME
    assert seen.endswith("字.html")


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_a_name_is_it_can_be_shown(name: str) -> None:
    seen = printable_name(name)
    seen.encode()
    assert len(seen) <= MAX_NAME
    assert seen == " ".join(seen.split())
    assert printable_name(seen) == seen
