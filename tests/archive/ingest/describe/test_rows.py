"""Records of a .jsonl file."""

import pytest

from archive.ingest.describe.rows import read_row
from archive.ingest.errors import IngestError
from archive.ingest.values import Hints


def test_columns_go_by_several_names():
    row = read_row(
        {"标题": "甲", "正文": "乙", "date": 2024, "source": "丙", "tags": ["丁", 5], "hot": True},
        Hints(),
    )
    assert row.text == "乙"
    assert row.hints == Hints(title="甲", date="2024", source="丙", tags=("丁", "5"))


def test_what_the_row_does_not_say_comes_from_the_hints():
    row = read_row({"text": "乙", "source": "", "tags": None}, Hints(source="丙", tags=("丁",)))
    assert row.hints == Hints(source="丙", tags=("丁",))


@pytest.mark.parametrize(
    ("row", "default", "kind", "column"),
    [
        ({"type": "report"}, "speech", "report", ""),
        ({"type": "law:宪法"}, "document", "document", "law:宪法"),
        ({"type": "law:宪法", "column": "法律"}, "document", "document", "法律"),
        ({"type": "law:宪法"}, "", "law:宪法", ""),
        ({}, "speech", "speech", ""),
    ],
)
def test_a_type_that_is_none_of_ours_becomes_the_column(row, default, kind, column):
    hints = read_row({"text": "乙", **row}, Hints(type=default)).hints
    assert (hints.type, hints.column) == (kind, column)


def test_unprintable_characters_are_dropped_from_values():
    assert read_row({"text": "乙", "title": "甲\x00\ud800"}, Hints()).hints.title == "甲"


@pytest.mark.parametrize(
    ("own", "known"),
    [
        ("法/一", "法/一"),
        (7, "7"),
        (" 7\x00\ud800 ", "7"),
        (" ", ""),
        (None, ""),
        ([1], ""),
        (1.5, ""),
        (float("nan"), ""),
    ],
)
def test_a_row_has_the_number_that_its_table_gives_it(own, known):
    assert read_row({"text": "乙", "id": own}, Hints()).external_id == known


def test_values_beside_the_text_are_bounded():
    row = read_row({"text": "乙", "title": "甲" * 10_000, "id": "丁" * 10_000}, Hints())
    assert len(row.hints.title) == len(row.external_id) == 2_000


@pytest.mark.parametrize(
    "row", [{}, {"text": "  "}, {"text": None}, {"text": {"a": 1}}, {"text": True}]
)
def test_a_row_without_a_text_is_none(row):
    with pytest.raises(IngestError) as error:
        read_row(row, Hints())
    assert error.value.code == "bad-row"
