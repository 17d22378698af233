"""The documents that are measured."""

import gzip
import json
import lzma
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.corpus import Corpus
from benchmarks.generate import QUOTATIONS, TYPES, WELL_KNOWN, generated, rows
from benchmarks.repeat import documents, repeated
from search.text.dates import PartialDate
from search.text.fold import fold

ROW = {"title": "题目", "text": "正文。", "source": "甲", "type": "news", "date": "2024-04"}


@pytest.fixture(scope="module")
def made() -> list[dict[str, str]]:
    return list(rows(30, seed=7))


def write(path: Path, *lines: dict) -> Corpus:
    opener = {".xz": lzma.open, ".gz": gzip.open}.get(path.suffix, open)
    with opener(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    return Corpus(path)


def test_the_same_arguments_give_the_same_documents(made):
    assert list(rows(30, seed=7)) == made


def test_another_seed_gives_others(made):
    assert {row["text"] for row in rows(30, seed=8)}.isdisjoint(row["text"] for row in made)


def test_texts_are_as_long_as_promised():
    sizes = [len(row["text"]) for row in rows(1000)]
    assert 3300 < sum(sizes) / len(sizes) < 4700
    assert max(sizes) > 20_000


def test_pairs_of_characters_are_as_many_as_in_prose():
    text = fold("".join(row["text"] for row in rows(280)))[:1_000_000]
    assert 90_000 < len(set(pairwise(text))) < 160_000  # official documents: 135,000
    assert 2_500 < len(set(text)) < 3_500  # 2,900


def test_a_corpus_is_made_larger_and_stays_what_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    file = tmp_path / "small.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows(20)), "utf-8")
    originals = list(Corpus(file))
    made = list(documents(Corpus(file), 3))
    assert [each.number for each in made] == list(range(1, 61))
    assert made[:20] == originals
    sentences = set(re.findall("[^。！？；\n]+", "".join(each.text for each in originals)))
    for copy, original in zip(made[20:40], originals, strict=True):
        assert copy.text != original.text
        assert {*re.findall("[^。！？；\n]+", copy.text)} <= sentences
        assert copy.source == original.source
    assert made == list(documents(Corpus(file), 3))
    assert repeated(Corpus(file), 2) == repeated(Corpus(file), 2)
    assert len(Corpus(repeated(Corpus(file), 2)).sizes) == 40


def test_documents_have_kinds_dates_punctuation_and_paragraphs(made):
    assert all(row["type"] in TYPES and row["title"] and row["source"] for row in made)
    assert {len(row["date"]) for row in rows(300)} == {0, 4, 7, 10}
    together = "".join(row["text"] for row in made)
    assert all(mark in together for mark in "，。、；\n“”")


def test_quotations_recur():
    texts = [row["text"] for row in rows(300)]
    holding = [sum(quotation in text for text in texts) for quotation in WELL_KNOWN]
    assert holding[0] > holding[-1] > 1
    assert len(WELL_KNOWN) < QUOTATIONS


def test_a_generated_file_is_made_once(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    path = generated(3)
    before = path.stat().st_mtime_ns
    assert generated(3) == path
    assert path.stat().st_mtime_ns == before
    assert [document.number for document in Corpus(path)] == [1, 2, 3]


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "jsonl.xz"])
def test_a_file_is_read_whether_compressed_or_not(tmp_path, suffix):
    corpus = write(tmp_path / f"corpus.{suffix}", ROW, ROW)
    assert [document.number for document in corpus] == [1, 2]
    assert corpus.characters == 10
    assert corpus.first(1).sizes == [5]


@pytest.mark.parametrize(
    ("row", "name", "value"),
    [
        (ROW, "year", "2024"),
        (ROW | {"date": "2024-4-1"}, "date", ""),
        (ROW | {"date": None}, "year", "unknown"),
        ({"text": "\n只有正文"}, "title", "只有正文"),
        (ROW | {"date": "1996-16-01"}, "date", ""),
        (ROW | {"date": "1996-02-30"}, "year", "unknown"),
        (ROW | {"date": 20240401}, "date", ""),
        (ROW | {"title": {"a": 1}}, "title", "正文。"),
        (ROW | {"title": "  "}, "title", "正文。"),
        (ROW | {"source": ["甲"]}, "source", "其他"),
        ({"text": "正文"}, "type", "other"),
    ],
)
def test_what_is_missing_is_made_up(tmp_path, row, name, value):
    (document,) = write(tmp_path / "corpus.jsonl", row)
    assert getattr(document, name) == value


def test_a_row_without_text_is_left_out(tmp_path):
    corpus = write(tmp_path / "corpus.jsonl", {"title": "空"}, ROW)
    assert [(document.number, document.title) for document in corpus] == [(1, "题目")]


NO_VALUES = (
    None,
    "",
    " ",
    7,
    1.5,
    True,
    [],
    ["甲"],
    {},
    {"a": 1},
    "\ud800",
    "\0",
    "1996-16-01",
    "𠀀",
)
BROKEN = (
    b"",
    b"  \n",
    b"{",
    b"[]",
    b"7",
    b'"text"',
    b"null",
    b'{"text": "\xff"}',
    b"\xff\n",
    b"[" * 9999,
)


@given(
    rows=st.lists(
        st.one_of(
            st.sampled_from(BROKEN),
            st.fixed_dictionaries(
                {}, optional={name: st.sampled_from((*NO_VALUES, *ROW.values())) for name in ROW}
            ),
        ),
        max_size=12,
    )
)
def test_bad_rows_and_values_are_left_out_and_counted(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("bad") / "corpus.jsonl"
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    path.write_bytes(b"\n".join(lines))
    corpus = Corpus(path)
    documents = list(corpus)
    kept = [
        row
        for row in rows
        if isinstance(row, dict)
        and isinstance(text := row.get("text"), str)
        and text.strip()
        and text not in ("\ud800", "\0")
    ]
    assert [document.text for document in documents] == [row["text"] for row in kept]
    assert corpus.sizes == [document.size for document in documents]
    for document in documents:
        PartialDate(document.date)
        assert document.title
        assert document.source
        json.dumps(vars(document), ensure_ascii=False).encode()
    left = {name: count for name, count in corpus.left_out.items() if name.startswith("rows")}
    assert sum(left.values()) == sum(bool(line.strip()) for line in lines) - len(kept)
    wrong = [row for row in kept if row.get("date") not in (None, "", " ", [], {}, ROW["date"])]
    assert corpus.left_out["values of date"] == len(wrong)


def test_what_is_left_out_is_printed(tmp_path):
    write(tmp_path / "corpus.jsonl", ROW | {"date": "1996-16-01", "text": 3})
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", str(tmp_path / "corpus.jsonl")],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Left out of corpus.jsonl: 1 rows whose text is no text" in run.stdout
    assert run.stderr == "corpus.jsonl has no document that can be measured.\n"
    assert run.returncode == 1
