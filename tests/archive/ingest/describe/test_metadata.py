"""What is known of a material, and from where."""

import pytest

from archive.ingest.pipeline import draft
from archive.ingest.values import Hints
from search.text.dates import PartialDate

PROSE = "树立和践行正确政绩观，关键在于坚持正确的价值导向、实践导向和效果导向，真正把工作做到实处。"
BODY = "\n".join([PROSE] * 3)


def read(text, name="a.txt", **hints):
    return draft(text.encode(), name, Hints(**hints))


def page(head="", above="", below="", body=BODY):
    paragraphs = "".join(f"<p>{line}</p>" for line in body.split("\n"))
    return f"<html><head>{head}</head><body>{above}<div id=zoom>{paragraphs}</div>{below}</body></html>"


def value(found, name):
    evidence = found.provenance.get(name)
    return getattr(found, name), evidence.rule if evidence else ""


@pytest.mark.parametrize(
    ("text", "hint", "date", "rule"),
    [
        (f"标题\n时间:2024-04-14 10:24:03\n{BODY}", "2023", "2023", "hint"),
        (f"标题\n时间:2024-04-14 10:24:03\n{BODY}", "昨天", "2024-04-14T10:24:03", "date-label"),
        (f"标题\n来源：甲　日期：2024年4月\n{BODY}\n2023年5月1日", "", "2024-04", "date-label"),
        (f"标题\n（2024年4月14日）\n{BODY}\n2023年5月1日", "", "2024-04-14", "date-head"),
        (f"标题\n——2026年2月3日在会议上\n{BODY}", "", "2026-02-03", "date-head"),
        (f"标题\n{BODY}\n某市委\n二〇二四年三月五日", "", "2024-03-05", "date-foot"),
        (f"标题\n{BODY}\n（办公室供稿　2021年）", "", "2021", "date-foot"),
        (f"标题\n{BODY}\n我们在2024年3月5日取得了成绩。", "", "", ""),
        (f"标题\n{BODY}\n到2030年3月前完成", "", "", ""),
        (f"标题\n{PROSE}2024年3月5日，我们出发了。\n{PROSE}", "", "", ""),
    ],
)
def test_dates_of_texts(text, hint, date, rule):
    assert value(read(text, date=hint), "date") == (PartialDate(date), rule)


@pytest.mark.parametrize(
    ("html", "date", "rule"),
    [
        (
            page('<meta name=PubDate content="2023-01-01">', "<p>发布时间：2024-03-05</p>"),
            "2024-03-05",
            "date-label",
        ),
        (
            page('<meta property="article:published_time" content="2024-03-05T10:00:00+08:00">'),
            "2024-03-05T10:00:00",
            "page-article:published_time",
        ),
        (page(above="<h1>标题</h1><p>2020年9月2日</p>"), "2020-09-02", "date-above"),
        (
            page('<link rel=canonical href="https://a.example/202403/t20240305_1.html">'),
            "2024-03-05",
            "date-address",
        ),
        (page(), "", ""),
    ],
)
def test_dates_of_pages(html, date, rule):
    assert value(read(html), "date") == (PartialDate(date), rule)


def test_the_line_of_facts_nearest_to_the_text_counts():
    html = page(above="<p>来源：甲 点击数：1</p><p>来源：乙</p>", below="<p>点击数：3</p>")
    found = read(html)
    assert (found.source_line, found.hit_count) == ("乙", 1)


@pytest.mark.parametrize(
    ("text", "name", "rule"),
    [
        (f"欢迎来到某某范文网!\n标题\n{BODY}", "某某范文网", "source-greeting"),
        (f"某某文库\n标题\n{BODY}", "某某文库", "source-line-above"),
        (f"标题\n{BODY}\n某某之友编辑整理", "某某之友", "source-editor"),
        (
            f"标题\n{BODY}\nCopyright © 2018-2024 某某中心 版权所有 某ICP备0号",
            "某某中心",
            "source-copyright",
        ),
        (
            f"标题\n{BODY}\n【某某素材库】——每天更新内部素材，会员群同步，联系客服：1 2345",
            "某某素材库",
            "source-brand",
        ),
        (
            f"标题\n{BODY}\n本文由网友上传。文章地址:http://www.site.example/1.html",
            "site.example",
            "address",
        ),
        (page('<meta name=SiteName content="某某园地">'), "某某园地", "page-sitename"),
        (page("<title>标题_理论学习_某某园地</title>"), "某某园地", "page-title"),
        (f"标题\n{BODY}", "", ""),
    ],
)
def test_the_name_of_the_site(text, name, rule):
    assert value(read(text), "source_name") == (name, rule)


def test_what_is_said_from_outside_goes_first():
    found = read(
        f"欢迎来到某某范文网!\n理论学习\n标题\n{BODY}",
        source="别处",
        author="某人",
        column="讲话",
        tags=("甲",),
        url="https://www.site.example/2.html",
    )
    assert (found.source_name, found.author, found.site_column) == ("别处", "某人", "讲话")
    assert (found.site_tags, found.original_url) == (("甲",), "https://www.site.example/2.html")
    assert found.source_domain == "site.example"
    assert not found.provenance["source_name"].guessed


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        (f"标题\n来源:网友投稿\n{BODY}", "网友投稿", "source-label"),
        (
            f"标题\n{BODY}\n标题》由互联网用户分享整理。文章地址:http://a.example/1",
            "由互联网用户分享整理",
            "source-line",
        ),
        (f"标题\n{BODY}\n某某之友编辑整理", "某某之友编辑整理", "source-line"),
        (page('<meta name=ContentSource content="某日报">'), "某日报", "page-contentsource"),
    ],
)
def test_the_source_line_is_kept_as_printed(text, line, rule):
    assert value(read(text), "source_line") == (line, rule)


@pytest.mark.parametrize(
    ("html", "url", "domain"),
    [
        (
            page('<link rel=canonical href="https://www.a.example/1.html">'),
            "https://www.a.example/1.html",
            "a.example",
        ),
        (
            page('<meta property="og:url" content="http://b.example/2">'),
            "http://b.example/2",
            "b.example",
        ),
        (page('<link rel=canonical href="/3.html">'), "", ""),
        (page('<link rel=canonical href="http://[broken/3.html">'), "http://[broken/3.html", ""),
        (
            page(below="<p>转载请注明来自：http://c.example/4.html</p>"),
            "http://c.example/4.html",
            "c.example",
        ),
    ],
)
def test_addresses(html, url, domain):
    found = read(html)
    assert (found.original_url, found.source_domain) == (url, domain)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        (f"理论学习\n标题\n{BODY}", "理论学习"),
        (f"当前位置：首页 > 心得体会 > 正文\n标题\n{BODY}", "心得体会"),
        (f"当前位置：首页\n标题\n{BODY}", ""),
        (page('<meta name=ColumnName content="时政要闻">'), "时政要闻"),
        (
            page(above="<div>您当前的位置：首页 &gt;&gt; 通知公告 &gt;&gt; 浏览正文</div>"),
            "通知公告",
        ),
        (f"标题\n栏目：党建\n{BODY}", "党建"),
    ],
)
def test_the_column(text, column):
    assert read(text).site_column == column


def test_tags_without_the_title_and_without_scraps():
    text = f"在座谈会上的发言\n{BODY}\n推荐访问:理论学习 会上 党组、理论学习 在座谈会上的发言 {'长' * 21}"
    assert read(text).site_tags == ("理论学习", "党组")


@pytest.mark.parametrize(
    ("title", "line", "length"),
    [
        ("标题(全文3623字)", "", 3623),
        ("标题（共1200字）", "", 1200),
        ("标题", "字数：980", 980),
        ("标题", "", None),
    ],
)
def test_the_length_that_a_site_declares(title, line, length):
    assert read(f"{title}\n{line}\n{BODY}").declared_length == length


def test_a_type_that_is_none_of_ours_becomes_the_column_and_is_guessed():
    found = read(f"某市条例\n{BODY}", type="law:地方法规")
    assert (found.type, found.site_column) == ("document", "law:地方法规")
    assert found.provenance["type"].guessed
    found = read(f"某市条例\n{BODY}", type="讲话稿")
    assert (found.type, found.site_column, found.provenance["type"].rule) == ("speech", "", "hint")
