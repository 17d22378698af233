"""Lines of facts that sites print with an article."""

import pytest

from archive.ingest.clean import labels


@pytest.mark.parametrize(
    ("line", "values"),
    [
        (
            "时间:2024-04-14 10:24:03 来源:网友投稿",
            {"date": "2024-04-14 10:24:03", "source": "网友投稿"},
        ),
        ("2025-08-12 09:26:53", {"date": "2025-08-12 09:26:53"}),
        ("2022-06-05 来源:管理员", {"date": "2022-06-05", "source": "管理员"}),
        ("点击数:2483 | 【大】【中】【小】", {"hits": "2483"}),
        ("点击数：2,611　【大 中 小】", {"hits": "2,611"}),
        ("浏览次数：", {"hits": ""}),
        (
            "发布时间：2024年03月05日　来源：市委宣传部　浏览次数：856",
            {"date": "2024年03月05日", "source": "市委宣传部", "hits": "856"},
        ),
        (
            "發布時間：2023年11月06日　來源：市委政策研究室　瀏覽次數：431",
            {"date": "2023年11月06日", "source": "市委政策研究室", "hits": "431"},
        ),
        (
            "2019-09-09 19:32:27 字号：A- A A+ 来源：某报",
            {"date": "2019-09-09 19:32:27", "source": "某报"},
        ),
        (
            "2019-09-26 12:11来源：某网作者：李四",
            {"date": "2019-09-26 12:11", "source": "某网", "author": "李四"},
        ),
        ("（责任编辑：林小满）", {"editor": "林小满"}),
        ("来源：某报(上海)", {"source": "某报(上海)"}),
        ("时　间：2024年3月5日", {"date": "2024年3月5日"}),
        ("标签：营商环境 大会讲话", {"tags": "营商环境 大会讲话"}),
        ("来源：甲 来源：乙", {"source": "甲"}),
        ("全文字数：1200字", {"length": "1200字"}),
        ("时间：2024年3月5日上午", None),
        ("2024年3月5日", None),
        ("各位领导 来源：甲", None),
        ("来源：", None),
        ("来源：人民群众是历史的创造者。我们要牢记", None),
        ("点击：很多", None),
        ("评论：好。坏。", None),
        ("同志们：", None),
        ("来源：" + "长" * 400, None),
    ],
)
def test_a_line_counts_only_when_all_of_it_is_facts(line, values):
    assert labels.read(line) == values


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("【字体：大 中 小】", True),
        ("【大】【中】【小】", True),
        ("打印本页　关闭窗口", True),
        ("分享到：微信 微博 QQ空间", True),
        ("【字号：", True),
        ("大 中 小 学校", False),
        ("下载附件的办法", False),
        ("打印 " * 100, False),
    ],
)
def test_buttons(line, found):
    assert labels.is_buttons(line) is found


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("索 引 号：", "other"),
        ("成文日期:", "date"),
        ("主 题 词：", "tags"),
        ("标题：甲", ""),
        ("甲", ""),
    ],
)
def test_a_label_alone(line, field):
    assert labels.label(line) == field


def test_simplify_keeps_offsets():
    line = "當前位置：理論園地"
    assert labels.simplify(line) == "当前位置：理论园地"
