"""Words of the genre that the segmenters' own dictionary lacks.

jieba's dictionary was counted on older prose. The terms below are one thought each for whoever
searches study materials, and would otherwise be cut in pieces or guessed at. They only rank and
suggest: what matches is decided by characters, so a word missing here hides nothing.

A frequency is on the scale of jieba's dictionary (60 million in all); these stand well above the
product of their parts, which is all they need. Tags are jieba's: n noun, l set phrase, v verb.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

_TERMS = {
    "n": """
        政绩观 发展观 权力观 大局观 事业观 总书记 党中央 党性 党风 党纪 党员干部 党组 机关党委
        主题教育 学习教育 党纪学习教育 警示教育 民主生活会 组织生活会 党课 专题党课 主题党日
        研讨发言 巡视巡察 政治巡视 纪检监察 八项规定 中央八项规定 四风 形式主义 官僚主义 享乐主义
        奢靡之风 全过程人民民主 中国式现代化 高质量发展 新质生产力 新发展理念 新发展格局
        新发展阶段 共同富裕 人类命运共同体 一带一路 乡村振兴 脱贫攻坚 碳达峰 碳中和 双碳 生态文明
        绿水青山 金山银山 国家治理 治理体系 治理能力 治理效能 社会主义核心价值观
        中华民族共同体意识 总体国家安全观 新时代 十四五 十五五 三会一课 党支部 基层党组织 主体责任
        第一责任人 关键少数 营商环境 放管服 网格化 枫桥经验 浦江经验 千万工程 民生实事 急难愁盼
        获得感 幸福感 安全感 精气神 主心骨 压舱石
    """,
    "l": """
        两个维护 两个确立 四个意识 四个自信 三个务必 两个务必 四个全面 五位一体 三严三实 两学一做
        不忘初心 牢记使命 以人民为中心 人民至上 为民造福 功成不必在我 功成必定有我 自我革命
        社会革命 全面从严治党 从严治党 全面依法治国 以学铸魂 以学增智 以学正风 以学促干 对党忠诚
        清正廉洁 求真务实 真抓实干 担当作为 守正创新 踔厉奋发 笃行不怠 久久为功 驰而不息 打基础
        利长远 一张蓝图绘到底 钉钉子精神 三不腐 不敢腐 不能腐 不想腐
    """,
    "v": """
        学思想 强党性 重实践 建新功 见行动
    """,
}


class Term(NamedTuple):
    """A word to add: how often it is said to occur, and its part of speech."""

    word: str
    frequency: int
    tag: str


TERMS = tuple(
    Term(word, 10_000, tag)
    for tag, words in _TERMS.items()
    for word in dict.fromkeys(words.split())
)


def fingerprint() -> str:
    """A digest of whatever decides how text is folded and cut: the terms and the libraries.

    An index made under another fingerprint answers with other words and should be made anew.
    """
    libraries = [f"{name}={_version(name)}" for name in ("jieba", "rjieba", "opencc")]
    parts = [*libraries, *(f"{term.word} {term.frequency} {term.tag}" for term in TERMS)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "none"
