"""What tags and filters write: dates in words, what is the same on every page."""

import pytest
from django.template import Context, Template
from django.utils import translation

from archive.templatetags.yinde import day_name, month_name
from search.text.dates import PartialDate


@pytest.mark.parametrize(
    ("date", "name"),
    [
        ("", "日期不详"),
        ("2024", "2024年"),
        ("2024-04", "2024年4月"),
        ("2024-04-05", "2024年4月5日"),
        ("2024-12-31T10:24:03", "2024年12月31日"),
        ("0001", "0001年"),
    ],
)
def test_a_date_is_written_as_far_as_it_is_known(date: str, name: str) -> None:
    assert day_name(PartialDate(date)) == name


def test_a_month_beneath_its_year_goes_without_it() -> None:
    assert month_name("2024-04", with_year=False) == "4月"


def test_what_is_the_same_on_every_page_is_rendered_once_a_language() -> None:
    page = Template("{% load i18n yinde %}{% once %}{{ word }}{% translate '帮助' %}{% endonce %}")
    assert page.render(Context({"word": "甲"})) == "甲帮助"
    with translation.override("en"):
        assert page.render(Context({"word": "乙"})) == "乙Help"
        assert page.render(Context({"word": "丙"})) == "乙Help"
    assert page.render(Context({"word": "丁"})) == "甲帮助"


def test_a_date_is_written_in_each_language() -> None:
    for language, shown in (
        ("zh-hans", "2024年4月14日"),
        ("en", "14 April 2024"),
        ("zh-hans", "2024年4月14日"),
    ):
        with translation.override(language):
            assert day_name(PartialDate("2024-04-14")) == shown
