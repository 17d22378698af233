"""What can be typed, for the help page.

Each example is understood, and finds something in the demonstration archive.
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from search.schema import Facet
from search.site import schema


class Example(NamedTuple):
    """An example to type, and what it finds; `is_query` is False where what to look for is left open."""

    example: str
    meaning: str | Promise
    is_query: bool = True


# Titles and dates are written by hand: there is one field of each, with its own way of being typed.
_WORDS = (
    Example("功成不必在我", _("连着写的词句：先列原样出现的，再列其中各词都出现的")),
    Example("党员 干部", _("用空格隔开：每个词都要出现，先后不限")),
    Example("“空谈误国，实干兴邦”", _("加引号：逐字相符才算；标点、全半角、大小写、繁简不计")),
    Example(
        "原样:“空谈误国，实干兴邦”",
        _("引号前加“原样:”：连标点、大小写、繁简也要相同"),
    ),
    Example("政绩 -讲话", _("减号（前面空一格）：不要含有这个词的；也可以写 NOT")),
    Example("党性 OR 党风", _("OR 或单独的“或”字、竖线：出现其中一个即可，只管左右两边")),
    Example("(党性 或 党风) 建设", _("括号：先看括号里面；全角半角都行")),
    Example(
        "功成不必在我 NEAR/12 功成必定有我",
        _("NEAR/12：两处相隔不超过 12 个字，先后不限；不写数字就是 10 个字"),
    ),
    Example("党员 THEN/5 干部", _("THEN/5：同上，而且要前面的先出现")),
    Example("同句(政绩 群众)", _("同一句话里都出现；句子以。；！？和换行为界")),
    Example("同段(政绩 人民 -讲话)", _("同一段里都出现，而且那一段里没有减号后面的词")),
    Example("政?观", _("问号代表任意一个字")),
    Example("以*为中心", _("星号代表同一句里的 0 到 30 个字")),
    Example("标题:动员部署", _("只查标题；也可以写 title:")),
)
_DATES = (
    Example("日期:2024-04", _("只查某年、某月或某日的文章；也可以写 date:")),
    Example("日期:2023..2024", _("一段时间；一头不写就是不限，如 2023.. 或 ..2024")),
)


def examples() -> list[Example]:
    """Return all examples; every facet of the schema that can be typed has one."""
    facets = schema().facets.values()
    return [*_WORDS, *(_of_facet(facet) for facet in facets if facet.prefixes), *_DATES]


def _of_facet(facet: Facet) -> Example:
    first, *others = facet.prefixes
    said = {"facet": facet.label, "words": " ".join(f"{word}:" for word in others)}
    if others:
        meaning = gettext("只查这个%(facet)s的文章；也可以写 %(words)s") % said
    else:
        meaning = gettext("只查这个%(facet)s的文章") % said
    return Example(f"{first}:{facet.example or '…'}", meaning, is_query=bool(facet.example))
