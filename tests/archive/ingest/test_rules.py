"""Every rule is recorded by the pipeline for some file, and editors read why in their language."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from django.utils import translation

from archive.admin.history import evidence_rows, removed_rows
from archive.ingest.pipeline import draft
from archive.ingest.rules import EvidenceRule, RemovalRule
from archive.ingest.values import Draft, Hints
from archive.models import Speech
from tests.archive.samples import docx_of

TITLE = "在全市工作推进会上的讲话"
PROSE = "树立和践行正确政绩观，关键在于坚持正确的价值导向、实践导向和效果导向。"
MORE = "我们必须始终坚持人民至上，把人民对美好生活的向往作为奋斗目标。"


def text(*, above: str = TITLE, inside: str = PROSE, below: str = MORE) -> str:
    return "\n\n".join([above, PROSE, inside, MORE, PROSE, below])


REMOVED = {
    RemovalRule.PAID_MARKER: text(inside=f"扛##paidbegin##起责任。{PROSE}"),
    RemovalRule.PAGE_MARKER: text(inside=f"{PROSE}[NextPage]"),
    RemovalRule.ENTITY: text(inside=f"各位&nbsp;同志，{PROSE}"),
    RemovalRule.ADVERTISEMENT: text(inside="【某某代笔】原创保障，各类代笔，请加代写客服：abcd"),
    RemovalRule.MEMBERSHIP: text(inside="加入某某会员，下载本文Word版"),
    RemovalRule.GREETING: text(above=f"欢迎来到某某范文网!\n{TITLE}"),
    RemovalRule.BREADCRUMB: text(above=f"当前位置：首页 > 理论学习 > 正文\n{TITLE}"),
    RemovalRule.EDITOR_INTRO: text(
        above=f"{TITLE}\n下面是小编为大家整理的在座谈会上的发言,供大家参考。"
    ),
    RemovalRule.COLUMN: text(above=f"理论学习\n{TITLE}"),
    RemovalRule.SITE_NAME: text(above=f"某某范文网\n{TITLE}"),
    RemovalRule.CONTACT: text(below="商务合作office@site.example"),
    RemovalRule.EDITORS: text(below="（监制：林小满）"),
    RemovalRule.SEPARATOR: text(above=f"{TITLE}\n————————"),
    RemovalRule.ATTRIBUTION: text(below="转载请注明出处：https://site.example/2.html"),
    RemovalRule.SITE_EDITOR: text(below="某某之友编辑整理"),
    RemovalRule.PROMOTION: text(below="更多材料请关注公众号某某"),
    RemovalRule.ADVERTISEMENT_BELOW: text(below="欢迎加入某某素材库年度会员"),
    RemovalRule.SCAN_CODE: text(below="微信扫一扫在手机阅读、分享本文"),
    RemovalRule.COPYRIGHT: text(below="Copyright © 某某中心 版权所有"),
    RemovalRule.DISCLAIMER: text(below="本文来源于网络，仅供学习。"),
    RemovalRule.PREVIOUS_NEXT: text(below="上一篇：学院召开教学工作例会"),
    RemovalRule.ORIGINAL_TITLE: text(below="原标题：在座谈会上的讲话"),
    RemovalRule.END_SECTION: text(below="热门文章"),
    RemovalRule.CONTROL_CHARACTER: text(inside=f"\u200b{PROSE}"),
    RemovalRule.FACTS: text(above=f"{TITLE}\n来源：某某网  时间：2024-03-05 10:00"),
    RemovalRule.BUTTONS: text(above=f"{TITLE}\n字号 大 中 小"),
    RemovalRule.TITLE: text(),
    RemovalRule.REPEATED_TITLE: text(above=f"{TITLE}\n\n{TITLE}"),
    RemovalRule.AFTER_END: text(below="热门文章\n某地召开工作会议"),
    RemovalRule.LINE_BREAK: text(
        inside="树立和践行正确政绩观，关键在于坚持正确导向，\n坚持人民至上。"
    ),
}


NO_HINTS = Hints()


@dataclass(frozen=True)
class File:
    """A file as it comes in, and what is known of it."""

    content: bytes
    name: str = "a.txt"
    hints: Hints = NO_HINTS


def plain(*, name: str = "a.txt", **parts: str) -> File:
    return File(text(**parts).encode(), name)


def page(head: str, *, title: str = TITLE, inside: str = PROSE) -> File:
    body = f"<div><p>{PROSE}</p><p>{inside}</p><p>{MORE}</p><p>{PROSE}</p></div>"
    return File(f"<html><head><title>{title}</title>{head}</head>{body}</html>".encode(), "a.html")


def meta(rule: EvidenceRule, content: str) -> File:
    return page(f'<meta name="{rule.element}" content="{content}">')


def labelled(line: str) -> File:
    return plain(above=f"{TITLE}\n{line}")


DAY = "2024-03-05"
ADDRESS = "https://site.example/wen/1.html"
BARE = f"{PROSE}\n{MORE}\n{PROSE}"
FOUND = {
    EvidenceRule.HINT: File(BARE.encode(), "a.txt", Hints(title=TITLE)),
    EvidenceRule.FIRST_LINE: plain(),
    EvidenceRule.FIRST_SENTENCE: File(BARE.encode(), "a.txt"),
    EvidenceRule.FILE_NAME: File(BARE.encode(), "推进会上的讲话.txt"),
    EvidenceRule.FILE_CREATED: File(docx_of(1), "a.docx"),
    EvidenceRule.LENGTH_NOTE: plain(above=f"{TITLE}（全文3623字）"),
    EvidenceRule.ADDRESS: page(f'<link rel="canonical" href="{ADDRESS}">'),
    EvidenceRule.ADDRESS_LINE: plain(below=f"本文地址：{ADDRESS}"),
    EvidenceRule.BREADCRUMB: plain(above=f"当前位置：首页 > 学习园地 > 正文\n{TITLE}"),
    EvidenceRule.COLUMN_LINE: plain(above=f"理论学习\n{TITLE}"),
    EvidenceRule.DATE_ABOVE: File(
        f"<html><title>{TITLE}</title><p>{DAY}</p><div><p>{PROSE}</p><p>{MORE}</p>"
        f"<p>{PROSE}</p></div></html>".encode(),
        "a.html",
    ),
    EvidenceRule.DATE_HEAD: plain(above=f"{TITLE}\n（2024年3月5日）"),
    EvidenceRule.DATE_FOOT: plain(below="2024年3月5日"),
    EvidenceRule.DATE_ADDRESS: page(
        '<link rel="canonical" href="https://site.example/2024/03/05/1.html">'
    ),
    EvidenceRule.SOURCE_LINE: plain(below="某某之友编辑整理"),
    EvidenceRule.SOURCE_LINE_ABOVE: plain(above=f"某某范文网\n{TITLE}"),
    EvidenceRule.SOURCE_GREETING: plain(above=f"欢迎访问某某参考！\n{TITLE}"),
    EvidenceRule.SOURCE_EDITOR: plain(below="某某之友编辑整理"),
    EvidenceRule.SOURCE_COPYRIGHT: plain(below="Copyright © 某某中心 版权所有"),
    EvidenceRule.SOURCE_BRAND: plain(below="【某某素材库】——高质量素材，小伙伴轻松解决"),
    EvidenceRule.TYPE_TITLE: plain(),
    EvidenceRule.TYPE_COLUMN: File(BARE.encode(), "a.txt", Hints(title="春天", column="理论")),
    EvidenceRule.TYPE_OPENING: File(
        f"本报北京3月5日讯（记者甲）{BARE}".encode(), "a.txt", Hints(title="春天")
    ),
    EvidenceRule.TYPE_FORM: File(
        f"第一条 {PROSE}\n第二条 {MORE}".encode(), "a.txt", Hints(title="春天")
    ),
    EvidenceRule.TYPE_SALUTATION: File(f"同志们：\n{BARE}".encode(), "a.txt", Hints(title="春天")),
    EvidenceRule.TYPE_TAGS: File(BARE.encode(), "a.txt", Hints(title="春天", tags=("理论文章",))),
    EvidenceRule.TYPE_NONE: File(BARE.encode(), "a.txt", Hints(title="春天")),
    EvidenceRule.MAIN_PART: page(""),
    EvidenceRule.DECLARED_WRONGLY: page('<meta charset="gb2312">'),
    EvidenceRule.UNDECODABLE_BYTES: File(
        (BARE * 20).encode() + b"\xff" + MORE.encode(), "推进会上的讲话.txt"
    ),
    EvidenceRule.DATE_LABEL: labelled(f"时间：{DAY}"),
    EvidenceRule.SOURCE_LABEL: labelled("来源：某某网"),
    EvidenceRule.AUTHOR_LABEL: labelled(f"作者：林小满  时间：{DAY}"),
    EvidenceRule.COLUMN_LABEL: labelled(f"栏目：学习  时间：{DAY}"),
    EvidenceRule.TAGS_LABEL: labelled("标签：政绩观 作风"),
    EvidenceRule.HITS_LABEL: labelled("点击数：123"),
    EvidenceRule.LENGTH_LABEL: labelled("字数：3623"),
    EvidenceRule.PAGE_TITLE: page(""),
    EvidenceRule.PAGE_H1: page("", title="", inside=f"<h1>{TITLE}</h1>"),
    EvidenceRule.PAGE_TIME: page("", inside=f'{PROSE}<time datetime="{DAY}"></time>'),
    EvidenceRule.PAGE_CANONICAL: page(f'<link rel="canonical" href="{ADDRESS}">'),
    EvidenceRule.PAGE_OG_URL: meta(EvidenceRule.PAGE_OG_URL, ADDRESS),
}
for rule in EvidenceRule:
    if rule.name.startswith("PAGE_"):
        content = DAY if re.search("date|time", rule) else "某某"
        titled = page(f'<meta name="{rule.element}" content="{content}">', title="")
        FOUND.setdefault(rule, titled if "title" in rule else meta(rule, content))


def read(file: File) -> Draft:
    return draft(file.content, file.name, file.hints)


@pytest.mark.parametrize("rule", RemovalRule, ids=str)
def test_what_is_taken_away_is_recorded_with_its_rule(rule: RemovalRule) -> None:
    assert rule in {one.rule for one in draft(REMOVED[rule].encode(), "a.txt").removed}


READ = [rule for rule in EvidenceRule if rule is not EvidenceRule.BY_HAND]


@pytest.mark.parametrize("rule", READ, ids=str)
def test_what_is_known_is_recorded_with_its_rule(rule: EvidenceRule) -> None:
    assert rule in {found.rule for found in read(FOUND[rule]).provenance.values()}


def test_what_an_editor_sets_is_recorded_with_its_rule() -> None:
    speech = Speech()
    speech.mark_by_hand(["title"], "wang")
    assert speech.by_hand() == {"title"}
    assert speech.provenance["title"]["rule"] == EvidenceRule.BY_HAND


@pytest.mark.parametrize("rule", [*RemovalRule, *EvidenceRule], ids=repr)
def test_editors_read_the_reason_in_their_language(rule: RemovalRule | EvidenceRule) -> None:
    shown = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            if isinstance(rule, RemovalRule):
                span = {"rule": rule.value, "start": 0, "end": 1, "text": "字"}
                (shown[language],) = (row.rule for row in removed_rows([span]).rows)
            else:
                found = {"title": {"rule": rule.value, "text": "字", "guessed": False}}
                (shown[language],) = (row.rule for row in evidence_rows(found))
    assert re.search("[\u4e00-\u9fff]", shown["zh-hans"])
    assert shown["en"]
    assert not re.search("[\u4e00-\u9fff]", shown["en"])
    if rule.startswith("page-") and isinstance(rule, EvidenceRule):
        assert rule.removeprefix("page-") in shown["en"]
    else:
        assert rule.value not in shown.values()


@pytest.mark.parametrize("kind", [RemovalRule, EvidenceRule])
def test_a_rule_that_is_there_no_more_is_shown_by_its_code(
    kind: type[RemovalRule] | type[EvidenceRule],
) -> None:
    assert kind.reason_for("of-old") == "of-old"
    assert kind.reason_for("") == ""
