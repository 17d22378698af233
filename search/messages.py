"""The sentences that tell a visitor what was changed in the query, or in the parameters beside it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from search.query import Code, Repair

MESSAGES = {
    Code.TOO_LONG: _("检索式太长，只用了前面的部分（最多 %(detail)s 个字符）。"),
    Code.TOO_MANY_TERMS: _("词太多，只用了前 %(detail)s 个。"),
    Code.TOO_DEEP: _("括号套得太深，超过 %(detail)s 层的没有用上。"),
    Code.EMPTY_TERM: _("“%(detail)s”里没有可以检索的字，没有用上。"),
    Code.EMPTY_BRACKETS: _("括号里是空的，没有用上。"),
    Code.EMPTY_PREFIX: _("“%(detail)s”后面没有词，没有用上。"),
    Code.QUOTE_CLOSED: _("引号 %(detail)s 没有配对，当作引到末尾。"),
    Code.QUOTE_IGNORED: _("引号 %(detail)s 没有配对，没有用上。"),
    Code.BRACKET_CLOSED: _("括号没有合上，当作在末尾合上。"),
    Code.BRACKET_IGNORED: _("多出一个括号 %(detail)s，没有用上。"),
    Code.OPERATOR_IGNORED: _("“%(detail)s”的一边没有词，没有用上。"),
    Code.WILDCARDS: _("“%(detail)s”里的 ? 和 * 太多，只用了前面的部分。"),
    Code.STRICT_GROUP: _("“原样:”只能用在引号或词的前面，没有用上。"),
    Code.NEAR_OPERAND: _("“%(detail)s”不能用在 NEAR 或 THEN 两边，改为都要出现。"),
    Code.NEAR_MIXED: _("连着写的 NEAR 和 THEN 要一致，都按“%(detail)s”。"),
    Code.NEAR_DISTANCE: _("相隔的字数最多是 %(detail)s。"),
    Code.SAME_OPERAND: _("“%(detail)s”不能用在 同句( ) 或 同段( ) 里，没有用上。"),
    Code.DATE_UNREADABLE: _("“%(detail)s”不是看得懂的日期，没有用上。"),
    Code.DATES_SWAPPED: _("“%(detail)s”的先后反了，已经对调。"),
}
_LONGEST_DETAIL = 30  # characters quoted of the visitor's own line
_MOST_VALUES = 3


def message(repair: Repair) -> str:
    """The sentence for a repair, in the reader's language; plain text, to be escaped."""
    return str(MESSAGES[repair.code]) % {"detail": _quoted(repair.detail)}


def no_such_values(facet: str, values: Sequence[str]) -> str:
    """The sentence for values that a facet, called `facet`, does not have."""
    shown = "、".join(map(_quoted, values[:_MOST_VALUES]))
    more = "…" if len(values) > _MOST_VALUES else ""
    return gettext("没有这个%(facet)s：%(values)s，已忽略。") % {
        "facet": facet,
        "values": shown + more,
    }


def too_many_values(facet: str, limit: int) -> str:
    """The sentence for a facet in which more is chosen than one search may ask for."""
    return gettext("“%(facet)s”一次最多选 %(limit)s 项，其余已忽略。") % {
        "facet": facet,
        "limit": limit,
    }


def no_such_sort(value: str) -> str:
    """The sentence for an order that there is not."""
    return gettext("没有这种排序：%(value)s，已忽略。") % {"value": _quoted(value)}


def no_such_page(value: str) -> str:
    """The sentence for what is no number of a page."""
    return gettext("没有这一页：%(value)s，已忽略。") % {"value": _quoted(value)}


def last_page(number: int) -> str:
    """The sentence for a page beyond the last one, which is shown in its place."""
    return gettext("没有那一页，这是最后一页（第 %(n)s 页）。") % {"n": number}


def too_broad() -> str:
    """The sentence for a query that would compare more than anybody should wait for."""
    return gettext("这样检索要比较的位置太多。请把太常见的字换成长一些的词语。")


def _quoted(text: str) -> str:
    return Truncator(text).chars(_LONGEST_DETAIL)
