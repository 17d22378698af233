from __future__ import annotations

import pytest

from search.text.pattern import STAR_REACH, Gap, Split, split


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("政?观", Split(("政", "观"), (Gap(1, 1, False),), 0, 0)),
        ("以*为??中心", Split(("以", "为", "中心"), (Gap(0, 30, True), Gap(2, 2, False)), 0, 0)),
        ("甲?*乙", Split(("甲", "乙"), (Gap(1, 1 + STAR_REACH, True),), 0, 0)),
        ("甲*，?乙", Split(("甲", "乙"), (Gap(1, 1 + STAR_REACH, True),), 0, 0)),
        ("??發展，?", Split(("发展",), (), 2, 1)),
        ("*发展*", Split(("发展",), (), 0, 0)),
        ("?，*", Split((), (), 1, 1)),
        ("", Split((), (), 0, 0)),
    ],
)
def test_split(pattern: str, parts: Split) -> None:
    if parts.strings:
        assert split(pattern) == parts
    else:
        assert split(pattern).strings == ()
