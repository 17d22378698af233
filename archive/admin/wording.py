"""What the pipeline's rules are called where editors read them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from archive.ingest.rules import RULES
from archive.models.speech import BY_HAND

_EVIDENCE = {
    BY_HAND: gettext_lazy("人工修订"),
    "hint": gettext_lazy("随文件给出"),
    "first-line": gettext_lazy("首行"),
    "first-sentence": gettext_lazy("首句"),
    "file-name": gettext_lazy("文件名"),
    "file-created": gettext_lazy("文件属性中的创建时间"),
    "length-note": gettext_lazy("标明的字数"),
    "address": gettext_lazy("网址"),
    "address-line": gettext_lazy("标明原文地址的行"),
    "breadcrumb": gettext_lazy("导航路径"),
    "column-line": gettext_lazy("栏目行"),
    "date-above": gettext_lazy("正文上方"),
    "date-head": gettext_lazy("题注中的日期"),
    "date-foot": gettext_lazy("文末落款"),
    "date-address": gettext_lazy("网址中的日期"),
    "source-line": gettext_lazy("来源说明"),
    "source-greeting": gettext_lazy("欢迎语"),
    "source-editor": gettext_lazy("编辑署名"),
    "source-copyright": gettext_lazy("版权行"),
    "source-brand": gettext_lazy("推送语"),
    "type-title": gettext_lazy("标题用词"),
    "type-column": gettext_lazy("栏目"),
    "type-opening": gettext_lazy("开头用语"),
    "type-form": gettext_lazy("条文体例"),
    "type-salutation": gettext_lazy("称呼"),
    "type-tags": gettext_lazy("站点标签"),
    "type-none": gettext_lazy("没有可据以判断的特征"),
    "main-part": gettext_lazy("网页的正文部分"),
}
_REMOVED = {rule.name: rule.reason for rule in RULES} | {
    "title": gettext_lazy("标题"),
    "repeated-title": gettext_lazy("重复的标题"),
    "facts": gettext_lazy("时间、来源等信息行"),
    "line-break": gettext_lazy("句中断行"),
    "control-character": gettext_lazy("控制字符"),
    "end-section": gettext_lazy("正文之后的栏目"),
    "after-end": gettext_lazy("正文之后"),
}


def evidence(rule: str) -> str:
    """Return what a rule of evidence is called; what has no name of its own keeps its code."""
    if rule in _EVIDENCE:
        return str(_EVIDENCE[rule])
    kind, _dash, name = rule.partition("-")
    if kind == "page" and name:
        return _("网页头部的 %(name)s") % {"name": name}
    if name == "label":
        return _("页面上的标签")
    return rule


def removal(rule: str) -> str:
    """Return what a rule of cleaning is called."""
    return str(_REMOVED.get(rule, rule))
