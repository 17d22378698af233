"""The main text of web pages."""

import pytest

from archive.ingest.errors import IngestError
from archive.ingest.read import page

PROSE = "树立和践行正确政绩观，关键在于坚持正确的价值导向。"
MORE = "我们必须始终坚持人民至上，把人民放在心中最高位置。"
BODY = f"<p>{PROSE}</p><p>{MORE}</p><p>{PROSE}</p><p>{MORE}</p>"
TEXT = "\n".join((PROSE, MORE, PROSE, MORE))


@pytest.mark.parametrize(
    "html",
    [
        f"<div class=nav><a href=/>首页</a></div><div id=zoom>{BODY}</div><div>版权所有，某某中心。</div>",
        f"<table><tr><td><a>栏目，一，二，三，四，五，六，七</a></td><td>{BODY}</td></tr></table>",
        f"<article><header><h1>标题</h1></header><div>{BODY}</div></article>",
        f"<div>{BODY}</div><div class='comment-list'><p>{'好文章，顶一下，写得真好。' * 40}</p></div>",
        f"<div>{BODY}</div><aside><p>{PROSE}</p></aside><footer>{MORE}</footer>",
        f"<form id=aspnetForm><div class=content>{BODY}</div></form>",
    ],
)
def test_the_part_that_holds_most_of_the_prose_is_the_text(html):
    assert page.read(f"<html><body>{html}</body></html>").raw == TEXT


def test_what_stands_around_the_text_is_kept_for_its_metadata():
    found = page.read(
        f"<body><h1>标题</h1><p>来源：某报</p><div id=zoom>{BODY}</div><p>责任编辑：甲</p></body>"
    )
    assert found.before == ("标题", "来源：某报")
    assert found.after == ("责任编辑：甲",)
    assert found.main == "div#zoom"


def test_a_long_part_does_not_hide_the_paragraphs_beside_it():
    html = f"<div id=zoom><p>{PROSE}</p><p>{MORE}</p><div>{BODY * 2}</div></div>"
    assert page.read(html).raw == "\n".join((PROSE, MORE, TEXT, TEXT))


def test_a_page_that_calls_its_text_a_comment():
    assert page.read(f"<div class=comment>{BODY}</div>").raw == TEXT


def test_a_page_without_prose_is_all_text():
    found = page.read("<p>甲</p><p>乙</p>")
    assert (found.raw, found.main) == ("甲\n乙", "")


def test_lines_are_what_a_browser_puts_on_lines():
    html = (
        f"<div><p>{PROSE}<br>第二\n行\t之 A\n B</p>  尾 <span>句</span>，这一句不在段落里面。"
        f"<pre>一行\n两行</pre><p>{MORE}</p><p>{PROSE}</p></div>"
    )
    assert page.read(html).raw.split("\n") == [
        *(PROSE, "第二行 之 A B", "尾 句，这一句不在段落里面。", "一行", "两行", MORE, PROSE)
    ]


def test_what_is_not_shown_is_not_text():
    hidden = (
        f"<script>var a='{PROSE}'</script><style>p{{}}</style><p style='display: none'>{PROSE}</p>"
        f"<p hidden>{PROSE}</p><!-- {PROSE} --><select><option>{PROSE}</option></select>"
    )
    assert page.read(f"<div>{hidden}{BODY}</div>").raw == TEXT


def test_rows_of_a_data_table_are_lines_and_layout_is_not():
    table = (
        "<table><tr><th>单位</th><th><b>得分</b></th></tr><tr><td>甲</td><td></td><td>九十</td></tr>"
        "<tr><td><p>一</p><p>二</p></td><td>三</td></tr><tr><td>独</td></tr></table>"
    )
    found = page.read(f"<div>{BODY}{table}</div>")
    assert found.raw.removeprefix(TEXT + "\n").split("\n") == [
        *("单位\t得分", "甲\t九十", "一", "二", "三", "独")
    ]
    assert [block.tag for block in found.blocks][4:] == ["tr", "tr", "p", "p", "p", "p"]
    (mark,) = found.marks
    assert found.raw[mark.start : mark.end] == "得分"


def test_blocks_and_marks_point_into_the_text():
    html = (
        f"<div><h2>一、<b>标题</b></h2><p>{PROSE}<a href='/x'>链<em>接</em></a><b> </b><i></i></p>"
        f"<ul><li>{MORE}</li></ul><p><b>{PROSE}<br>{MORE}</b></p></div>"
    )
    found = page.read(html)
    assert [(found.raw[b.start : b.end][:2], b.tag) for b in found.blocks] == [
        *(("一、", "h2"), ("树立", "p"), ("我们", "li"), ("树立", "p"), ("我们", "p"))
    ]
    assert [(found.raw[m.start : m.end], m.tag, m.href) for m in found.marks] == [
        ("标题", "strong", ""),
        ("接", "em", ""),
        ("链接", "a", "/x"),
        (" ", "strong", ""),
        (PROSE, "strong", ""),
        (MORE, "strong", ""),
    ]


def test_the_head_of_the_page():
    html = f"""<?xml version="1.0" encoding="gbk"?><html><head><title> 标题 _ 某网 </title>
        <meta name="PubDate" content=" 2024-03-05 "><meta property="og:site_name" content="某网">
        <meta name="empty" content=""><meta charset="utf-8">
        <link rel="canonical" href=" https://a.example/1.html "><link rel=stylesheet href=x.css>
        <script type="application/ld+json">{{"datePublished": "2024-03-05T10:00:00+08:00"}}</script>
        </head><body><h1>标<b>题</b></h1><h1></h1><time datetime="2024-03-05">昨天</time><time>今天</time>
        {BODY}</body></html>"""
    assert page.read(html).meta == {
        "title": "标题 _ 某网",
        "pubdate": "2024-03-05",
        "og:site_name": "某网",
        "canonical": "https://a.example/1.html",
        "h1": "标题",
        "time": "2024-03-05",
        "datepublished": "2024-03-05T10:00:00+08:00",
    }


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ("<div>" * 50_000, "bomb"),
        ("<div>" * 1_000 + PROSE, "bomb"),
        ("<br>" * 100_001, "bomb"),
        ("甲" * 5_000_001, "too-large"),
        ("", "no-text"),
        ("<!-- -->", "no-text"),
    ],
)
def test_pages_that_cannot_be_read(html, code):
    with pytest.raises(IngestError) as error:
        page.read(html)
    assert error.value.code == code


def test_a_fragment_and_a_frameset_are_read():
    assert page.read(PROSE).raw == PROSE
    assert page.read(f"<html><frameset><noframes>{PROSE}</noframes></frameset></html>").raw == PROSE
