"""What is certainly not the speech: one table, tried by `boilerplate` line by line.

A pattern matches a whole line (spaces and a leading bullet apart) unless it is INLINE. Lines are
matched with the characters of labels made simplified. To add one: find it on real pages, say why
it can never be a sentence of a speech, give its rule a reason in `archive.ingest.rules`, add a line
to tests/archive/ingest/clean/test_patterns.py, and look at what it takes from a large corpus before
it is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from archive.ingest.rules import RemovalRule


class Where(Enum):
    """Where a pattern may apply."""

    INLINE = "inline"  # a span anywhere in the text
    ANY = "any"  # a line wherever it stands
    HEAD = "head"  # a line above the text
    EDGE = "edge"  # a line above or below the text
    TAIL = "tail"  # a line below the text
    REST = "rest"  # a line below the text, from which on nothing is text


_MAX_LINE = 600  # no pattern takes a longer line


@dataclass(frozen=True)
class Pattern:
    """What one rule takes. `at_least` counts distinct matches of `regex` in a line.

    `needs` are literals of which one must stand in the whole text before a pattern for every line
    is tried at all: that is what keeps cleaning fast.
    """

    rule: RemovalRule
    where: Where
    regex: re.Pattern[str]
    at_least: int = 0
    needs: tuple[str, ...] = ()

    def matches(self, line: str) -> bool:
        """Tell whether the pattern takes a line (for patterns that are not INLINE)."""
        if len(line) > _MAX_LINE:
            return False
        if self.at_least:
            return len({found.group() for found in self.regex.finditer(line)}) >= self.at_least
        return bool(self.regex.fullmatch(line))


def _pattern(rule: RemovalRule, where: Where, regex: str, **more: Any) -> Pattern:
    return Pattern(rule, where, re.compile(regex, re.IGNORECASE | re.VERBOSE), **more)


# Words of advertisements for collections of texts. One may stand in a speech; several together
# do not.
_AD_CUES = r"""
    素材库 | 范文网 | 会员群 | 网盘群 | s?vip会员 | (?:文库|年度|终身|加入)会员 | 内部素材 | 高质量素材
    | 各类素材 | 代笔 | 代写 | 润笔 | 接单 | 谨防假冒 | 唯一(?:平台|客服) | 有意(?:加入|者|咨询)
    | (?:添加|加|联系|代写|代笔)客服 | 好评如潮 | 小伙伴 | 轻松解决 | 原创(?:高质量)?保障 | 公众号[：:]
    | 每[天日](?:同步)?更新 | 一键(?:精准|快速|极速)?(?:搜索|下载|查找) | 扫码加 | 加微信
    | (?:微信|客服|QQ|[：:，,])\s*[：:]\s*[0-9a-z][0-9a-z_\ -]{2,}
"""

PATTERNS: tuple[Pattern, ...] = (
    # ---- inside the text
    _pattern(
        RemovalRule.PAID_MARKER,
        Where.INLINE,
        r"(?:\#\#|\$\$)[a-z]{3,20}(?:\#\#|\$\$)",
        needs=("##", "$$"),
    ),
    _pattern(
        RemovalRule.PAGE_MARKER,
        Where.INLINE,
        r"\#p\#[^\#\n]{0,40}\#e\# | \[!--[a-z.]{3,40}--\] | \[/?(?:next)?page\] | <!--[^\n]{0,80}-->",
        needs=("#p#", "--", "page]", "Page]", "PAGE]"),
    ),
    _pattern(
        RemovalRule.ENTITY,
        Where.INLINE,
        r"&(?:nbsp|ensp|emsp|thinsp|zwnj|zwj|\#160|\#12288);?",
        needs=("&",),
    ),
    # ---- any line
    _pattern(
        RemovalRule.ADVERTISEMENT,
        Where.ANY,
        _AD_CUES,
        at_least=3,
        needs=("客服", "会员", "代写", "代笔", "素材库", "公众号"),
    ),
    _pattern(
        RemovalRule.MEMBERSHIP,
        Where.ANY,
        r"(?:加入|开通|成为|注册|购买|升级).{0,12}会员.{0,12}(?:下载|查看|阅读|获取|免费|畅读).{0,20}",
        needs=("会员",),
    ),
    # ---- above the text
    _pattern(
        RemovalRule.GREETING,
        Where.HEAD,
        r"""
        (?:[您你]好[，,！!]?\s*)?欢迎
        (?:(?:访问|浏览|登录)[^。；;]{2,40}|(?:来到|光临|关注)[^。；;，,]{2,30}(?:网|站|库|平台|频道|之友))
        [!！。~]?
        """,
    ),
    _pattern(
        RemovalRule.BREADCRUMB,
        Where.HEAD,
        r"""
        [您你]?(?:的|目?前|当前|现在|所在)*位置(?:是|为)?\s*[:：].{0,200}
        | (?:网站)?首页\s*(?:[>＞》»›→/-]+.{1,200})?
        """,
    ),
    _pattern(
        RemovalRule.EDITOR_INTRO,
        Where.HEAD,
        r"""
        (?=.{0,200}(?:小编|[今本][日天期]推送|笔杆子))
          (?=.{0,250}(?:供.{0,12}(?:参考|借鉴|学习|使用|阅读)|整理|分享|推荐|推送)).{6,300}
        | (?=.{0,200}为大家(?:整理|收集))(?=.{0,250}供.{0,12}(?:参考|借鉴|学习|阅读)).{6,300}
        """,
    ),
    _pattern(
        RemovalRule.COLUMN,
        Where.HEAD,
        r"""
        理论(?:学习|园地|研究|前沿|探讨|文库|学习资料) | 学习(?:园地|资料|体会|心得|动态)
        | 党建(?:园地|工作|动态) | 工作(?:动态|总结|汇报|简报) | 领导讲话 | 讲话(?:稿|致辞)
        | 党课(?:讲稿|讲堂|课件) | 心得体会 | 研讨(?:发言|交流) | 公文(?:写作|范文) | 时政要闻
        | 新闻(?:动态|中心|资讯) | 通知公告 | 政策(?:文件|法规|解读) | (?:基层|学院|工作)动态
        | 学员园地 | 干部培训 | 经验交流 | 调研报告 | 述职报告
        """,
    ),
    _pattern(
        RemovalRule.SITE_NAME,
        Where.HEAD,
        r"[^\s，。：]{2,12}(?:网|网站|在线|之家|文库|素材库|之友)",
    ),
    # ---- above or below
    _pattern(
        RemovalRule.CONTACT,
        Where.EDGE,
        r"""
        (?:24小时)?(?:咨询|报名|客服|招生|培训|加盟|订购)+(?:服务)?热线.{0,60}
        | .{0,20}1[3-9]\d{9}\s*(?:立即联系|点击咨询|微信同号|同微信)
        | (?:在线(?:咨询|客服)|立即联系|联系客服|客服(?:微信|QQ|电话)?|商务合作|(?:投稿|商务)邮箱)
          (?:\s*[:：]?\s*[0-9a-z].{0,60})?
        """,
    ),
    _pattern(
        RemovalRule.EDITORS,
        Where.EDGE,
        r"[（(【\[]?\s*(?:责任编辑|责编|编辑|校对|审核|监制|实习编辑)\s*[:：].{1,40}",
    ),
    _pattern(
        RemovalRule.SEPARATOR,
        Where.EDGE,
        r"[-=*_~—·•.|｜/【】<>＞→\s]{1,80}",
    ),
    # ---- below the text
    _pattern(
        RemovalRule.ATTRIBUTION,
        Where.TAIL,
        r"""
        [^。]{0,100}由(?:互联网|本站|热心|网站)?(?:网友|用户|会员|小编).{0,6}(?:分享|整理|上传|投稿).{0,200}
        | .{0,120}(?:文章|本文|原文|转载请注明)(?:地址|链接|网址|出处|来源|来自)?\s*[:：]?.{0,40}
          https?://.{0,200}
        """,
    ),
    _pattern(
        RemovalRule.SITE_EDITOR,
        Where.TAIL,
        r"[^，。；：\s]{2,20}(?:编辑整理|整理编辑|整理发布)",
    ),
    _pattern(
        RemovalRule.PROMOTION,
        Where.TAIL,
        r"""
        (?=.{0,120}(?:点个?.{0,3}[+＋、和及]?\s*(?:转发|在看|赞)|动动手指|一键三连|干货分享)).{4,150}
        | (?:长按|扫码|搜索|添加|关注|加入|回复|订阅|更多)(?=.{0,60}(?:公众号|订阅号|微信|QQ群|本站))
          [^。；]{4,80}[。！!~]?
        """,
    ),
    _pattern(
        RemovalRule.ADVERTISEMENT_BELOW,
        Where.TAIL,
        _AD_CUES,
        at_least=2,
    ),
    _pattern(
        RemovalRule.SCAN_CODE,
        Where.TAIL,
        r"""
        (?:微信)?(?:扫一扫|扫描|扫码|长按|识别)(?=.{0,30}(?:码|手机|阅读|关注|分享|下载|加入|页))[^。]{0,30}
        | (?:官方)?微信(?:订阅号|公众号|二维码|扫一扫|号)? | 二维码
        """,
    ),
    _pattern(
        RemovalRule.COPYRIGHT,
        Where.TAIL,
        r"""
        [^。]{0,200}(?:copyright|版权所有|all\s+rights\s+reserved|ICP备|公网安备|网站标识码)[^。]{0,200}
        | ©.{0,200}
        | (?:(?:主办|承办)(?:单位)?\s*[:：].{1,60})?
          (?:技术支持|网站(?:维护|管理|建设)|运行维护)\s*[:：].{1,60}
        | .{0,20}建议使用.{0,30}(?:分辨率|浏览器).{0,30}
        | 未经.{0,15}(?:许可|授权|同意|允许)[，,]?.{0,4}(?:不得|禁止|请勿|严禁).{0,40}
        | 作者原创[，,]?不允许.{0,60}
        """,
    ),
    _pattern(
        RemovalRule.DISCLAIMER,
        Where.TAIL,
        r"""
        [（(【]?\s*(?:版权|免责|特别|郑重|转载|本站)?(?:声明|提示)\s*[:：】]
          .{0,250}(?:转载|侵权|侵删|版权|网友|本站|本网|删除).{0,250}
        | (?=.{0,100}(?:如有侵权|侵权.{0,6}删除|侵删)).{4,200}
        | (?:本文|本站|文章|内容|图片|素材|资料|部分).{0,20}(?:来源于|来自|转载自|摘自)(?:互联)?网络.{0,100}
        """,
    ),
    _pattern(
        RemovalRule.PREVIOUS_NEXT,
        Where.TAIL,
        r"[上下前后]一?[篇条页](?:文章|新闻)?\s*(?:[:：].{0,120})?",
    ),
    _pattern(
        RemovalRule.ORIGINAL_TITLE,
        Where.TAIL,
        r"原(?:文)?标?题\s*[:：].{1,120}",
    ),
    # ---- below the text, and all that follows
    _pattern(
        RemovalRule.END_SECTION,
        Where.REST,
        r"""
        (?:今日|本周|本月|本站)?(?:热门|热点|相关|推荐|最新|精彩|随机|更多|同类|本类|其他|点击|阅读)
          (?:文章|阅读|推荐|新闻|资讯|报道|链接|范文|文档|专题|排行榜?|视频|标签|搜索|更新)\s*[:：]?
        | 猜你(?:喜欢|感兴趣).{0,4} | 延伸阅读\s*[:：]? | 为[您你]推荐 | 大家都在看 | 友情链接
        | (?:网友|用户|发表)评论 | (?:相关附件|(?:附件|资料|文档)下载)\s*[:：]?
        | (?:版权|免责)声明 | (?:联系|关于)我们 | 微信(?:订阅号|公众号)
        | (?:24小时)?(?:咨询|客服|报名)+(?:服务)?热线.{0,40}
        """,
    ),
)


def of(*places: Where) -> tuple[Pattern, ...]:
    """Return the patterns of those places, in the order of the table."""
    return tuple(pattern for pattern in PATTERNS if pattern.where in places)
