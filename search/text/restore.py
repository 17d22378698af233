"""Read masked spellings back: D员 as 党员, 2021年(nian) as 2021年.

Sites that repost these texts mask words to slip past filters. The text itself never changes; what
was meant is a second reading of the same places, for matching only.

Two kinds are known. A letter D, or the pinyin ``dang``, that stands for 党 wherever its neighbours
leave no other meaning: a D that could be a grade, a building or a vitamin stays a D. And a
character's pinyin, injected in brackets after it. Words that were left out, names above all, are
never restored: that would be a guess about a person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from search.text.fold import Folded, fold, fold_map, marker_spans
from search.text.han import IDEOGRAPHS

# What follows D in a word that begins with 党 -> what would make it another word (D性能, D建筑).
_WORD_UNLESS = {
    "员": "工",
    "性": "能别格状质",
    "风": "格险扇机筒",
    "纪": "录念元年",
    "建": "筑材议模设",
    "委": "托派培屈婉员",
    "章": "节",
    "课": "程题堂文件时",
    "史": "诗",
    "校": "区园准正验对服",
    "规": "格则划定范模律",
    "务": "必",
    "旗": "舰",
    "费": "用",
    "中央": "空处位商控",
}
_WORDS = """
    徽 龄 籍 魂 恩 支部 支书 总支 工委 组织 委员会 代会 指挥枪 兴国 兴则
    政机 政领 政军 政同 政主 政部 政办 政工 政负 政正 政纪 政群 政一把手
    内政治 内监督 内法规 内生活 内民主 内外 内规 内和谐 内团结 内同志 内选举 内问责 内教育 内集中
    外人士 外干部 外代表 外知识分子 外群众 外友人 外监督
    群工作 群服务 群关系 群众 群团
    领导人民 领导下 领导的 领导一切 领导全国
    管干部 管人才 管媒体 管一切 管意识形态 管武装 管农村 管数据 管D 要管D
    和国家 和人民 和政府 和群众 与国家 与人民 与群众 同人民 同群众 、国家 、人民 联系群众
"""

# What may follow D的, if D is not the letter of a vitamin, a choice or a figure.
_BEFORE_NO_OF = "素项案点类型级座栋盘号队区组字轮调选图表键钮"
_OF = """
    第 百年 事业 领导 建设 路线 方针 政策 理论 创新 宗旨 纪律 规矩 政治 思想 作风 组织 制度
    群众 中央 光辉 光荣 优良 基本 历史 初心 使命 先进 纯洁 执政 主张 全面 自我 旗帜 诞生
    生日 工作 队伍 干部 儿女 女儿 恩情 教育 根本 奋斗 性质 意志 决策 部署 任务 指导思想 重大
    各级 各项 基层 关怀 温暖 团结 集中 精神 信仰 信念 忠诚 责任 人民 战斗力 凝聚力 生命线
    肌体 伟大 最高 命运 前途 战略 民族 统一战线 宣传 一切 一贯 一大 二大 三大 四大 五大 六大
    七大 八大 九大 十大 十一 十二 十三 十四 十五 十六 十七 十八 十九 二十 好干部 好政策
    好儿女 好传统
"""

# What comes before D, what must not come before that (针对, 输入), and what must come after D ("":
# anything but a label such as 级 or 栋).
_SAYINGS = (
    ("共产 国民 执政 参政 新型政 世界政", "", ""),
    ("全", "安完健齐成", ""),
    ("从严治 依规治 思想治 制度治 D治 D、治", "", ""),
    ("治", "", "治国 务必 必须 方略 管D 兴D 强D"),
    ("管", "", "治D 、治D 和治D 兴D 强D"),
    ("D管 要管", "", ""),
    ("兴", "", "强D 、强D 兴国"),
    ("D强 D、强", "", ""),
    (
        "对",
        "针面应相绝",
        "忠诚 绝对 负责 感恩 无限 赤诚 尽责 交心 老实 高度 、对 的感情 的热爱 的认识",
    ),
    ("入", "输插写接进嵌导代投录存", "申请 誓 宣 志愿 积极 初心 动机 介绍 以来"),
    ("加入", "", "组织"),
    ("建", "构新搭创", "以来 0 1 2 3 4 5 6 7 8 9 一 百 伟业 节 初心 精神 学说 纲领 强D 治D"),
    ("爱 护 忧", "", "爱 护 忧 兴 、爱 、护 、忧 、兴 ，爱 ，护"),
    ("为", "称设记分评定作", "分忧 尽责 尽职 工作 育人 育才 献身 奋斗 争光 执政 旗帜"),
    ("我", "", ""),
    ("本", "日样成标版", "的 历来 始终 一贯 执政 中央 同志"),
    ("向", "", "看齐 靠拢 说 宣誓 交心 汇报 表达 献礼"),
    ("听", "", "话 指挥 号令 召唤 的话"),
    ("跟", "", "走"),
    ("忠于 忠诚于 热爱 拥护 紧跟 永跟 心向 感恩 相信 依靠 爱戴", "", ""),
    ("民主 各 无", "", "派"),
    ("主题", "", "日 课"),
    ("D委、 D委（ D委(", "", "组"),
    ("局 厅 院 部 委 会 司 集团", "", "组书记 组成员 组会议 组中心组 组理论"),
)
_LABELS = "[级类型区座栋盘轮档班队厅馆项段片层股罩字点线选调]|[大小]调|组(?!织)|打印|二聚"

_D = "(?:[党DdＤｄ]|dang)"
_LATIN = "0-9A-Za-z０-９Ａ-Ｚａ-ｚ"


def _either(words: str) -> str:
    """One of the words, D in them being 党 masked or not."""
    return "(?:" + "|".join(re.escape(word).replace("D", _D) for word in words.split()) + ")"


def _behind(words: str) -> str:
    """The same looked for backwards, where an expression must know its length."""
    masks = ("[党DdＤｄ]", "dang")
    variants = {re.escape(word).replace("D", mask) for word in words.split() for mask in masks}
    return "(?:" + "|".join(f"(?<={variant})" for variant in sorted(variants)) + ")"


def _saying(before: str, unless: str, after: str) -> str:
    forbidden = "".join(f"(?<![{unless}]{re.escape(word)})" for word in before.split() if unless)
    follows = f"(?={_either(after)})" if after else f"(?!{_LABELS})"
    return f"{_behind(before)}{forbidden}MASK{follows}"


_PINYIN = (
    rf"(?<=[{IDEOGRAPHS}])"
    r"[(（] ?(?P<pinyin>[a-zA-Zà-üÀ-Üā-ǜ\u0300\u0301\u0304\u0308\u030c]{1,8})[1-5]? ?[)）]"
)


def _compiled() -> re.Pattern[str]:
    """All rules as one expression; the group that took part names the rule."""
    # Not a mask: MD, 3D, R&D, Plan D, D-Day, D1; but 建D100周年 is one.
    mask = (
        rf"(?<![{_LATIN}+&])(?<![A-Za-z][ .'’-])(?:[DdＤｄ]|dang)"
        rf"(?![0-9０-９](?!\d{{0,2}}多?(?:周年|年来))|[A-Za-zＡ-Ｚａ-ｚ+&'’*#-])"
    )
    unless = [f"{word}(?![{other}])" for word, other in _WORD_UNLESS.items()]
    rules = {
        "word": f"MASK(?=(?:{'|'.join(unless)}|{_either(_WORDS)}))",
        "of": f"(?<![{_BEFORE_NO_OF}])MASK(?=的{_either(_OF)})",
        "saying": "|".join(_saying(*saying) for saying in _SAYINGS),
    }
    named = "|".join(f"(?P<{name}>{rule})" for name, rule in rules.items())
    return re.compile(named.replace("MASK", mask) + "|" + _PINYIN)


_RULES = _compiled()
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0304\u030c"))
_START = re.compile("[DdＤｄ(（]")


class Restoration(NamedTuple):
    """A masked spelling: the original's [start, end) is read as `meant`.

    Empty, it means that the characters were injected and are passed over. The rule is
    "word" (D员), "of" (D的), "saying" (从严治D) or "pinyin" (年(nian)).
    """

    start: int
    end: int
    meant: str
    rule: str


def restorations(text: str) -> tuple[Restoration, ...]:
    """The masked spellings of a text, in order; none overlap."""
    if not _START.search(text):
        return ()
    plain, places = _without_markers(text)
    found = []
    after = 0
    for candidate in _START.finditer(plain):
        start = candidate.start()
        match = _RULES.match(plain, start) if start >= after else None
        if match is None:
            continue
        rule = match.lastgroup or ""
        if rule == "pinyin" and not _is_pinyin_of(match["pinyin"], plain[start - 1]):
            continue
        after = match.end()
        meant = "" if rule == "pinyin" else "党"
        found.append(Restoration(places[start], places[after - 1] + 1, meant, rule))
    return tuple(found)


def fold_restored(text: str, masks: Sequence[Restoration] | None = None) -> Folded | None:
    """Return the text folded as it was meant, leading to the original; None if nothing is masked.

    Of 甲D员年(nian) the folded D goes and 党 comes in its place, folded (nian) goes and nothing
    comes: what is left is 甲党员年, in which 党 leads to D. `masks` are the text's restorations, where
    they have been found already.
    """
    masks = restorations(text) if masks is None else masks
    if not masks:
        return None
    folded = fold_map(text)
    # In arrays throughout: a hostile text holds a mask at every second character.
    spans = np.array([(mask.start, mask.end) for mask in masks], folded.starts.dtype)
    places = np.searchsorted(folded.starts, spans)
    changes = np.zeros(len(folded.text) + 1, np.int32)
    np.add.at(changes, places, (1, -1))
    kept = np.cumsum(changes)[:-1] == 0
    folds = {meant: fold(meant) for meant in {mask.meant for mask in masks}}
    sizes = [len(folds[mask.meant]) for mask in masks]
    # Where what is meant goes among what is kept.
    at = np.repeat(np.append(0, np.cumsum(kept))[places[:, 0]], sizes)
    starts, ends = np.repeat(spans, sizes, axis=0).T
    codes = np.frombuffer(folded.text.encode("utf-32-le"), "<u4")
    read = "".join([folds[mask.meant] for mask in masks])
    whole = np.insert(codes[kept], at, np.frombuffer(read.encode("utf-32-le"), "<u4"))
    return Folded(
        whole.tobytes().decode("utf-32-le"),
        np.insert(folded.starts[kept], at, starts),
        np.insert(folded.ends[kept], at, ends),
    )


def _without_markers(text: str) -> tuple[str, Sequence[int]]:
    """The text without site markers, which may split a word, and where its characters were."""
    markers = marker_spans(text)
    if not markers:
        return text, range(len(text))
    places: list[int] = []
    done = 0
    for start, end in markers:
        places += range(done, start)
        done = end
    places += range(done, len(text))
    return "".join([text[place] for place in places]), places


def _is_pinyin_of(pinyin: str, character: str) -> bool:
    """Say whether this is how the character is read: tones aside, ü also written v or u."""
    letters = unicodedata.normalize("NFD", pinyin.lower()).translate(_TONES)
    return unicodedata.normalize("NFC", letters).replace("ü", "v") in _pinyin_of(character)


@lru_cache(maxsize=4096)
def _pinyin_of(character: str) -> frozenset[str]:
    # Imported here: it takes 0.25 s and few texts ever need it.
    from pypinyin import Style, pinyin  # noqa: PLC0415

    (syllables,) = pinyin(character, style=Style.NORMAL, heteronym=True)
    return frozenset(syllables) | {syllable.replace("v", "u") for syllable in syllables}
