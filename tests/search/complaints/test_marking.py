"""Marks that stand beside the words, on a part of them, or nowhere."""

from __future__ import annotations

import random
import re
from html import unescape

import pytest
from django.test import Client
from haystack.inputs import Exact
from haystack.query import SearchQuerySet

from search.pages import search
from search.results import SearchRequest
from tests.search.complaints.texts import keep, marks, without_tags
from tests.search.golden import PAGES, plain

pytestmark = pytest.mark.django_db

# Where it was complained of, a text of that shape, what was typed, and every mark there must be.
MISPLACED = [
    (
        "https://github.com/whoosh-community/whoosh/issues/532",
        "两次飞跃与马克思主义中国化",
        "马克思",
        ["马克思"],
    ),
    (
        "https://github.com/meilisearch/meilisearch/issues/3526",
        "大卫到了城里，就侍立在城门边。城门边的人都认得大卫。",
        "大卫",
        ["大卫", "大卫"],
    ),
    (
        "https://github.com/meilisearch/meilisearch/issues/4874",
        "这几件都是待处理的，处理完再报",
        "处理",
        ["处理", "处理"],
    ),
    (
        "https://github.com/meilisearch/meilisearch/issues/2091",
        "虚拟机 a : a : a",
        "虚拟机",
        ["虚拟机"],
    ),
    (
        "https://github.com/meilisearch/meilisearch/issues/2091",
        "这是一台虚拟机里的数据",
        "虚拟机",
        ["虚拟机"],
    ),
    (
        "https://github.com/huaban/jieba-analysis/issues/16",
        "普遍认为自然环境与企业本身有关，a sense of responsibility to all",
        "自然环境与企业本身",
        ["自然环境与企业本身"],
    ),
    (
        "https://github.com/huaban/jieba-analysis/issues/16",
        "普遍认为自然环境与企业本身有关，a sense of responsibility to all",
        "responsibility",
        ["responsibility"],
    ),
    (
        "https://github.com/sing1ee/analyzer-solr/issues/2",
        " <p>&nbsp; 乒乓球，是\n中  华 的国球 。“乒乓\n球”一名来自声音",
        "乒乓球",
        ["乒乓球", "乒乓\n球"],
    ),
    (
        "https://github.com/infinilabs/analysis-pinyin/issues/150",
        "  say  goodbye  ，再说一次 goodbye",
        "goodbye",
        ["goodbye", "goodbye"],
    ),
]


def shown(key: int, q: str) -> dict[str, str]:
    """Return the HTML that each way of asking shows of a text: the text's own page, then its snippets."""
    client = Client()
    page = client.get(f"/speeches/{key}/", {"q": q}).content.decode()
    listed = client.get("/search/", {"q": q}).content.decode()
    feed = client.get("/feeds/search/", {"q": q}).content.decode()
    (result,) = client.get("/api/v1/search/", {"q": q}).json()["results"]
    (row,) = SearchQuerySet().raw_search(q).highlight()
    return {
        "page": page.partition('class="text')[2],
        "cards": "".join(re.findall("<blockquote.*?</blockquote>", listed, re.DOTALL)),
        "feed": "".join(map(unescape, re.findall("<summary.*?</summary>", feed, re.DOTALL))),
        "api": "".join(result["snippets"]),
        "query set": "".join(row.highlighted["text"]),
    }


@pytest.mark.parametrize(
    ("thread", "text", "typed", "marked"), MISPLACED, ids=[thread for thread, *_ in MISPLACED]
)
@pytest.mark.parametrize("quoted", [False, True], ids=["run", "quoted"])
def test_marked_is_what_was_typed_and_nothing_else(
    thread: str, text: str, typed: str, marked: list[str], quoted: bool
) -> None:
    (key,) = keep([text])
    for way, markup in shown(key, f"“{typed}”" if quoted else typed).items():
        if "\n" in text:  # lines are shown in several ways; a paragraph, say, ends its mark
            assert "".join("".join(marks(markup)).split()) == typed * len(marked), way
        else:
            assert marks(markup) == marked, way


@pytest.mark.thread("https://github.com/meilisearch/meilisearch/issues/3526")
def test_no_character_is_shown_twice_beside_a_mark() -> None:
    text = "大卫到了城里，就侍立在城门边。城门边的人都认得大卫。"
    (key,) = keep([text])
    for way, markup in shown(key, "大卫").items():
        assert text in without_tags(markup), way


@pytest.mark.thread("https://github.com/whoosh-community/whoosh/issues/532")
def test_each_of_two_words_is_shown_however_far_apart_they_stand() -> None:
    (key,) = keep(["修渠的事先说。" + "天气晴好，大家都在。" * 300 + "架桥的事后说。"])
    for way, markup in shown(key, "修渠 架桥").items():
        assert marks(markup) == ["修渠", "架桥"], way


@pytest.mark.thread(
    "https://github.com/meilisearch/meilisearch/issues/2091",
    "https://github.com/huaban/jieba-analysis/issues/16",
    "https://github.com/sing1ee/analyzer-solr/issues/2",
    "https://github.com/infinilabs/analysis-pinyin/issues/150",
)
def test_what_is_marked_has_the_letters_that_were_looked_for() -> None:
    texts = keep(page.text for page in PAGES.values())
    rng = random.Random(12)
    for _ in range(100):
        text = rng.choice([*texts.values()])
        start = rng.randrange(len(text))
        piece = text[start : start + rng.randint(4, 30)].replace("##", "")
        if len(plain(piece)) < 4:
            continue
        for result in SearchQuerySet().filter(content=Exact(piece)).highlight():
            ((snippet, *_),) = result.highlighted.values()
            if result.object.text == text:
                assert {plain(each) for each in marks(snippet)} == {plain(piece)}, piece


@pytest.mark.thread("https://github.com/infiniflow/infinity/issues/1308")
def test_a_particle_is_marked_like_any_character() -> None:
    (key,) = keep(["人民的名义，了不起；和了的"])
    for typed, marked in {"的": ["的", "的"], "“了”": ["了", "了"], "和了的": ["和了的"]}.items():
        for way, markup in shown(key, typed).items():
            assert marks(markup) == marked, (typed, way)
    assert search(SearchRequest("的")).rows[0].hits == 2
