"""Read the line of facts that sites print with an article: 时间：… 来源：… 点击数：… 【大】【小】.

A line counts as such only when all of it is labels with fitting values, a time stamp, or the
buttons that stand beside them; then it is no part of the text, and its values are evidence.
"""

from __future__ import annotations

import re

from archive.ingest import printed_dates

_NAMES = {
    "date": "发布时间 发布日期 发表时间 发表日期 发稿时间 更新时间 更新日期 录入时间 添加时间 "
    "上传时间 成文日期 印发日期 发文日期 时间 日期 发布于",
    "source": "来源 信息来源 稿件来源 文章来源 内容来源 稿源 供稿 供稿单位 发布机构 发布单位 "
    "发文机关 来自",
    "author": "作者 撰稿 撰稿人 供稿人",
    "hits": "点击数 点击量 点击次数 点击 浏览数 浏览量 浏览次数 浏览 阅读数 阅读量 阅读次数 "
    "阅读 访问量 访问次数 人气 热度 查看次数",
    "length": "字数 全文字数 本文字数",
    "column": "栏目 所属栏目 分类 所属分类 频道",
    "tags": "标签 关键词 关键字 主题词 推荐访问 相关标签 热门标签 TAG Tag tag TAGS Tags tags",
    "editor": "编辑 责任编辑 责编 校对 审核 审签 录入 发布人 发布者 编审 初审 复审 终审 排版",
    "other": "字体 字号 大小 索引号 发文字号 文号 主题分类 标题 有效性 公开方式 评论 下载次数 "
    "收藏 分享 分享到 打印",
}
FIELD = {name: field for field, names in _NAMES.items() for name in names.split()}
_LABEL = re.compile(
    r"(?:(?<![\u4e00-\u9fffA-Za-z])|(?=(?:来源|作者|责任编辑)[:：]))("
    + "|".join(
        r"\s*".join(map(re.escape, name))  # 时　间：, 主 题 词：
        for name in sorted(FIELD, key=len, reverse=True)
    )
    + r")\s*[:：]"
)
# The characters of labels, rules and kinds of material, one to one, so that offsets stay: a text in
# traditional characters is kept as it is and only compared in this form.
_SIMPLIFIED = str.maketrans(
    "發佈時間來稱錄機關單瀏覽閱讀訪問擊點數氣熱責編輯審簽欄類頻標籤鍵詞題號體繁簡載當薦領導習學黨講話總"
    "結課討匯滙報動員會論務與後幹園網寫範廣轉聲權聯繫電郵詢為請歡門頁館條規辦決議見說開稿項聞現",
    "发布时间来称录机关单浏览阅读访问击点数气热责编辑审签栏类频标签键词题号体繁简载当荐领导习学党讲话总"
    "结课讨汇汇报动员会论务与后干园网写范广转声权联系电邮询为请欢门页馆条规办决议见说开稿项闻现",
)
_EDGES = " \t\u3000\xa0|｜/·•,，;；—-【】[]（）()"
_BUTTON = (
    r"(?:大|中|小|加大|减小|还原|打印(?:本页|本文|正文)?|关闭(?:窗口|本页)?|收藏(?:本文|本页)?|分享(?:到|至)?|"
    r"下载|全屏|纠错|评论|A[-+]?|T|(?:繁|简)体版|无障碍浏览|微信|(?:新浪)?微博|QQ空间|QQ好友)"
)
_GAP = r"[\s\u3000|｜/·:：【】\[\]（）()〔〕]"
_SIZE = r"(?:字体|字号|大小)"
_BUTTONS = re.compile(
    rf"[【\[（(〔]\s*(?:{_SIZE}\s*[:：]?)?{_GAP}*(?:{_BUTTON}{_GAP}*)+"  # 【字体：大 中 小】
    rf"|{_SIZE}\s*[:：]\s*(?:{_BUTTON}{_GAP}*)+"  # 字号：A- A A+
    rf"|(?:[\s\u3000|｜]+{_BUTTON})+$"
)
# 大小 is two buttons here: read as a size too, a row of it had as many readings as a tree has leaves.
_ONLY_BUTTONS = re.compile(
    rf"{_GAP}*(?:(?:字[体号]{_GAP}*)?{_BUTTON}{_GAP}*)+|{_GAP}*{_SIZE}{_GAP}*"
)
_SENTENCE = re.compile(r"[。！？!?；]")
_MAX_VALUE = 40
_MAX_LINE = 300
_MAX_BUTTONS = 80


def simplify(line: str) -> str:
    """Return `line` with the traditional characters of labels made simplified, offsets unchanged."""
    return line.translate(_SIMPLIFIED)


def label(line: str) -> str:
    """Return the field of a line that is one label and nothing else (索 引 号：), "" otherwise."""
    found = _LABEL.fullmatch(simplify(line.strip()))
    return FIELD[re.sub(r"\s", "", found.group(1))] if found else ""


def is_buttons(line: str) -> bool:
    """Tell whether a line is nothing but the buttons of a page (字号 大 中 小, 打印, 收藏 …)."""
    return len(line) <= _MAX_BUTTONS and bool(_ONLY_BUTTONS.fullmatch(simplify(line)))


def read(line: str) -> dict[str, str] | None:
    """Return the values of a line of facts by field, or None when it is not such a line.

    A value of "" is a label whose number a script should have filled in. A bare time stamp is a
    date. `other` and `editor` are labels of no interest here.
    """
    if len(line) > _MAX_LINE:
        return None
    line = _BUTTONS.sub(" ", line).rstrip(_EDGES)
    labels = list(_LABEL.finditer(simplify(line)))
    lead = line[: labels[0].start()] if labels else line
    found: dict[str, str] = {}
    if stamp := lead.strip(_EDGES):
        if not (_is_stamp(stamp) or (labels and printed_dates.parse(stamp))):
            return None
        found["date"] = stamp
    ends = [label.start() for label in labels[1:]] + [len(line)]
    for label, end in zip(labels, ends, strict=bool(labels)):
        field = FIELD[re.sub(r"\s", "", label.group(1))]
        value = _stripped(line[label.end() : end])
        if not _fits(field, value):
            return None
        found.setdefault(field, value)
    return found or None


def _stripped(value: str) -> str:
    """Drop the separators around a value, but not the bracket that closes one within it."""
    bare = value.strip(_EDGES)
    for opening, closing in ("()", "（）"):
        if bare.count(opening) > bare.count(closing):
            bare += closing
    return bare


def _is_stamp(text: str) -> bool:
    """Tell whether a text is a date with its time of day, as sites print it; a bare day proves nothing."""
    return len(str(printed_dates.parse(text))) == 19


def _fits(field: str, value: str) -> bool:
    if field == "date":
        return bool(printed_dates.parse(value))
    if field in ("hits", "length"):
        return bool(re.fullmatch(r"(?:\d[\d,，]{0,11}\s*(?:次|字|人|℃)?)?", value))
    if field == "tags":
        return len(value) <= _MAX_LINE
    if field == "other":
        return len(value) <= _MAX_VALUE and not _SENTENCE.search(value)
    return 0 < len(value) <= _MAX_VALUE and not _SENTENCE.search(value)
