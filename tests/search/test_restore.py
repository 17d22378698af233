from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text.fold import fold
from search.text.restore import Restoration, fold_restored, restorations


def read(text: str) -> str:
    """The text with its restorations written into it."""
    pieces, done = [], 0
    for mask in restorations(text):
        pieces += [text[done : mask.start], mask.meant]
        done = mask.end
    return "".join([*pieces, text[done:]])


# Each is the masked text; 党 stands for every D in what is read.
@pytest.mark.parametrize(
    "text",
    [
        "广大D员、干部",
        "作为D员干部要带头",
        "老D员讲传统",
        "锤炼D性修养",
        "“D性是根本”",
        "坚持D性D风D纪一起抓",
        "对D忠诚，对D负责",
        "把对D的责任扛在肩上",
        "推动D和人民事业前进",
        "围绕D和国家工作大局",
        "影响着D的事业的发展",
        "实现D的第二个百年奋斗目标",
        "严守D的政治纪律",
        "在D的领导下",
        "学习D的二十大精神",
        "全D大兴调查研究之风",
        "全D同志要牢记",
        "中国共产D人的初心",
        "坚持D要管D、全面从严治D，",
        "管D治D的重要法宝",
        "兴D强D",
        "同D中央保持一致",
        "D委（D组）书记",
        "市卫健委D组书记",
        "D建引领，D支部共建",
        "D内监督，D外人士",
        "D政机关、D政主要负责同志",
        "学D史、上D课、讲D章",
        "入D申请书，入D志愿书",
        "加入D组织",
        "建D以来，建D一百周年",
        "爱D爱国，爱D、护D、兴D强D",
        "为D育人、为D工作",
        "我D始终坚持，本D的宗旨",
        "听D话、跟D走",
        "永远忠于D。",
        "热爱D，拥护D",
        "各民主D派",
        "主题D日活动",
        "D管干部，D指挥枪",
        "D领导一切",
    ],
)
@pytest.mark.parametrize("mask", ["D", "d", "Ｄ", "ｄ", "dang"])
def test_d_is_read_as_dang(text: str, mask: str) -> None:
    assert read(text.replace("D", mask)) == text.replace("D", "党")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "一段没有遮掩的文字（说明）。",
        "3D打印、4D影院、3D的效果",
        "APP、DNA、VCD和DVD",
        "D级风险，风险等级为D级的",
        "C919、D919",
        "维生素D，维生素D的作用和维生素D的组织分布",
        "维生素D和钙，Vitamin D的作用",
        "D-Day，D+1，R&D员工，Plan D的任务",
        "U盘、D盘、存入D盘、写入D区",
        "A级、D类、全D类、完全D型",
        "D座、D栋、D轮、D馆、D厅",
        "D大调，d小调",
        "D组对手，世界杯D组",
        "选D，选项D的理论",
        "A、B、C、D四项",
        "D性能、D性格、D风格、D风险",
        "D建筑、D建模、D委托、D课程、D校区、D规格",
        "D纪念日、D史诗、D旗舰、D费用、D务必、D章节",
        "D中央空调",
        "D二聚体，依靠D二聚体，剧本D，",
        "d)斜视",
        "对D类，针对D的",
        "构建D的模型，输入D的数值",
        "评为D级、设为D",
        "我D级，本D级，日本D轮",
        "dangerous员，dang，Dr员",
        "D",
        "D员工，3D员",
    ],
)
def test_other_letters_are_left_alone(text: str) -> None:
    assert restorations(text) == ()
    assert fold_restored(text) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2021年(nian)3月", "2021年3月"),
        ("党（dang）员(yuan)", "党员"),
        ("党(dǎng)员", "党员"),
        ("党(dang3)员", "党员"),
        ("党( Dang )员", "党员"),
        ("女(nü)", "女"),
        ("女(nǚ)", "女"),
        ("女(nv)", "女"),
        ("女(nu)", "女"),
        ("长(zhang)长(chang)", "长长"),  # each of its readings
        ("战略(lu\u0308e\u0300)", "战略"),  # the marks as characters of their own
        ("共产(chan)D(dang)员", "共产D(dang)员"),  # D is no character with a reading
        ("率（LPR）", "率（LPR）"),
        ("站（BBC）", "站（BBC）"),
        ("年(yue)", "年(yue)"),
        ("年(nian", "年(nian"),
        ("(nian)", "(nian)"),
        ("年(nian)(nian)", "年(nian)"),
        ("。(ju)", "。(ju)"),
    ],
)
def test_injected_pinyin_is_passed_over(text: str, meant: str) -> None:
    assert read(text) == meant


def test_restorations_name_place_reading_and_rule() -> None:
    assert restorations("2021年(nian)，D员学D的理论，从严治D") == (
        Restoration(5, 11, "", "pinyin"),
        Restoration(12, 13, "党", "word"),
        Restoration(15, 16, "党", "of"),
        Restoration(23, 24, "党", "saying"),
    )


def test_site_markers_hide_no_context() -> None:
    text = "对##paidbegin##D$$paidend$$的责任，从严治da##pagebreak##ng"
    folded = fold_restored(text)
    assert folded is not None
    assert folded.text == "对党的责任从严治党"
    assert text[slice(*folded.span(1, 2))] == "D"
    assert text[slice(*folded.span(8, 9))] == "da##pagebreak##ng"


def test_an_anniversary_follows_at_once() -> None:
    assert read("建D100周年，建D95周年，建D100号") == "建党100周年，建党95周年，建D100号"


def test_the_second_reading_leads_to_the_original() -> None:
    text = "各位：\n广大D员、幹部，㎡ 2021年(nian)3月"
    folded = fold_restored(text)
    assert folded is not None
    assert folded.text == "各位广大党员干部m22021年3月"
    start = folded.text.index("党员干部")
    assert text[slice(*folded.span(start, start + 4))] == "D员、幹部"
    start = folded.text.index("年3月")
    assert text[slice(*folded.span(start, start + 3))] == "年(nian)3月"


masked = st.lists(
    st.one_of(
        st.text(max_size=3),
        st.sampled_from(
            [
                "D员",
                "d性",
                "Ｄ的领导",
                "全D",
                "从严治dang",
                "管D治D",
                "年(nian)",
                "党（dang）",
                "3D",
                "维生素D",
                "##paidbegin##",
                "$$paidend$$",
                "国家",
                "㎡",
                "(",
                ")",
                "##",
                "D",
            ]
        ),
    )
).map("".join)


@given(masked)
def test_restorations_ascend_inside_the_text(text: str) -> None:
    found = restorations(text)
    edges = [edge for mask in found for edge in (mask.start, mask.end)]
    assert edges == sorted(edges)
    assert all(0 <= mask.start < mask.end <= len(text) for mask in found)


@given(masked)
def test_the_second_reading_is_the_fold_of_the_text_as_meant(text: str) -> None:
    folded = fold_restored(text)
    if folded is None:
        assert restorations(text) == ()
        return
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(folded.starts[:-1] <= folded.starts[1:])
    assert all(folded.starts < folded.ends)
    if "##" not in text and "$$" not in text:
        assert folded.text == fold(read(text))


@given(st.text(st.characters(exclude_characters="DdＤｄ(（")))
def test_nothing_to_read_back_without_masks(text: str) -> None:
    assert restorations(text) == ()


def test_no_phrases_are_loaded_for_the_readings_of_characters() -> None:
    found = "from search.text.restore import restorations; print(len(restorations('年(nian)')))"
    counted = f"{found}; import pypinyin.constants as all; print(len(all.PHRASES_DICT))"
    run = subprocess.run(
        [sys.executable, "-c", counted], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["1", "0"]
