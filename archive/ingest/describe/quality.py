"""Why a text should be looked at before it is published: error pages, scraps, wrong encodings.

The reasons are kept with the material, so they are Chinese in whatever language the editor reads.
"""

from __future__ import annotations

import re

from search.text import han

MIN_CHARACTERS = 80
_MIN_HAN = 0.2  # share of Han among what is not blank; speeches measure 0.8, tables 0.3 and more
_MAX_REPLACED = 0.005
_ERROR_PAGE_LENGTH = 600  # error pages are short; a long text may well mention one

_ERROR_PAGE = re.compile(
    r"\b(?:403|404|500|502|503)\b.{0,20}(?:error|not found|forbidden|错误|页面|找不到)"
    r"|(?:页面|网页|文章|内容|信息)(?:不存在|未找到|已(?:被)?删除|找不到|走丢了|无法(?:访问|显示))"
    r"|(?:请|需要?)?(?:先)?(?:启用|开启|打开)\s*java\s?script|enable\s+javascript"
    r"|(?:登录|登陆|注册|开通会员|成为会员|付费|扫码|关注)(?:后|才)(?:可|能|即可|可以)?(?:查看|阅读|继续|浏览|下载)"
    r"|访问(?:过于频繁|受限|被拒绝)|(?:安全|人机)验证|验证码|正在跳转|just a moment|access denied",
    re.IGNORECASE,
)


def _(message: str) -> str:
    """Mark a message for the catalogue; Django's own way would want settings, and there are none."""
    return message


def held_reason(text: str, title: str, replaced: int) -> str:
    """Return why an editor should look first, "" when all is well. `replaced` counts U+FFFD."""
    solid = sum(map(len, text.split()))
    if len(text) < _ERROR_PAGE_LENGTH and _ERROR_PAGE.search(f"{title}\n{text}"):
        return _("像是错误页或登录页")
    if len(text) < MIN_CHARACTERS:
        return _("正文太短")
    if han.count(text) < _MIN_HAN * solid:
        return _("汉字比例过低")
    if replaced > _MAX_REPLACED * len(text):
        return _("无法解码的字节过多")
    return ""
