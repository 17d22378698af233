"""Citations after GB/T 7714 in both editions, for BibTeX and as CSL-JSON."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.reading.citation import Cited, bibtex, csl_json, gb7714
from search.text.dates import PartialDate

TODAY = dt.date(2026, 11, 2)
URL = "https://yinde.example/speeches/7/"


def cited(title: str = "谈调研", author: str = "", date: str = "") -> Cited:
    return Cited("yinde-7", title, URL, TODAY, author, PartialDate(date))


@pytest.mark.parametrize(
    ("title", "author", "date", "expected"),
    [
        ("谈调研", "", "2025-02-17", "谈调研[EB/OL].（2025-02-17）[2026-11-02]. "),
        ("谈调研", "", "", "谈调研[EB/OL].[2026-11-02]. "),
        ("谈调研", "", "2025", "谈调研[EB/OL].（2025）[2026-11-02]. "),
        ("谈调研", "", "2025-02-17T08:30:00", "谈调研[EB/OL].（2025-02-17）[2026-11-02]. "),
        ("谈调研", "李某", "2025-02", "李某. 谈调研[EB/OL].（2025-02）[2026-11-02]. "),
        ("谈\n 调研", " 某 办。", "", "某 办. 谈 调研[EB/OL].[2026-11-02]. "),
    ],
)
def test_reference_after_2025(title: str, author: str, date: str, expected: str) -> None:
    assert gb7714(cited(title, author, date)) == f"{expected}{URL}."


@pytest.mark.parametrize(
    ("author", "date", "expected"),
    [
        ("", "2025-02-17", "谈调研[EB/OL]. (2025-02-17)[2026-11-02]. "),
        ("李某", "2025-02", "李某. 谈调研[EB/OL]. (2025-02)[2026-11-02]. "),
        ("", "", "谈调研[EB/OL]. [2026-11-02]. "),
    ],
)
def test_reference_after_2015(author: str, date: str, expected: str) -> None:
    assert gb7714(cited(author=author, date=date), edition=2015) == f"{expected}{URL}."


def test_bibtex() -> None:
    assert bibtex(cited(author="某办公室", date="2025-02-17T08:30:00")) == (
        "@online{yinde-7,\n"
        "  author = {{某办公室}},\n"
        "  title = {{谈调研}},\n"
        "  year = {2025},\n"
        "  date = {2025-02-17},\n"
        "  url = {https://yinde.example/speeches/7/},\n"
        "  urldate = {2026-11-02},\n"
        "  langid = {chinese},\n"
        "}"
    )
    undated = bibtex(cited())
    assert not re.search(r"\b(author|year|date) =", undated)


@pytest.mark.parametrize(
    ("title", "written"),
    [
        (r"100% & $5 #1 a_b", r"100\% \& \$5 \#1 a\_b"),
        (r"{甲} \input~^", r"\textbraceleft{}甲\textbraceright{} \textbackslash{}input"),
        ("甲\n\n乙", "甲 乙"),
        ("“甲”—@乙", "“甲”—@乙"),
    ],
)
def test_what_tex_would_obey_is_written_as_characters(title: str, written: str) -> None:
    assert written in bibtex(cited(title))


@given(title=st.text(max_size=40), author=st.text(max_size=20))
def test_braces_balance_whatever_the_title(title: str, author: str) -> None:
    depth = 0
    for sign in bibtex(cited(title, author)):
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0


def test_csl_json() -> None:
    (item,) = json.loads(csl_json(cited('谈"调研"\n', "某办公室", "2025-02")))
    assert item == {
        "id": "yinde-7",
        "type": "webpage",
        "title": '谈"调研"',
        "URL": URL,
        "accessed": {"date-parts": [[2026, 11, 2]]},
        "language": "zh-CN",
        "author": [{"literal": "某办公室"}],
        "issued": {"date-parts": [[2025, 2]]},
    }
    assert not {"author", "issued"} & {*json.loads(csl_json(cited()))[0]}
