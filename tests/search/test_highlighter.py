"""Title and text beside a query."""

from __future__ import annotations

import pytest

from search.highlight import Highlighter
from tests.search.language import parse

TITLE, TEXT = "打基础的人", "打基础，再求利长远。"


@pytest.mark.parametrize(
    ("title", "text", "query", "in_title", "in_text"),
    [
        (TITLE, TEXT, "打基础", ["打基础"], ["打基础"]),
        (TITLE, TEXT, "标题:打基础", ["打基础"], []),
        (TITLE, TEXT, "标题:人 长远", ["人"], ["长远"]),
        (TITLE, TEXT, "来源:人 (标题:-基) 打基础", ["打基础"], ["打基础"]),
        (TITLE, TEXT, "长远 -打基础", [], ["长远"]),
        (TITLE, TEXT, "", [], []),
        # By its pieces only where it stands whole in neither.
        (TITLE, TEXT, "打基础利长远", ["打基础"], ["打基础", "利长远"]),
        ("打基础、利长远", TEXT, "打基础利长远", ["打基础、利长远"], []),
        (TITLE, TEXT + "打基础利长远", "打基础利长远", [], ["打基础利长远"]),
    ],
)
def test_what_is_marked(
    title: str, text: str, query: str, in_title: list[str], in_text: list[str]
) -> None:
    found = Highlighter(title, text, parse(query).tree)
    assert [title[start:end] for start, end in found.title_hits] == in_title
    assert [text[start:end] for start, end in found.text_hits] == in_text
    assert found.count == len(in_title) + len(in_text)


def test_masked_spellings_are_marked_unless_they_are_not_read_back() -> None:
    title, text, tree = "D员", "<D员>，党员", parse("党员").tree
    read = Highlighter(title, text, tree)
    assert read.marked_title() == "<mark>D员</mark>"
    assert read.marked_text() == "&lt;<mark>D员</mark>&gt;，<mark>党员</mark>"
    assert read.snippets() == ["&lt;<mark>D员</mark>&gt;，<mark>党员</mark>"]
    plain = Highlighter(title, text, tree, restore=False)
    assert plain.marked_title() == "D员"
    assert plain.count == 1
