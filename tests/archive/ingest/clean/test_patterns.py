"""Each pattern on lines it takes and on lines like them that are part of a speech."""

import pytest

from archive.ingest.clean import labels
from archive.ingest.clean.patterns import PATTERNS, Where, of

BY_RULE = {pattern.rule: pattern for pattern in PATTERNS}

TAKEN = [
    (
        "advertisement",
        "【某某素材库】——每天更新材料500多篇，会员群+网盘群同步，有意加入请联系客服：1 0000",
    ),
    (
        "advertisement",
        "【某某代笔】——原创保障，各类代笔（润笔），好评如潮！持续接单，请加代写客服：abcd",
    ),
    ("membership", "加入某某会员，下载本文Word版"),
    ("greeting", "欢迎来到某某范文网!"),
    ("greeting", "您好，欢迎访问某某参考！"),
    ("breadcrumb", "当前位置：首页 > 理论学习 > 正文"),
    ("breadcrumb", "您的位置:"),
    ("breadcrumb", "網站首頁 >> 理論園地"),
    ("editor-intro", "下面是小编为大家整理的在座谈会上的发言,供大家参考。"),
    ("editor-intro", "近日,上级作出部署。今日推送一篇讲话全文,以供各位笔杆子借鉴使用。"),
    ("editor-intro", "以下是为大家整理的发言材料，供参考。"),
    ("column", "理论学习"),
    ("site-name", "某某范文网"),
    ("contact", "咨询服务热线"),
    ("contact", "李老师:13800000001立即联系"),
    ("contact", "商务合作office@site.example"),
    ("editors", "（责任编辑：林小满）"),
    ("separator", "————————"),
    ("separator", "-->"),
    ("attribution", "某某发言材料》由互联网用户分享整理。文章地址:http://www.site.example/1.html"),
    ("attribution", "转载请注明出处：https://site.example/2.html"),
    ("site-editor", "某某之友编辑整理"),
    ("promotion", "若您觉得内容有用,不妨点个+转发,后续还有更多干货分享~"),
    ("promotion", "更多材料请关注公众号某某"),
    ("advertisement-below", "欢迎加入某某素材库年度会员"),
    ("scan-code", "微信扫一扫在手机阅读、分享本文"),
    ("scan-code", "扫一扫在手机打开当前页"),
    ("scan-code", "微信二维码"),
    ("copyright", "Copyright © 某某中心 版权所有 某ICP备00000000号"),
    ("copyright", "主办：某市委宣传部 技术支持：某市信息中心"),
    ("copyright", "建议使用1024×768分辨率浏览"),
    ("copyright", "未经许可，不得转载"),
    ("copyright", "作者原创,不允许二次传播,违者追究责任。"),
    ("disclaimer", "免责声明：本站部分内容来自网友，如有侵权请联系删除。"),
    ("disclaimer", "本文来源于网络，仅供学习。"),
    ("previous-next", "上一篇：学院召开教学工作例会"),
    ("original-title", "原标题：在座谈会上的讲话"),
    ("end-section", "热门文章"),
    ("end-section", "相关报道："),
    ("end-section", "版权声明"),
    ("end-section", "附件下载"),
]

KEPT = [
    ("advertisement", "要加强公众号建设，严查代写代发，规范会员管理，让客服热线畅通。"),
    ("membership", "发展工会会员三百名，免费体检两次。"),
    ("greeting", "欢迎来到新学期的第一堂党课！"),
    ("breadcrumb", "首页上的数字不是政绩"),
    ("editor-intro", "今天，我为大家分享三点体会，供大家参考。"),
    ("column", "理论学习要入脑入心"),
    ("site-name", "织密防贫保障网，兜住民生底线。"),
    ("contact", "联系人：张三，联系电话：0000-0000000"),
    ("contact", "举报电话：0000-0000000"),
    ("editors", "审核程序要从严。"),
    ("separator", "……"),
    ("attribution", "这项工作由用户提供场地，由网络承担宣传。"),
    ("attribution", "本文所称政绩，是指为民造福。"),
    ("promotion", "关注群众的急难愁盼。"),
    ("advertisement-below", "小伙伴们一起学习，一起进步。"),
    ("scan-code", "识别风险，守住底线。"),
    ("copyright", "主办单位：中共某市委宣传部"),
    ("copyright", "我们要重视版权。版权所有人有权提出异议。"),
    ("disclaimer", "我们要警惕来自网络的各种风险，守好意识形态阵地。"),
    ("previous-next", "下一步，我将继续努力。"),
    ("original-title", "原题目有三问。"),
    ("end-section", "相关部门要密切配合。"),
]


@pytest.mark.parametrize(("name", "line"), TAKEN)
def test_lines_that_are_not_the_speech(name, line):
    assert BY_RULE[name].matches(labels.simplify(line))


@pytest.mark.parametrize(("name", "line"), KEPT)
def test_lines_that_may_be_the_speech(name, line):
    assert not BY_RULE[name].matches(line)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("paid-marker", "扛##paidbegin##起对党的责任$$paidend$$", ["##paidbegin##", "$$paidend$$"]),
        ("paid-marker", "## 二级标题 ##", []),
        ("page-marker", "上#p#副标题#e#下[NextPage]<!-- ad --> [!--news.page--]", 4),
        ("entity", "各位&nbsp;领导&emsp;同志&amp;", ["&nbsp;", "&emsp;"]),
    ],
)
def test_markers_within_a_line(name, text, found):
    spans = BY_RULE[name].regex.findall(text)
    assert len(spans) == found if isinstance(found, int) else spans == found
    assert not spans or any(literal in text for literal in BY_RULE[name].needs)


def test_every_pattern_is_tried():
    lines = {name for name, _line in TAKEN} | {"paid-marker", "page-marker", "entity"}
    assert lines == set(BY_RULE)
    assert sum(len(of(place)) for place in Where) == len(PATTERNS)


def test_no_pattern_takes_a_very_long_line():
    assert not any(pattern.matches("热门文章" * 200) for pattern in PATTERNS)


def test_patterns_for_every_line_name_a_literal_that_they_need():
    assert all(pattern.needs for pattern in of(Where.ANY, Where.INLINE))
