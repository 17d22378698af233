"""What the rules of ingest are called where editors read them.

`values.Evidence` and `values.Removed` refuse a rule that has no name here, so none can be recorded
without one. What the archive keeps from rules that are there no more is shown by its code.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from archive.ingest.clean.patterns import RULES

REMOVAL: dict[str, Any] = {rule.name: rule.reason for rule in RULES} | {
    "control-character": _("看不见的控制字符"),
    "facts": _("时间、来源等信息行"),
    "buttons": _("页面按钮"),
    "title": _("标题，另存"),
    "repeated-title": _("重复的标题"),
    "after-end": _("正文之后的栏目里的内容"),
    "line-break": _("句中断行"),
}
"""Why a span was taken away, by the rule that did it."""

EVIDENCE: dict[str, Any] = {
    "by-hand": _("人工修订"),
    "hint": _("随文件给出"),
    "first-line": _("首行"),
    "first-sentence": _("首句"),
    "file-name": _("文件名"),
    "file-created": _("文件属性中的创建时间"),
    "length-note": _("标明的字数"),
    "address": _("网址"),
    "address-line": _("标明原文地址的行"),
    "breadcrumb": _("导航路径"),
    "column-line": _("栏目行"),
    "date-above": _("正文上方"),
    "date-head": _("题注中的日期"),
    "date-foot": _("文末落款"),
    "date-address": _("网址中的日期"),
    "source-line": _("来源说明"),
    "source-line-above": _("正文上方的网站名"),
    "source-greeting": _("欢迎语"),
    "source-editor": _("编辑署名"),
    "source-copyright": _("版权行"),
    "source-brand": _("推送语"),
    "type-title": _("标题用词"),
    "type-column": _("栏目"),
    "type-opening": _("开头用语"),
    "type-form": _("条文体例"),
    "type-salutation": _("称呼"),
    "type-tags": _("站点标签"),
    "type-none": _("没有可据以判断的特征"),
    "main-part": _("网页的正文部分"),
    "declared-wrongly": _("文件声明的编码与内容不符"),
    "undecodable-bytes": _("无法解码的字节数"),
}
"""Where a value was read, by the rule that read it; those of `_PAGE` and `_LABEL` are composed."""

_PAGE = "page-"  # and what the head of a page calls it: page-og:title
_LABEL = "-label"  # behind the field of the label: date-label


def removal(rule: str) -> str:
    """Return what a rule of cleaning is called, "" if it has no name."""
    return str(REMOVAL.get(rule, ""))


def is_evidence(rule: str) -> bool:
    """Say whether a rule of evidence has a name; without translating it, which needs settings."""
    return rule in EVIDENCE or (
        (rule.startswith(_PAGE) or rule.endswith(_LABEL)) and rule not in (_PAGE, _LABEL)
    )


def evidence(rule: str) -> str:
    """Return what a rule of evidence is called, "" if it has no name."""
    if rule in EVIDENCE:
        return str(EVIDENCE[rule])
    if not is_evidence(rule):
        return ""
    if rule.startswith(_PAGE):
        return gettext("网页头部的 %(name)s") % {"name": rule.removeprefix(_PAGE)}
    return gettext("页面上的标签")
