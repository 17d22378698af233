"""Words that stand in a text and were not found in it."""

from __future__ import annotations

import random
import re
from itertools import pairwise

import pytest
from haystack.inputs import Exact
from haystack.query import SearchQuerySet

from tests.search.asking import ALL
from tests.search.complaints.texts import found, holding, keep
from tests.search.golden import PAGES, plain

pytestmark = pytest.mark.django_db

# Where it was complained of, a text of that shape, and what was typed to find it.
NOT_FOUND = [
    (
        "https://github.com/django-haystack/django-haystack/issues/869",
        "美丽的乡村是干出来的",
        "美 美丽 美丽的 丽的",
    ),
    (
        "https://github.com/infinilabs/analysis-ik/issues/108",
        "本次非公开发行费用概算见附表",
        "非公开 发行费用概算 费用概算",
    ),
    (
        "https://github.com/infinilabs/analysis-ik/issues/204",
        "前次募集资金使用情况报告",
        "前次募集资金 前次募集 募集资金",
    ),
    (
        "https://github.com/infinilabs/analysis-ik/issues/195",
        "邀请金砖国家和有关方面举行对话会",
        "金砖国家 国家和有关方面",
    ),
    (
        "https://github.com/infinilabs/analysis-ik/issues/370",
        "厦门美食街收银台测试；厦门测试账号",
        "厦门 厦门测试 收银台测试",
    ),
    (
        "https://github.com/infinilabs/analysis-ik/issues/660",
        "文件名是PD1728_A_1.1.1",
        "PD1728 pd1728_a PD1728_A_1 1728",
    ),
    (
        "https://github.com/infinilabs/analysis-ik/issues/660",
        "PPT设计，9000万字材料，24字方针，赣ICP备18000012号-1",
        "PPT设计 9000万字 24字 ICP备18000012号 18000012 赣ICP备",
    ),
    (
        "https://github.com/infinilabs/analysis-ik/issues/548",
        "江苏省进口酸梅粉150g/瓶",
        "江 江苏 江苏省 梅 梅粉 酸梅 酸梅粉 150g",
    ),
    (
        "https://github.com/infinilabs/analysis-ik/issues/706",
        "网络太卡啦，儿童节也没修好",
        "太 卡 太卡 儿 儿童",
    ),
    ("https://github.com/sea-team/gofound/issues/20", "新来的张三报到了", "张 张三"),
    ("https://github.com/amutu/zhparser/issues/16", "水果分给了各家各户", "果 水果"),
    (
        "https://github.com/NLPchina/ansj_seg/issues/683",
        "挂面两箱，主副食品一批",
        "挂 面 挂面 副食",
    ),
    ("https://github.com/honmaple/flask-msearch/issues/12", "季小芳大夫每周坐诊", "季 季小芳"),
    (
        "https://github.com/meilisearch/meilisearch/issues/1714",
        "小化妆包",
        "小化妆 化妆包 小化妆包 包",
    ),
    ("https://github.com/meilisearch/meilisearch/issues/1714", "Ipad 包", "包 ipad包"),
    (
        "https://github.com/meilisearch/meilisearch/issues/2499",
        "安装简单，没有一处要配置",
        "简单 安装简单",
    ),
    (
        "https://github.com/meilisearch/meilisearch/issues/4874",
        "待处理的在建工程",
        "处理 待处理 工程 在建工程",
    ),
    (
        "https://github.com/meilisearch/meilisearch/issues/4935",
        "中国农业发展银行和中国农业银行",
        "农业 农业发展 发展银行 农业银行 中国农业",
    ),
    (
        "https://github.com/meilisearch/charabia/issues/338",
        "树立正确政绩观，贯彻新发展理念",
        "政绩 新发展 发展理念 贯彻新发展",
    ),
    (
        "https://github.com/meilisearch/charabia/issues/226",
        "永永远远是龙的传人",
        "永远 远远 永永远远 传人 龙的传人",
    ),
    (
        "https://github.com/meilisearch/charabia/issues/98",
        "南京市长江大桥通车",
        "南京 市长 长江 南京市长 大桥通车",
    ),
    (
        "https://github.com/lionsoul2014/jcseg/issues/57",
        "祝小朋友儿童节快乐",
        "儿 童 节 儿童 童节 儿童节",
    ),
    (
        "https://github.com/imfing/hextra/issues/552",
        "本组写了关于水渠养护的一篇小教程",
        "一篇 的一篇 水渠 养护",
    ),
    (
        "https://github.com/BookStackApp/BookStack/issues/778",
        "三年来全村成功办成了十件实事",
        "成功 办成 十件",
    ),
    (
        "https://github.com/dullage/flatnotes/issues/371",
        "私は毎朝日本語を勉強してから東京へ行きます。",
        "日本語 東京 勉強 毎朝日本語",
    ),
    (
        "https://github.com/nextapps-de/flexsearch/issues/21",
        "把话说到群众心坎里，把事办到群众家门口",
        "心坎 门口 办到群众",
    ),
]
SENTENCES = [text for _thread, text, _typed in NOT_FOUND]


@pytest.mark.parametrize(
    ("thread", "text", "typed"), NOT_FOUND, ids=[thread for thread, *_ in NOT_FOUND]
)
def test_what_stands_in_a_text_is_found_in_it(thread: str, text: str, typed: str) -> None:
    texts = keep(SENTENCES)
    for words in typed.split():
        expected = holding(texts, words)
        assert text in {texts[key] for key in expected}
        assert set(found(f"“{words}”")) == expected, words
        run = found(words)
        assert set(run[: len(expected)]) == expected, words
    for way, ask in ALL.items():
        assert set(ask(f"“{words}”")) == expected, way


@pytest.mark.thread("https://github.com/infinilabs/analysis-ik/issues/548")
def test_a_run_over_a_gap_in_the_text_is_found_as_with_a_blank() -> None:
    texts = keep(["蒙牛 纯牛奶250ml×16盒/件", "蒙牛酸奶", "牛奶"])
    expected = [key for key, text in texts.items() if "纯" in text]
    assert found("蒙牛牛奶") == found("蒙牛 牛奶") == expected


@pytest.mark.thread(
    "https://github.com/infinilabs/analysis-ik/issues/108",
    "https://github.com/infinilabs/analysis-ik/issues/195",
    "https://github.com/infinilabs/analysis-ik/issues/204",
    "https://github.com/infinilabs/analysis-ik/issues/370",
    "https://github.com/infinilabs/analysis-ik/issues/433",
    "https://github.com/infinilabs/analysis-ik/issues/955",
)
@pytest.mark.parametrize("name", ["full", "speech"])
def test_every_beginning_and_end_of_a_stored_sentence_finds_it(name: str) -> None:
    texts = keep([*SENTENCES, *(page.text for page in PAGES.values())])
    for sentence in re.split("[。；;.\n]", PAGES[name].text):
        sentence = re.sub("[\"“”‘’']", "", sentence)  # noqa: PLW2901 (they would end what is quoted)
        for at in range(len(sentence) + 1):
            for part in filter(plain, (sentence[:at], sentence[at:])):
                expected = holding(texts, part)
                assert expected
                assert set(found(f"“{part}”", restore=False)) == expected, part
                assert expected <= set(found(part, restore=False)), part


@pytest.mark.thread("https://github.com/basicmachines-co/basic-memory/issues/1294")
def test_any_two_neighbours_find_their_text() -> None:
    texts = keep(SENTENCES)
    for pair in {one + two for text in SENTENCES for one, two in pairwise(plain(text))}:
        assert set(found(f"“{pair}”")) == holding(texts, pair), pair


@pytest.mark.thread(
    "https://github.com/BookStackApp/BookStack/issues/778",
    "https://github.com/imfing/hextra/issues/552",
    "https://github.com/dullage/flatnotes/issues/371",
    "https://github.com/nextapps-de/flexsearch/issues/21",
)
def test_any_piece_of_a_text_finds_it_punctuation_and_line_breaks_included() -> None:
    pages = [page.text.replace("##paidbegin##", "") for page in PAGES.values()]
    texts = keep([*SENTENCES, *pages])
    rng = random.Random(20)
    for _ in range(300):
        text = rng.choice([*texts.values()])
        start = rng.randrange(len(text))
        piece = text[start : start + rng.randint(1, 25)]
        if plain(piece):
            asked = SearchQuerySet().filter(content=Exact(piece, restore=False))
            assert {int(result.pk) for result in asked} == holding(texts, piece), piece


@pytest.mark.thread("https://github.com/infiniflow/infinity/issues/1308")
def test_no_character_is_a_stop_word() -> None:
    texts = keep(["人民的名义和人民的心", "人民名义", "人民和心", "他来了，他走了", "他来他走"])
    for words in (
        "人民的名义",
        "人民名义",
        "的",
        "和",
        "和人民的心",
        "人民和",
        "来了他",
        "来他",
        "了",
    ):
        assert set(found(f"“{words}”")) == holding(texts, words) != set(), words
