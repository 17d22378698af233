"""What kind of material a text is."""

import pytest

from archive.ingest.describe import kinds
from archive.models import SpeechType

ESSAY = "县域是城市与乡村的接合部，也是宏观政策与群众生活的连接点。" * 20


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("在开展学习教育动员部署会上的讲话", "speech"),
        ("在2025年春季学期开学典礼上的致辞", "speech"),
        ("在主题教育总结大会上的讲话", "speech"),
        ("在研讨班上的讲话", "speech"),
        ("在政协党组专题研讨交流会上发言材料(完整)", "discussion"),
        ("在年轻干部座谈会上的发言：到难处去长本领", "discussion"),
        ("没有调查,没有发言权——大兴调查研究之风心得体会", "reflection"),
        ("观看警示教育片有感", "reflection"),
        ("专题党课讲稿:把纪律这把戒尺放在心里", "lecture"),
        ("安全生产动员部署会议", "mobilisation"),
        ("主题教育动员部署方案", "mobilisation"),
        ("关于开展专项行动的实施方案", "document"),
        ("关于总结交流发言的通知", "document"),
        ("某市绿化条例（2024年修订）", "document"),
        ("2025年度述职述廉报告", "report"),
        ("清河镇2021年工作情况汇报", "report"),
        ("理论文章：让调查研究回到田埂", "theory"),
        ("以數字政府建設增進便民溫度的幾點思考", "theory"),
        ("在座談會上的講話", "speech"),
    ],
)
def test_the_word_nearest_the_end_of_the_title_decides(title, kind):
    found, evidence = kinds.guess(title, ESSAY, "")
    assert found == kind
    assert (evidence.rule, evidence.guessed) == ("type-title", True)
    assert evidence.text


@pytest.mark.parametrize(
    ("text", "column", "kind", "rule"),
    [
        ("本报讯（记者 方禾）" + ESSAY, "", "news", "type-opening"),
        ("本报讯　日前" + ESSAY, "理论学习", "news", "type-opening"),
        ("新华社北京3月5日电 " + ESSAY, "", "news", "type-opening"),
        (ESSAY, "理论学习", "theory", "type-column"),
        (ESSAY, "时政要闻", "news", "type-column"),
        (ESSAY, "law:行政法规", "document", "type-column"),
        (ESSAY, "policy-document", "document", "type-column"),
        ("第一条　为了。\n" + ESSAY, "", "document", "type-form"),
        ("同志们：\n" + ESSAY, "", "speech", "type-salutation"),
        (ESSAY, "", "other", "type-none"),
        ("短", "", "other", "type-none"),
    ],
)
def test_then_the_opening_the_column_and_the_form(text, column, kind, rule):
    found, evidence = kinds.guess("春天里", text, column)
    assert (found, evidence.rule) == (kind, rule)


@pytest.mark.parametrize(
    ("tags", "kind", "text"),
    [
        (["基层治理", "理论", "群众路线"], "theory", "理论"),
        (["理论文章"], "theory", "理论文章"),
        (["發言材料"], "discussion", "发言材料"),
        (["心得体会"], "reflection", "心得体会"),
        (["创新理论", "讲话精神", "新闻发布会"], "other", ""),
        ([], "other", ""),
    ],
)
def test_a_tag_counts_last_and_only_as_a_whole(tags, kind, text):
    found, evidence = kinds.guess("春天里", ESSAY, "", tags)
    assert (found, evidence.text, evidence.guessed) == (kind, text, True)
    assert kinds.guess("春天里", ESSAY, "时政要闻", tags)[0] == "news"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("speech", "speech"),
        (" 讲话稿 ", "speech"),
        ("公文", "document"),
        ("law:宪法", ""),
        ("", ""),
    ],
)
def test_parse(value, code):
    assert kinds.parse(value) == code


def test_the_kinds_are_those_of_the_model():
    assert dict(SpeechType.choices) == kinds.LABELS
