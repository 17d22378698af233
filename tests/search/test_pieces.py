from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.text.fold import fold
from search.text.segmenter import pieces_of


@pytest.mark.parametrize(
    ("run", "pieces"),
    [
        ("对党忠诚", ["对党忠诚"]),
        ("打基础利长远", ["打基础", "利长远"]),
        ("人民的名义", ["人民", "名义"]),
        ("我和你", ["我和你"]),
        ("学习的我", ["学习", "我"]),
        ("在我的人民", ["我", "人民"]),
        ("什么是新质生产力", ["新质生产力"]),
        ("水的导电性", ["水", "导电性"]),
        ("谁发展了生产力吗", ["发展", "生产力"]),
        ("什么是", ["什么是"]),
        ("ppt设计24字", ["ppt", "设计", "24字"]),
        ("学习学习", ["学习"]),
        ("为人民造福是最大政绩", ["人民", "造福", "最大", "政绩"]),
        ("和人民", ["人民"]),
        ("效", ["效"]),
        ("的", ["的"]),
        ("和的", ["和的"]),
        ("", [""]),
    ],
)
def test_pieces(run: str, pieces: list[str]) -> None:
    assert pieces_of(run) == pieces


@given(st.text("学习的我和你对党忠诚打基础利长远24dppt", max_size=30))
@example("你习习22你习基习")  # the third stands at the beginning, too, by chance
def test_pieces_stand_in_the_run_in_order(text: str) -> None:
    run = fold(text)
    pieces = pieces_of(run)
    assert len(set(pieces)) == len(pieces)
    assert sum(map(len, pieces)) <= len(run)
    end = 0
    for piece in pieces:
        end = run.index(piece, end) + len(piece)
