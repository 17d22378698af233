"""What a text puts in quotation marks."""

from __future__ import annotations

import pytest

from archive.reading.quotations import quotations_in


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("指出，“功成不必在我，功成必定有我。”", ["功成不必在我，功成必定有我"]),
        ("明确“三种身份”，拧紧“总开关”", []),
        (
            "“江山就是人民，人民就是江山”……“江山就是人民、人民就是江山”",
            ["江山就是人民，人民就是江山"],
        ),
        ("「綠水青山就是金山銀山」", ["綠水青山就是金山銀山"]),
        ("“没有收尾的引文", []),
        ("“一二三四五" + "六" * 40 + "”", []),
        ("“——……！？、，。”", []),
    ],
)
def test_sayings_are_found_and_terms_are_not(text: str, found: list[str]) -> None:
    assert quotations_in(text) == found
