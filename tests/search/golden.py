"""Five short pages with the ways of writing that such sites have, and how they are read by hand.

Half-width and full-width punctuation, line breaks inside a quotation and after every ；, a site's
marker inside a word, 党 written D, a character's pinyin in brackets, traditional and full-width
forms, a single character quoted alone, letters and numbers grown into words, and every kind of
quotation mark.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple


class Page(NamedTuple):
    """A page: its title, its text as it stands, and the text as it was meant."""

    title: str
    text: str
    meant: str


_MASKED = """教育引导广大D员、干部学思想、见行动,是开班第一课的题目.
D员干部要走在前面,扛##paidbegin##起对D的责任.
对D忠诚,不挂在嘴上;在修渠、架桥、通路这些事上见实效.
2021年(nian)冬天,村里定下“打基础,利长远”六个字.有“功成不必在我”的精神境界和“功成必定有我”的担当,才干得成.
"""

PAGES = {
    "half": Page(
        "在学习交流会上的发言",
        """会上明确提出,“教育引导广大党员、干部学思想、
见行动”.
一要听得进;
二要坐得住;
三要求“效”,看问题少了几件;
工作组有“功成不必在我,
功成必定有我”的劲头,把乡镇治理效能一项项量出来.24字村规人人会背.
""",
        "",
    ),
    "full": Page(
        "论正确政绩观",
        "完整准确全面贯彻新发展理念，先要弄懂它。对党忠诚，落在每一件小事上。"
        "“为民造福是最大政绩”，写在村口的墙上。功成不必在我、功成必定有我，老支书常念叨。\n"
        "打基础、利长远，十年见一次成效。政绩观正了，党员干部的步子就稳。",
        "",
    ),
    "masked": Page("带头讲一课", _MASKED, _MASKED.replace("D", "党").replace("(nian)", "")),
    "speech": Page(
        "在动员部署会上的讲话",
        """同志们:今天只讲三件事.
第一,完整、准确、全面贯彻新发展
理念.
第二,记住一句话:‘为民造福,是最大政绩’.'功成不必在我'是胸怀,"功成必定有我"是担当.
第三,打基础 利长远 的活不能停,效果由群众评.党员、干部分片包干.
""",
        "",
    ),
    "forms": Page(
        "雲上資料館開館記事",
        "國際論壇的分會場設在館內，效率不低。ＰＰＴ设计由志愿者完成，資料庫收入９０００万字。"
        "３D列印的模型、Ｄ級展櫃和維生素D的圖解，都沒有遮過字。《完整的帳、準確的數、全面的圖》挂在牆上，"
        "為民辦事，不求造福的名聲，最大的政績在人心。功成之後，不必留名；在我們這裡，必定有後來人。",
        "",
    ),
}
"""The last page has nearly every wording that is looked for, in pieces or in another order."""

_SIMPLIFIED = str.maketrans(
    "雲資館開記國際論壇會場設內庫維級準確數圖帳櫃沒過牆為辦聲績後們這裡來",
    "云资馆开记国际论坛会场设内库维级准确数图帐柜没过墙为办声绩后们这里来",
)


def plain(text: str) -> str:
    """Return the text as letters and digits alone, simplified: the plainest way to compare."""
    text = unicodedata.normalize("NFKC", re.sub("##[a-z]+##", "", text))
    return re.sub(r"[\W_]", "", text.lower().translate(_SIMPLIFIED))


def readings(page: Page, *, restore: bool) -> str:
    """Return title and text of a page, and the text as it was meant where it is read so."""
    parts = [page.title, page.text] + ([page.meant] if restore else [])
    return "\n".join(map(plain, parts))
