"""Guess what kind of material a text is, from its title first and its opening words second.

The codes are those of `archive.models.SpeechType`; they are written out here because the steps of
ingest know nothing of the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from archive.ingest.clean import labels
from archive.ingest.rules import EvidenceRule
from archive.ingest.values import Evidence

LABELS = {
    "speech": "讲话稿",
    "discussion": "研讨发言",
    "reflection": "心得体会",
    "theory": "理论文章",
    "lecture": "党课讲稿",
    "mobilisation": "动员部署",
    "report": "汇报总结",
    "document": "公文",
    "news": "新闻报道",
    "other": "其他",
}
_CODES = {label: code for code, label in LABELS.items()} | {code: code for code in LABELS}

# The word nearest the end of the title decides, as it does in Chinese: 在研讨班上的讲话 is a
# speech, 关于总结发言的通知 a document.
_BY_TITLE = (
    ("lecture", r"党课|宣讲(?:稿|提纲)|辅导报告"),
    ("discussion", r"研讨|发言(?!权|人)|交流(?:材料|提纲)"),
    ("speech", r"讲话|致辞|致词|贺词|演讲|献词"),
    ("reflection", r"心得|体会|感悟|有感|读后|观后"),
    (
        "document",
        r"(?:通知|通报|意见|决定|决议|条例|办法|规定|细则|方案|规则|公告|公报|批复|复函|命令|解释|[典法])"
        r"(?=(?:[（(][^）)]*[）)])?$)",
    ),
    ("report", r"总结|汇报|报告|述职|述廉|小结"),
    ("theory", r"理论文章|思考(?=$)|论析|刍议|探析|浅谈|启示(?=$)"),
)
_TITLE = tuple((kind, re.compile(pattern)) for kind, pattern in _BY_TITLE)
_MOBILISATION = re.compile(r"动员|部署")
_OUTLET = r"(?:本报|本网|本台|[\u4e00-\u9fff]{2,8}(?:社|网|报|台)|通讯员|记者)"
_NEWS = re.compile(rf"[（(【\[]?{_OUTLET}[^，。；]{{0,20}}?(?:讯|电|消息|报道)(?=[）)】\]（(\s])")
_COLUMNS = (
    ("theory", r"理论"),
    ("lecture", r"党课"),
    ("discussion", r"研讨|发言"),
    ("speech", r"讲话"),
    ("reflection", r"心得体会|心得|体会"),
    ("report", r"总结|汇报"),
    ("document", r"公文|通知|公告|法规|政策(?:文件|解读)"),
    ("news", r"要闻|动态|新闻"),
)
_COLUMN = tuple((kind, re.compile(pattern)) for kind, pattern in _COLUMNS)
# A tag names a kind only as a whole: 讲话精神 is a subject, no speech.
_TAG = tuple((kind, re.compile(rf"(?:{pattern})(?:文章|材料|稿)?")) for kind, pattern in _COLUMNS)
_LAW = re.compile(r"^law\b|法规|法律|司法解释|policy", re.IGNORECASE)
_ARTICLES = re.compile(r"^第[一二三四五六七八九十]+条[\s\u3000]", re.MULTILINE)
_SALUTATION = re.compile(
    r"^[^。；\n]{0,30}(?:们|同志|领导|代表|委员|各位[^。\n]{0,10})[:：!！]", re.MULTILINE
)
_LOOKED_AT, _OPENING = 5_000, 200  # characters


def parse(value: str) -> str:
    """Return the code for a code or a Chinese label, "" for anything else."""
    return _CODES.get(value.strip(), "")


def guess(title: str, text: str, column: str, tags: Iterable[str] = ()) -> tuple[str, Evidence]:
    """Return the likeliest kind and why; "other" where nothing speaks for any.

    An essay has no form of its own: taken for theory, every piece of general news became a theory article.
    """
    title, column = labels.simplify(title), labels.simplify(column)
    for kind, rule, found in (
        ("document", EvidenceRule.TYPE_COLUMN, _LAW.search(column)),
        ("news", EvidenceRule.TYPE_OPENING, _NEWS.match(text)),
        *_from_title(title),
        *((kind, EvidenceRule.TYPE_COLUMN, pattern.search(column)) for kind, pattern in _COLUMN),
        ("document", EvidenceRule.TYPE_FORM, _ARTICLES.search(text, 0, _LOOKED_AT)),
        ("speech", EvidenceRule.TYPE_SALUTATION, _SALUTATION.search(text, 0, _OPENING)),
        *_from_tags(tags),
    ):
        if found:
            return kind, Evidence(rule, found.group().strip(), guessed=True)
    return "other", Evidence(EvidenceRule.TYPE_NONE, "", guessed=True)


def _from_tags(tags: Iterable[str]) -> list[tuple[str, EvidenceRule, re.Match[str] | None]]:
    return [
        (kind, EvidenceRule.TYPE_TAGS, pattern.fullmatch(labels.simplify(tag)))
        for tag in tags
        for kind, pattern in _TAG
    ]


def _from_title(title: str) -> list[tuple[str, EvidenceRule, re.Match[str]]]:
    """Return what the title says: one kind with its word, or nothing."""
    found = [
        (match.end(), kind, match) for kind, pattern in _TITLE for match in pattern.finditer(title)
    ]
    _end, kind, match = max(found, key=lambda one: one[0], default=(0, "", None))
    call = _MOBILISATION.search(title)
    if call and kind in ("", "document", "report"):
        return [("mobilisation", EvidenceRule.TYPE_TITLE, call)]
    return [(kind, EvidenceRule.TYPE_TITLE, match)] if match else []
