"""Questions that were answered as if other words had been asked for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from search.sync.follow import follow
from tests.factories import make_speech
from tests.search.asking import ALL
from tests.search.complaints.texts import found, holding, keep, marks

pytestmark = pytest.mark.django_db

Truth = Callable[[dict[str, bool]], bool]


# Entry points


@pytest.mark.thread("https://github.com/paperless-ngx/paperless-ngx/issues/12860")
@pytest.mark.parametrize("words", ["渠", "水渠", "水渠管护", "水渠管护办法", "田头ABC"])
def test_chinese_is_found_from_every_box(words: str) -> None:
    in_text = make_speech("第一份", f"这里说的是{words}的事。")
    in_title = make_speech(f"关于{words}的说明", "别的话。")
    make_speech("第三份", "无关的话。")
    follow(patient=True)
    for way, ask in ALL.items():
        assert set(ask(words)) == set(ask(f"“{words}”")) == {in_text.pk, in_title.pk}, way
        assert ask(f"标题:{words}") == [in_title.pk], way
    client = Client()
    # The box within a material, and the one that offers titles.
    page = client.get(in_text.get_absolute_url(), {"q": words}).content.decode()
    assert words in marks(page)
    offered = client.get("/api/v1/suggest/", {"q": words}).json()["titles"]
    assert [each["text"] for each in offered] == [in_title.title]


# Booleans

LEAVES = ("东京", "机密", "法案")
SAID = {
    "plain": LEAVES,
    "quoted": tuple(f"“{leaf}”" for leaf in LEAVES),
    "traditional": ("東京", "“機密”", "法案"),
    "pattern": ("东?都", "机密*会", "“法案”"),
}


def combinations() -> dict[frozenset[str], str]:
    """Return a text for every set of leaves, each leaf within a longer run of characters."""
    sentences = {
        "东京": "他昨天从东京都回来。",
        "机密": "保管机密的人开了会。",
        "法案": "审议了这项法案和说明。",
    }
    return {
        frozenset(chosen): "开头的话。" + "".join(sentences[leaf] for leaf in chosen)
        for size in range(4)
        for chosen in itertools.combinations(LEAVES, size)
    }


def lines(said: tuple[str, ...]) -> Iterator[tuple[str, Truth]]:
    """Yield every query of three leaves, two operators, either bracket and any negations."""
    for negated in itertools.product([False, True], repeat=3):
        words = [f"NOT {word}" if no else word for word, no in zip(said, negated, strict=True)]
        for one, two in itertools.product(["AND", "OR"], repeat=2):
            for left in (True, False):
                yield (
                    (
                        f"({words[0]} {one} {words[1]}) {two} {words[2]}"
                        if left
                        else f"{words[0]} {one} ({words[1]} {two} {words[2]})"
                    ),
                    truth(negated, one, two, left),
                )


def truth(negated: tuple[bool, ...], one: str, two: str, left: bool) -> Truth:
    """Return the same as a function of which leaves a text holds."""

    def holds(has: dict[str, bool]) -> bool:
        a, b, c = (has[leaf] is not no for leaf, no in zip(LEAVES, negated, strict=True))
        join = {"AND": bool.__and__, "OR": bool.__or__}
        return join[two](join[one](a, b), c) if left else join[one](a, join[two](b, c))

    return holds


def expected(texts: dict[int, str], holds: Truth) -> set[int]:
    return {key for key, text in texts.items() if holds({leaf: leaf in text for leaf in LEAVES})}


@pytest.mark.thread("https://github.com/paperless-ngx/paperless-ngx/pull/14156")
@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_every_combination_of_leaves_and_operators(said: tuple[str, ...]) -> None:
    texts = keep(combinations().values())
    assert len(texts) == 8
    for line, holds in lines(said):
        assert set(found(line)) == expected(texts, holds), line


@pytest.mark.thread("https://github.com/paperless-ngx/paperless-ngx/pull/14156")
@pytest.mark.parametrize(
    "line",
    [
        "(东京 AND NOT 机密) OR 法案",
        "(东京 NOT 机密) 或 法案",
        "（东京 -机密） | 法案",
        "法案 OR (-机密 东京)",
        "(“东京” AND NOT “机密”) OR “法案”",
    ],
)
def test_what_is_excluded_stays_out_in_every_way(line: str) -> None:
    texts = keep(combinations().values())
    keys = expected(texts, lambda has: (has["东京"] and not has["机密"]) or has["法案"])
    assert len(keys) == 5
    for way, ask in ALL.items():
        assert set(ask(line)) == keys, way


NAMES = [
    "招商证券",
    "招商证券股份有限公司",
    "招商基金管理有限公司",
    "招商蛇口",
    "招商-平安金融中心",
    "招商基金-杭州运河网谷",
    "某某公司招商处",
    "电力公司",
]


@pytest.mark.thread("https://github.com/meilisearch/meilisearch/issues/5015")
@pytest.mark.parametrize(
    ("line", "wanted", "unwanted"),
    [
        ("招商 公司", ["招商", "公司"], []),
        ("招商 -公司", ["招商"], ["公司"]),
        ("“招商基金” “公司”", ["招商基金", "公司"], []),
        ('"招商基金" -"公司"', ["招商基金"], ["公司"]),
        ("-招商", [], ["招商"]),
        ("公司 -证券 -基金", ["公司"], ["证券", "基金"]),
        # No exclusion without a blank before it: a run, whose words may stand apart.
        ("招商-公司", ["招商", "公司"], []),
    ],
)
def test_phrases_and_exclusions(line: str, wanted: list[str], unwanted: list[str]) -> None:
    texts = keep(NAMES)
    keys = set(texts)
    for words in wanted:
        keys &= holding(texts, words)
    for words in unwanted:
        keys -= holding(texts, words)
    if (
        line == "招商-公司"
    ):  # no exclusion without a blank before it: a run, whose words may be apart
        keys = holding(texts, "招商") & holding(texts, "公司")
    for way, ask in ALL.items():
        assert set(ask(line)) == keys, way


# Writing


@pytest.mark.thread(
    "https://github.com/Sivan22/otzaria/issues/837",
    "https://github.com/Sefaria/Sefaria-Project/issues/6",
    "https://github.com/Sefaria/Sefaria-Project/pull/586",
)
@pytest.mark.parametrize(
    "text",
    [
        "他说：“功成、不必在我……功成，必定有我。”",
        '他说:"功成不必在我...功成必定有我."',
        "他说：‘功成不必在我’——‘功成必定有我’",
        "他说：「功成不必在我」\n「功成必定有我」",
        "他说功成不必在我 功成必定有我",
        "他说：功成 不必 在 我；功成 必定 有 我",
    ],
)
def test_punctuation_of_neither_side_is_in_the_way(text: str) -> None:
    speech = make_speech("题目", text)
    make_speech("题目", "功成必定有我，功成不必在我")
    follow(patient=True)
    for typed in (
        "“功成不必在我，功成必定有我”",
        '"功成不必在我功成必定有我"',
        "＂功成不必在我。功成必定有我＂",
        "「功成不必在我……功成必定有我」",
        "“功成不必在我’，‘功成必定有我”",
        "功成不必在我——功成必定有我",
    ):
        assert found(typed)[0] == speech.pk, typed
        assert len(found(typed)) == (2 if typed.startswith("功") else 1), typed  # a run: words, too
        page = Client().get(speech.get_absolute_url(), {"q": typed}).content.decode()
        marked = "".join(filter(str.isalpha, "".join(marks(page))))
        assert marked == "功成不必在我功成必定有我", typed


@pytest.mark.parametrize(
    ("thread", "text", "typed"),
    [
        (
            "https://github.com/meilisearch/charabia/issues/331",
            "合作树立联合自强重要范本（国际论坛）",
            "國際論壇 國際論坛 国际論壇 国际论坛 論壇 聯合自強 樹立聯合自強",
        ),
        (
            "https://github.com/meilisearch/charabia/issues/331",
            "合作樹立聯合自強重要範本（國際論壇）",
            "國際論壇 国际论坛 论坛 联合自强 重要范本",
        ),
        ("https://github.com/VocaDB/vocadb/issues/98", "村子的後面", "后面 後面 的后面"),
        ("https://github.com/VocaDB/vocadb/issues/98", "村子的后面", "后面 後面 的後面"),
        # 王後 is no correct form of 王后; that both are found by either is accepted.
        ("https://github.com/VocaDB/vocadb/issues/98", "畫上的王后", "王后 王後 画上的王后"),
        (
            "https://github.com/VocaDB/vocadb/issues/98",
            "管理系統的聯繫與關係",
            "系统 系統 繫統 係統 联系 聯繫 聯係 关系 關係 管理系统",
        ),
    ],
)
def test_either_way_of_writing_finds_the_other(thread: str, text: str, typed: str) -> None:
    speech = make_speech("题目", text)
    make_speech("题目", "国外论述，际会，坛子；前面；王；统一，关于")
    follow(patient=True)
    for words in typed.split():
        assert found(words) == found(f"“{words}”") == [speech.pk], words
        page = Client().get(speech.get_absolute_url(), {"q": f"“{words}”"}).content.decode()
        assert set(marks(page)) <= {text[at : at + len(words)] for at in range(len(text))} - {""}
        assert marks(page), words
    for way, ask in ALL.items():
        assert ask(words) == [speech.pk], way
