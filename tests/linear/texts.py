"""Texts that are hard to read through: each kind grows to any size, and stays hard as it grows.

A kind is here because one step or another could take time with the square of it: it matches the
beginning of a rule everywhere and its end nowhere, or matches everywhere, or is all in one piece,
or in as many pieces as there are characters. Texts for single steps, compared with themselves at another
length; `tests.hostile.kinds` has those whose pages are compared with an ordinary text's.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle, islice


def repeated(unit: str) -> Callable[[int], str]:
    """Return the kind that says one thing again and again."""
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def around(before: str, unit: str, after: str) -> Callable[[int], str]:
    """Return the kind that says one thing again and again between two others."""
    return lambda size: before + repeated(unit)(size - len(before) - len(after)) + after


def _nested(opening: str, closing: str) -> Callable[[int], str]:
    return lambda size: opening * (size // 2) + closing * (size // 2)


def _different(size: int) -> str:
    """Return ideographs without a pair that comes twice soon."""
    return "".join(chr(0x4E00 + (7919 * n + n * n // 20903) % 20900) for n in range(size))


def _headings(size: int) -> str:
    numbers = islice(cycle("一二三四五六七八九"), size // 12)
    return "\n".join(f"{number}、提高认识。要学习。" for number in numbers)[:size]


def _counted(size: int) -> str:
    return "\n".join(f"{number}.加强领导，狠抓落实" for number in range(1, size // 15))[:size]


SENTENCE = "我们要坚持以人民为中心的发展思想，着力提高保障和改善民生水平。"

KINDS: dict[str, Callable[[int], str]] = {
    "plain": repeated(f"{SENTENCE}\n"),
    "one paragraph": repeated(SENTENCE),
    "one sentence": repeated("我们要坚持以人民为中心的发展思想，着力提高保障和改善民生水平，"),
    "different": _different,
    # Masked spellings
    "D": repeated("D员"),
    "D and D": repeated("D"),
    "dang": repeated("dang员"),
    "D of": repeated("D的领导"),
    "sayings": repeated("从严治D、管D治D"),
    "pinyin": repeated("年(nian)"),
    "pinyin that is none": repeated("年(xyz)"),
    "pinyin unclosed": repeated("年(nian"),
    "pinyin, tones": repeated("党（da\u0308\u030cng）"),
    "masked far apart": repeated("我们" * 500 + "D员"),
    "masked lines": repeated("D员\n"),
    "markers": repeated("##paidbegin##D员$$paidend$$"),
    "markers in words": repeated("D##a##员"),
    "markers unclosed": repeated("##paidbegin"),
    "number signs": repeated("#"),
    "dollars": repeated("$$"),
    # One thing
    "one character": repeated("的"),
    "one letter": repeated("a"),
    "one capital": repeated("A"),
    "one digit": repeated("1"),
    "one wide digit": repeated("１"),
    "one numeral": repeated("一"),
    "one mark": repeated("。"),
    "one comma": repeated("，"),
    "one colon": repeated("："),
    "one dash": repeated("—"),
    "one hyphen": repeated("-"),
    "one bar": repeated("|"),
    "one dot": repeated("."),
    "one exclamation": repeated("!"),
    "beyond the BMP": repeated("𠮷"),
    "combining marks": around("é", "\u0301", ""),
    "combining letters": repeated("e\u0301"),
    "several from one": repeated("㎡①"),
    "replaced": repeated("\ufffd"),
    "zero": repeated("中\x00"),
    "zeros": repeated("\x00"),
    "zero-width": repeated("\u200b"),
    "zero-width between": repeated("学\u200b习"),
    "soft hyphens": repeated("a\xad"),
    "surrogates": repeated("\ud800"),
    # Blanks and lines
    "blanks": repeated(" "),
    "blanks within": around("学习", " ", "学习"),
    "wide blanks within": around("学习", "\u3000", "学习"),
    "no-break blanks within": around("学习", "\xa0", "学习"),
    "tabs within": around("学习", "\t", "学习"),
    "line breaks": repeated("\n"),
    "line breaks within": around("学习", "\n", "学习"),
    "returns within": around("学习", "\r", "学习"),
    "breaks of all kinds": repeated("学\r\n\u2028\x0b\x0c"),
    "blank lines": repeated(" \t\n"),
    "blanks and characters": repeated("学 "),
    "lines of one character": repeated("学\n"),
    "lines of two blanks": repeated("学\n\u3000\u3000"),
    "lines that go on": repeated("我们要坚持以人民为中心的发展思想，\n"),
    "lines of commas": repeated("，\n"),
    "lines of one label": repeated("来源：\n"),
    "lines of facts": repeated("时间：2024-03-05 来源：本站\n"),
    "lines of buttons": repeated("【大】【中】【小】\n"),
    "lines of breadcrumbs": repeated("首页\n>\n要闻\n"),
    "lines of separators": repeated("-=-=-=-=\n"),
    "lines of advertisement": repeated("公众号：加客服微信会员群\n"),
    "lines of ends": repeated("相关阅读\n"),
    "lines of laws": repeated("第一条 各级领导干部应当；\n"),
    # Brackets and quotation marks
    "brackets nested": _nested("（", "）"),
    "brackets unclosed": repeated("（"),
    "brackets closed only": repeated("）"),
    "half brackets unclosed": repeated("("),
    "square brackets unclosed": repeated("["),
    "corner brackets unclosed": repeated("【"),
    "brackets with words": repeated("（全文"),
    "page markers unclosed": repeated("[!--empire"),
    "page numbers unclosed": repeated("#p#"),
    "comments unclosed": repeated("<!--"),
    "comments": repeated("<!---->"),
    "comment then": around("<!--", " -->a", "<html"),
    "quotation": repeated("“功成不必在我的境界”"),
    "quotation marks": repeated("“”"),
    "quotation unclosed": repeated("“"),
    "quotation unclosed with words": repeated("“功成不必在我"),
    "quotation closed only": repeated("”"),
    "quotation corner": repeated("「功成不必在我"),
    "quotation straight": repeated('"'),
    "quotation single": repeated("‘"),
    "quotation apostrophe": repeated("'"),
    "titles unclosed": repeated("《"),
    # Numbers, addresses, labels
    "numerals": repeated("一、二、"),
    "numerals in brackets": repeated("（一）"),
    "numerals of chapters": repeated("第一章 "),
    "numerals counted": repeated("第一"),
    "headings": _headings,
    "counted headings": _counted,
    "headings of sections": repeated("第一节 \n一、学习\n（一）学习\n1.学习\n"),
    "first, second": repeated("一是"),
    "number of a chapter": around("第", "1", "章 学习"),
    "numeral of a part": around("第", "一", "部分"),
    "dates": repeated("2024年3月5日"),
    "dates with times": repeated("2024-03-05 10:00:00 "),
    "dates with dots": repeated("2024.3.5."),
    "dates in numerals": repeated("二〇二四年三月"),
    "dates cut off": repeated("2024年"),
    "date and blanks": around("2024年", " ", "3月"),
    "date and time": around("2024年3月5日", " ", "x"),
    "telephones": repeated("13800138000"),
    "telephones apart": repeated("138 0013 8000 "),
    "commas in numbers": repeated("1,"),
    "addresses": repeated("https://example.com/a?b=1 "),
    "addresses in one": repeated("https://"),
    "long address": around("https://example.com/", "a", ""),
    "source line": repeated("来源"),
    "labels": repeated("来源："),
    "labels spaced": repeated("来 源 ："),
    "labels torn": around("来", " ", "源："),
    "buttons": repeated("大 中 小 "),
    "buttons that are a size": repeated(
        "大小大小大小大小大小大小大小大小大小大小大小大小大小大小大小大小大小学\n"
    ),
    "buttons in bracket": around("【字体：", "大 ", "x"),
    "size buttons": repeated("字号："),
    "lengths": repeated("（全文共"),
    "lengths torn": around("全文", " ", "x"),
    "cues": repeated("客服会员代写公众号："),
    "copyright": repeated("版权所有"),
    "copyright, blanks": around("版权所有", " ", "学"),
    "site names": repeated("欢迎访问"),
    "shared": repeated("由"),
    "shared by": repeated("由网友分享"),
    "breadcrumb": repeated("首页>"),
    "crumbs": repeated(">"),
    "salutation": repeated("同志们"),
    "about": repeated("关于"),
    "meeting": repeated("会议地点"),
    # Latin
    "long word": repeated("internationalisation"),
    "words": repeated("hello world "),
    "word of jieba": repeated("中华人民共和国"),
    "capitals": repeated("Copyright "),
    "charsets": repeated("<meta charset="),
    # Markup
    "less than": repeated("<"),
    "greater than": repeated(">"),
    "ampersands": repeated("&"),
    "entities": repeated("&nbsp;"),
    "entities apart": repeated("学&nbsp;习 "),
    "entities cut": repeated("&nbsp"),
    "entities of numbers": repeated("&#160;"),
    "entity of numbers": around("&#", "1", ";"),
    "escaped": repeated("&amp;"),
    "tags": repeated("<p>学</p>"),
    "tags of breaks": repeated("学<br>"),
    "tags unclosed": repeated("<div>"),
    "tags inline": repeated("<b>学</b>"),
    "tags inline nested": repeated("<b>学"),
    "tags inline and blocks": around("<b>" * 20, "<p>学", ""),
    "links": repeated('<a href="https://a.cn">学</a>'),
    "links unclosed": repeated("<a href='"),
    "cells of one row": around("<table><tr>", "<td>学</td>", "</tr></table>"),
    "cells": repeated("<td>学</td>"),
    "rows": repeated("<table><tr><td>学<td>习"),
    "lists": repeated("<li>学"),
    "tag cut off": repeated("<p"),
    "tag with one attribute": around("<p ", "a=1 ", ">"),
    "attributes unclosed": repeated('<a b="'),
    "class of many lines": lambda size: (
        '<div class="' + "share" * (size // 10) + '">' + repeated("<p>学</p>")(size // 2)
    ),
    "classes": around('<p class="', "share ", '">'),
    "styles": repeated('<p style="display:none">学</p>'),
    "preformatted": around("<pre>", "学\n", "</pre>"),
    "scripts": repeated("<script>"),
    "processing": repeated("<?xml "),
    "doctypes": repeated("<!doctype html "),
    "mail headers": repeated("A: b\n"),
    "mail header folded": around("A: b\n", " \n", ""),
    "json": repeated('"datePublished":'),
}
