"""What can be typed, for the help page: each example is understood and finds something in the demonstration.

The meanings are message ids: the page translates them, this module only holds them.
"""

from __future__ import annotations

from typing import NamedTuple


class Example(NamedTuple):
    """An example to type, and what it finds."""

    example: str
    meaning: str


def gettext_noop(text: str) -> str:
    """The text, marked for the collector of messages by this function's name."""
    return text


HELP = (
    Example("功成不必在我", gettext_noop("连着写的词句：先列原样出现的，再列其中各词都出现的")),
    Example("党员 干部", gettext_noop("用空格隔开：每个词都要出现，先后不限")),
    Example(
        "“空谈误国，实干兴邦”", gettext_noop("加引号：逐字相符才算；标点、全半角、大小写、繁简不计")
    ),
    Example(
        "原样:“空谈误国，实干兴邦”",
        gettext_noop("引号前加“原样:”：连标点、大小写、繁简也要相同"),
    ),
    Example("政绩 -讲话", gettext_noop("减号（前面空一格）：不要含有这个词的；也可以写 NOT")),
    Example(
        "党性 OR 党风", gettext_noop("OR 或单独的“或”字、竖线：出现其中一个即可，只管左右两边")
    ),
    Example("(党性 或 党风) 建设", gettext_noop("括号：先看括号里面；全角半角都行")),
    Example(
        "功成不必在我 NEAR/12 功成必定有我",
        gettext_noop("NEAR/12：两处相隔不超过 12 个字，先后不限；不写数字就是 10 个字"),
    ),
    Example("党员 THEN/5 干部", gettext_noop("THEN/5：同上，而且要前面的先出现")),
    Example("同句(政绩 群众)", gettext_noop("同一句话里都出现；句子以。；！？和换行为界")),
    Example("同段(政绩 人民 -讲话)", gettext_noop("同一段里都出现，而且那一段里没有减号后面的词")),
    Example("政?观", gettext_noop("问号代表任意一个字")),
    Example("以*为中心", gettext_noop("星号代表同一句里的 0 到 30 个字")),
    Example("标题:动员部署", gettext_noop("只查标题；也可以写 title:")),
    Example("来源:学习", gettext_noop("只查这个来源的文章；也可以写 source:")),
    Example("类型:研讨发言", gettext_noop("只查这个类型的文章；也可以写 type:")),
    Example("栏目:理论学习", gettext_noop("只查来源网站的这个栏目；也可以写 column:")),
    Example("标签:主题教育", gettext_noop("只查带这个标签的文章；也可以写 tag:")),
    Example("日期:2024-04", gettext_noop("只查某年、某月或某日的文章；也可以写 date:")),
    Example("日期:2023..2024", gettext_noop("一段时间；一头不写就是不限，如 2023.. 或 ..2024")),
)
