"""Words of the genre that the segmenters' own dictionary lacks.

jieba's dictionary was counted on older prose. The terms below are one thought each for whoever
searches study materials, and would otherwise be cut in pieces or guessed at. They only rank and
suggest: what matches is decided by characters, so a word missing here hides nothing.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from search.text.fold import table_digest

# To be raised when `segment` or `restore` give other words for the same text than before.
_RULES = 1

# In the order of their pinyin. A word belongs here if jieba cuts it in pieces, and if no usual
# text holds its characters by chance (大学思想政治 holds 学思想).
_WORDS = """
    八项规定 百年未有之大变局 不敢腐 不能腐 不忘初心 不想腐 产教融合 城乡融合 驰而不息 初心使命
    大兴调查研究 担当作为 党风廉政建设 党纪学习教育 党建工作 党建引领 第二个百年奋斗目标
    第一责任人 调查研究 钉钉子精神 斗争本领 斗争精神 笃行不怠 对党忠诚 法治中国 放管服 枫桥经验
    高质量发展 功成必定有我 功成不必在我 供给侧 供给侧结构性改革 工匠精神 关键少数 国家治理
    国之大者 红色基因 获得感 基层党组织 基层减负 急难愁盼 健康中国 见行见效 教育强国 金山银山
    警示教育 久久为功 科技强国 科学发展观 牢记使命 立德树人 两个大局 两个结合 两个确立 两个维护
    两个务必 两学一做 领导干部 六个必须坚持 美丽中国 民生实事 民主生活会 凝心聚魂 平安中国
    浦江经验 千万工程 强基固本 全过程人民民主 全面从严治党 全面建成小康社会 全面深化改革
    全面依法治国 人才强国 人类命运共同体 人民至上 入脑入心 三不腐 三重一大 三个区分开来 三个务必
    三会一课 三严三实 社会革命 社会主义核心价值观 奢靡之风 生态文明 十八大 十个明确 十九大
    十四个坚持 十五五 事业观 守正创新 数字中国 双碳 四风 四个全面 四个伟大 四个意识 四个自信
    四下基层 四种形态 碳达峰 碳中和 脱贫攻坚 完整准确全面 网络强国 伟大建党精神 五个必由之路
    习近平新时代中国特色社会主义思想 乡村全面振兴 乡村振兴 新发展格局 新发展阶段 新发展理念
    新时代 新征程 新质生产力 学深悟透 学思践悟 学习教育 巡视巡察 压舱石 研讨发言 以案促改
    一带一路 以人民为中心 以学促干 以学增智 以学正风 以学铸魂 一张蓝图绘到底 营商环境
    粤港澳大湾区 战略布局 政治规矩 政治纪律 政治建设 政治领悟力 政治能力 政治判断力 政治生态
    政治巡视 政治站位 政治执行力 治理能力 治理体系 治理效能 中国梦 中国式现代化 中国特色社会主义
    中华民族共同体意识 中华民族伟大复兴 中央八项规定 铸魂育人 主题党日 主题教育 主体责任
    专题党课 自我革命 总体国家安全观 宗旨意识 走深走实 组织生活会
"""

# Of 60 million words counted by jieba. Just above what outweighs the parts of any of the words
# (`jieba.suggest_freq`: at most 14), and too little to tear characters from their neighbours.
_FREQUENCY = 20


class Term(NamedTuple):
    """A word to add, in the order of the segmenters' ``add_word``."""

    word: str
    frequency: int
    tag: str


TERMS = tuple(Term(word, _FREQUENCY, "n") for word in _WORDS.split())


@cache
def fingerprint() -> str:
    """A digest of what decides how text is folded and cut.

    An index made under another fingerprint may answer with other words and should be made anew.
    """
    lines = [f"rules {_RULES}", f"fold {table_digest()}"]
    lines += [f"{name} {_version(name)}" for name in ("jieba", "rjieba")]
    lines += [f"{term.word} {term.frequency} {term.tag}" for term in TERMS]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "missing"
