"""The golden queries: every one in every way, with masked spellings read back and as they stand.

What is expected is stated, and found out again by looking for the letters in the texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from archive.ingest.pipeline import draft
from archive.ingest.store.speeches import store
from archive.models import Speech
from search.sync.follow import follow
from tests.factories import make_speech
from tests.search.asking import ALL, RESTORING
from tests.search.golden import PAGES, readings
from tests.search.language import parse
from tests.search.reference import matches

pytestmark = pytest.mark.django_db


def has(*strings: str) -> Callable[[str], bool]:
    """Say whether all the strings stand in a text."""
    return lambda text: all(string in text for string in strings)


def near(text: str) -> bool:
    return re.search("功成不必在我.{0,12}功成必定有我", text) is not None


# What is typed, what that means for a plain text, where it is found, and what is found besides
# where masked spellings are read back.
GOLDEN: list[tuple[str, Callable[[str], bool], str, str]] = [
    (
        "“教育引导广大党员、干部学思想、见行动”",
        has("教育引导广大党员干部学思想见行动"),
        "half",
        "masked",
    ),
    ("完整准确全面贯彻新发展理念", has("完整准确全面贯彻新发展理念"), "full speech", ""),
    ("“扛起对党的责任”", has("扛起对党的责任"), "", "masked"),
    ("“扛起对D的责任”", has("扛起对d的责任"), "masked", ""),
    ("对党忠诚", has("对党忠诚"), "full", "masked"),
    ("“功成不必在我，功成必定有我”", has("功成不必在我功成必定有我"), "full half", ""),
    ("功成不必在我 NEAR/12 功成必定有我", near, "full half masked speech", ""),
    ("打基础利长远", has("打基础", "利长远"), "full masked speech", ""),
    ("“打基础利长远”", has("打基础利长远"), "full masked speech", ""),
    ("“为民造福是最大政绩”", has("为民造福是最大政绩"), "full speech", ""),
    ("效", has("效"), "forms full half masked speech", ""),
    ("“效”", has("效"), "forms full half masked speech", ""),
    ("乡镇治理", has("乡镇治理"), "half", ""),
    ("党员干部", has("党员干部"), "full half speech", "masked"),
    ("“2021年冬天”", has("2021年冬天"), "", "masked"),
    ("政绩", has("政绩"), "forms full speech", ""),
    ("政绩观", has("政绩观"), "full", ""),
    ("贯彻新发展", has("贯彻", "新发展"), "full speech", ""),
    ("PPT设计", has("ppt", "设计"), "forms", ""),
    ("ｐｐｔ設計", has("ppt", "设计"), "forms", ""),
    ("9000万字", has("9000", "万字"), "forms", ""),
    ("24字", has("24字"), "half", ""),
    ("國際論壇", has("国际论坛"), "forms", ""),
    ("国际论坛", has("国际论坛"), "forms", ""),
    ("-讲话", lambda text: "讲话" not in text, "forms full half masked", ""),
    ("党 -党员", lambda text: "党" in text and "党员" not in text, "", ""),
    ("D -党员", lambda text: "d" in text and "党员" not in text, "forms masked", "-masked"),
    ("３Ｄ", has("3d"), "forms", ""),
    *(
        (f"{left}功成必定有我{right}", has("功成必定有我"), "full half masked speech", "")
        for left, right in ("“”", "””", '""', "''", "‘’", "「」", "《》", "＂＂")
    ),
]


@pytest.fixture
def pages() -> dict[str, Speech]:
    """The five pages, published."""
    made = {name: make_speech(page.title, page.text) for name, page in PAGES.items()}
    follow(patient=True)
    return made


def expected(found: str, besides: str, *, restore: bool) -> set[str]:
    """Return the names of the pages that the table states."""
    names = set(found.split())
    if restore:
        for name in besides.split():
            names = names - {name[1:]} if name.startswith("-") else names | {name}
    return names


@pytest.mark.parametrize("restore", [True, False], ids=["restored", "as it stands"])
@pytest.mark.parametrize(("query", "holds", "found", "besides"), GOLDEN, ids=[g[0] for g in GOLDEN])
def test_golden_queries(
    pages: dict[str, Speech],
    query: str,
    holds: Callable[[str], bool],
    found: str,
    besides: str,
    restore: bool,
) -> None:
    names = expected(found, besides, restore=restore)
    assert {name for name, p in PAGES.items() if holds(readings(p, restore=restore))} == names
    tree = parse(query).tree
    for name, page in PAGES.items():
        read = matches({"title": page.title, "text": page.text}, tree, restore=restore)
        assert read is (name in names), name
    keys = sorted(pages[name].pk for name in names)
    for way, ask in RESTORING.items():
        assert sorted(ask(query, restore=restore)) == keys, way
    if restore:
        for way in ALL.keys() - RESTORING:
            assert sorted(ALL[way](query)) == keys, way


SOLD = """在主题教育研讨会上的发言

【稻田素材库】——每天更新材料,代写代笔,加客服:dtk,谨防假冒,好评如潮!

各位同志:今天我就“把账算到群众心坎上”谈三点体会.修渠要看水到没到田头,架桥要看老人走不走得稳.
欢迎加入“稻田素材库svip会员”,8000万字材料,轻松解决各类素材需求!添加客服:dtk,唯一平台(公众号:稻田君)

一件一件地办,一年一年地守,这就是最实的政绩.凡是答应了的事,都写在村口的黑板上,办成一件划掉一件.

咨询热线:陈老师 18000012345
"""


@pytest.mark.parametrize("restore", [True, False], ids=["restored", "as it stands"])
def test_what_a_site_sells_is_not_found(restore: bool) -> None:
    content = SOLD.encode()
    speech = store(draft(content, "a.txt"), content, "a.txt", publish=True).speech
    follow(patient=True)
    for query, found in {
        "18000012345": [],
        "稻田": [],
        "“稻田素材库”": [],
        "“8000万字”": [],
        "代笔": [],
        "“凡是答应了的事”": [speech.pk],
        "账算到群众心坎": [speech.pk],
    }.items():
        for way, ask in RESTORING.items():
            assert ask(query, restore=restore) == found, (query, way)
    for way in ALL.keys() - RESTORING:
        assert ALL[way]("18000012345 OR 稻田 OR 代笔") == [], way
