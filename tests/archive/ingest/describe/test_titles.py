"""Where a title is found."""

import pytest

from archive.ingest.clean import boilerplate
from archive.ingest.describe.titles import find_title
from archive.ingest.values import Extracted, Hints

PROSE = "树立和践行正确政绩观，关键在于坚持正确的价值导向。"


def title_of(raw, name="a.txt", hints=Hints(), **page):  # noqa: B008
    extracted = Extracted(raw, **page)
    title, evidence = find_title(extracted, boilerplate.survey(raw), hints, name)
    return title, evidence.rule, evidence.guessed


@pytest.mark.parametrize(
    ("raw", "name", "found"),
    [
        (f"在座谈会上的讲话\n{PROSE}", "a.txt", ("在座谈会上的讲话", "first-line", False)),
        (
            f"在座谈会上的讲话(全文3623字)\n{PROSE}",
            "a.txt",
            ("在座谈会上的讲话", "first-line", False),
        ),
        (
            f"在座谈会上的讲话(完整)\n{PROSE}",
            "a.txt",
            ("在座谈会上的讲话(完整)", "first-line", False),
        ),
        (
            f"国务院办公厅关于进一步做好某某工作\n有关事项的通知\n{PROSE}",
            "a.txt",
            ("国务院办公厅关于进一步做好某某工作有关事项的通知", "first-line", False),
        ),
        (f"标题甲\n副题乙\n{PROSE}", "a.txt", ("标题甲", "first-line", False)),
        (
            f"同志们：\n{PROSE}",
            "目录/在座谈会上的讲话.txt",
            ("在座谈会上的讲话", "file-name", True),
        ),
        (
            PROSE,
            "0017.txt",
            ("树立和践行正确政绩观，关键在于坚持正确的价值导向", "first-sentence", True),
        ),
        ("来源:网友投稿", "0017.txt", ("0017", "first-sentence", True)),
        (f"标\x00题\u200b甲\n{PROSE}", "a.txt", ("标题甲", "first-line", False)),
    ],
)
def test_titles_of_texts(raw, name, found):
    assert title_of(raw, name) == found


def test_a_title_given_from_outside_goes_first():
    assert title_of(PROSE, hints=Hints(title=" 甲 ")) == ("甲", "hint", False)


@pytest.mark.parametrize(
    ("meta", "before", "found"),
    [
        (
            {"title": "在座谈会上的讲话_领导讲话_某网"},
            ("领导讲话", "在座谈会上的讲话"),
            ("在座谈会上的讲话", "page-title", False),
        ),
        (
            {"title": "某网--在座谈会上的讲话"},
            ("某网", "在座谈会上的讲话"),
            ("在座谈会上的讲话", "page-title", False),
        ),
        ({"title": "在座谈会上的讲话 - 某网", "h1": "别的"}, (), ("别的", "page-h1", False)),
        ({"title": "某网", "og:title": "甲"}, (), ("甲", "page-og:title", False)),
        ({"articletitle": "甲"}, (), ("甲", "page-articletitle", False)),
        ({"title": "显与潜——谈政绩_理论学习_某某网"}, (), ("显与潜——谈政绩", "page-title", True)),
        ({"title": "1-10月投资稳中有进"}, (), ("1-10月投资稳中有进", "page-title", True)),
        ({"title": "在座谈会上的讲话-某某网"}, (), ("在座谈会上的讲话", "page-title", True)),
        ({}, (), ("树立和践行正确政绩观，关键在于坚持正确的价值导向", "first-sentence", True)),
    ],
)
def test_titles_of_pages(meta, before, found):
    assert title_of(PROSE, meta=meta, before=before) == found
