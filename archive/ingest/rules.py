"""The rules of ingest: every reason to take something away, or to believe what is said of a material.

A rule is kept with the material by its code, which therefore never changes; editors read its reason.
What is kept by a rule that is there no more is shown by its code.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Self

from django.utils.translation import gettext_lazy as _


class _Rule(StrEnum):
    """A code that is kept, with the reason that is shown."""

    _reason: Any

    def __new__(cls, code: str, reason: Any = "") -> Self:
        rule = str.__new__(cls, code)
        rule._value_ = code
        rule._reason = reason
        return rule

    @property
    def reason(self) -> str:
        """What editors read, in their language."""
        return str(self._reason)

    @classmethod
    def reason_for(cls, code: str) -> str:
        """Return the reason for a code that was kept; of a rule that is there no more, the code."""
        try:
            return cls(code).reason
        except ValueError:
            return code


class RemovalRule(_Rule):
    """Why a span of the raw text is no part of the material."""

    PAID_MARKER = "paid-marker", _("付费或分页标记")
    PAGE_MARKER = "page-marker", _("内容系统的分页标记")
    ENTITY = "entity", _("没有还原的空格")
    ADVERTISEMENT = "advertisement", _("素材买卖广告")
    MEMBERSHIP = "membership", _("会员推销")
    GREETING = "greeting", _("网站的欢迎语")
    BREADCRUMB = "breadcrumb", _("当前位置导航")
    EDITOR_INTRO = "editor-intro", _("网站编者的按语")
    COLUMN = "column", _("栏目名")
    SITE_NAME = "site-name", _("网站名")
    CONTACT = "contact", _("咨询热线与联系方式")
    EDITORS = "editors", _("编辑与校对署名")
    SEPARATOR = "separator", _("分隔线或残留符号")
    ATTRIBUTION = "attribution", _("网站的分享说明")
    SITE_EDITOR = "site-editor", _("整理者署名")
    PROMOTION = "promotion", _("转发与关注请求")
    ADVERTISEMENT_BELOW = "advertisement-below", _("素材买卖广告")
    SCAN_CODE = "scan-code", _("二维码说明")
    COPYRIGHT = "copyright", _("版权与备案信息")
    DISCLAIMER = "disclaimer", _("免责声明")
    PREVIOUS_NEXT = "previous-next", _("上一篇与下一篇")
    ORIGINAL_TITLE = "original-title", _("转载前的原标题")
    END_SECTION = "end-section", _("正文之后的栏目")
    CONTROL_CHARACTER = "control-character", _("看不见的控制字符")
    FACTS = "facts", _("时间、来源等信息行")
    BUTTONS = "buttons", _("页面按钮")
    TITLE = "title", _("标题，另存")
    REPEATED_TITLE = "repeated-title", _("重复的标题")
    AFTER_END = "after-end", _("正文之后的栏目里的内容")
    LINE_BREAK = "line-break", _("句中断行")


_IN_HEAD = _("网页头部的 %(name)s")
_LABELLED = _("页面上的标签")
_PAGE = "page-"


class EvidenceRule(_Rule):
    """Where a value was read. Codes of elements in the head of a page begin with `page-`."""

    BY_HAND = "by-hand", _("人工修订")
    HINT = "hint", _("随文件给出")
    FIRST_LINE = "first-line", _("首行")
    FIRST_SENTENCE = "first-sentence", _("首句")
    FILE_NAME = "file-name", _("文件名")
    FILE_CREATED = "file-created", _("文件属性中的创建时间")
    LENGTH_NOTE = "length-note", _("标明的字数")
    ADDRESS = "address", _("网址")
    ADDRESS_LINE = "address-line", _("标明原文地址的行")
    BREADCRUMB = "breadcrumb", _("导航路径")
    COLUMN_LINE = "column-line", _("栏目行")
    DATE_ABOVE = "date-above", _("正文上方")
    DATE_HEAD = "date-head", _("题注中的日期")
    DATE_FOOT = "date-foot", _("文末落款")
    DATE_ADDRESS = "date-address", _("网址中的日期")
    SOURCE_LINE = "source-line", _("来源说明")
    SOURCE_LINE_ABOVE = "source-line-above", _("正文上方的网站名")
    SOURCE_GREETING = "source-greeting", _("欢迎语")
    SOURCE_EDITOR = "source-editor", _("编辑署名")
    SOURCE_COPYRIGHT = "source-copyright", _("版权行")
    SOURCE_BRAND = "source-brand", _("推送语")
    TYPE_TITLE = "type-title", _("标题用词")
    TYPE_COLUMN = "type-column", _("栏目")
    TYPE_OPENING = "type-opening", _("开头用语")
    TYPE_FORM = "type-form", _("条文体例")
    TYPE_SALUTATION = "type-salutation", _("称呼")
    TYPE_TAGS = "type-tags", _("站点标签")
    TYPE_NONE = "type-none", _("没有可据以判断的特征")
    MAIN_PART = "main-part", _("网页的正文部分")
    DECLARED_WRONGLY = "declared-wrongly", _("文件声明的编码与内容不符")
    UNDECODABLE_BYTES = "undecodable-bytes", _("无法解码的字节数")
    DATE_LABEL = "date-label", _LABELLED
    SOURCE_LABEL = "source-label", _LABELLED
    AUTHOR_LABEL = "author-label", _LABELLED
    COLUMN_LABEL = "column-label", _LABELLED
    TAGS_LABEL = "tags-label", _LABELLED
    HITS_LABEL = "hits-label", _LABELLED
    LENGTH_LABEL = "length-label", _LABELLED
    PAGE_TITLE = "page-title", _IN_HEAD
    PAGE_ARTICLETITLE = "page-articletitle", _IN_HEAD
    PAGE_OG_TITLE = "page-og:title", _IN_HEAD
    PAGE_H1 = "page-h1", _IN_HEAD
    PAGE_PUBDATE = "page-pubdate", _IN_HEAD
    PAGE_PUBLISHDATE = "page-publishdate", _IN_HEAD
    PAGE_PUBLISH_DATE = "page-publish_date", _IN_HEAD
    PAGE_ARTICLE_PUBLISHED_TIME = "page-article:published_time", _IN_HEAD
    PAGE_DATEPUBLISHED = "page-datepublished", _IN_HEAD
    PAGE_DATE = "page-date", _IN_HEAD
    PAGE_DC_DATE = "page-dc.date", _IN_HEAD
    PAGE_DCTERMS_DATE = "page-dcterms.date", _IN_HEAD
    PAGE_OG_PUBLISHED_TIME = "page-og:published_time", _IN_HEAD
    PAGE_RELEASE_DATE = "page-release_date", _IN_HEAD
    PAGE_TIME = "page-time", _IN_HEAD
    PAGE_CANONICAL = "page-canonical", _IN_HEAD
    PAGE_OG_URL = "page-og:url", _IN_HEAD
    PAGE_CONTENTSOURCE = "page-contentsource", _IN_HEAD
    PAGE_COLUMNNAME = "page-columnname", _IN_HEAD
    PAGE_SITENAME = "page-sitename", _IN_HEAD
    PAGE_OG_SITE_NAME = "page-og:site_name", _IN_HEAD
    PAGE_APPLICATION_NAME = "page-application-name", _IN_HEAD

    @property
    def element(self) -> str:
        """The element in the head of a page that the rule reads."""
        return self.removeprefix(_PAGE)

    @property
    def reason(self) -> str:
        """What editors read, in their language."""
        return super().reason % {"name": self.element}
