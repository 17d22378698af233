"""Words that ask for nothing of their own: those that questions ask with, and those that only join others.

The interrogative pronouns, question adverbs and modal particles, and the structural and aspect particles,
prepositions and conjunctions that the grammar of 《现代汉语八百词》 (吕叔湘) counts as such, as far as the
segmenter cuts them so. What may be the subject itself (不, 没有, 能, 前, 中) is not among them.
"""

from __future__ import annotations


def _table(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MEASURES = "个位支次天年月日岁点项类条人家本部座倍级名国所方种些里边样只份场届处时儿"
QUESTION_WORDS = _table("""
    什么 甚么 啥 谁 谁的 哪 几 多少 多久 多长 多大 多远 多高 多重 多深 多快
    何 何时 何地 何处 何人 何种 何谓 何以 何有 为何 如何 因何 有何 几何时
    怎 怎么 怎样 怎么样 怎么办 怎的 第几
    为什么 是否 能否 可否 会否 有否 有无 是不是 能不能 会不会 有没有 可不可以 要不要
    吗 呢 么 吧 请问
    """) | {pronoun + measure for pronoun in "哪几" for measure in _MEASURES}
EMPTY_WORDS = _table("""
    的 地 得 了 着 是 被 把 要 在 和 与 及 或 并 等 之 也 而 于 以 所 就 都 还 啊 呀 嘛 其 该 此
    以及 或者 还是 并且 而且 但是 为了 关于 对于 由于 因为 所以 如果 那么
""")
STOPWORDS = QUESTION_WORDS | EMPTY_WORDS
