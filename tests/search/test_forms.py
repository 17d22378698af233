"""What a visitor's parameters mean, and what is said of those that mean nothing."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from search.results import SearchRequest
from search.schema import Facet
from search.web.links import MAX_PAGE, MAX_VALUES, read

# The facets of the site, with values that are looked up nowhere.
KNOWN = {
    "source": Facet("source", "来源", existing=lambda values: {*values} & {"jia", "yi"}),
    "year": Facet("year", "年份", existing=lambda values: {v for v in values if v.isdecimal()}),
}


def asked(line: str) -> SearchRequest:
    return read(QueryDict(line), KNOWN)


@pytest.mark.parametrize(
    ("line", "repairs"),
    [
        ("", []),
        ("q=政绩&source=jia&source=yi&year=1900&sort=oldest&page=2", []),
        ("source=&year=&sort=&page=&source=+", []),
        ("sort=relevance", []),
        ("other=1&restore=7", []),
        ("source=nosuch", ["没有这个来源：nosuch，已忽略。"]),
        ("source=jia&source=a&source=b&source=a", ["没有这个来源：a、b，已忽略。"]),
        ("source=%00x", ["没有这个来源：x，已忽略。"]),
        ("year=abcd&source=x", ["没有这个来源：x，已忽略。", "没有这个年份：abcd，已忽略。"]),
        ("sort=nosuch", ["没有这种排序：nosuch，已忽略。"]),
        ("page=x", ["没有这一页：x，已忽略。"]),
        ("page=0", ["没有这一页：0，已忽略。"]),
        ("page=-3", ["没有这一页：-3，已忽略。"]),
    ],
)
def test_what_means_nothing_is_said(line: str, repairs: list[str]) -> None:
    assert list(asked(line).repairs) == repairs


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        ("source=jia&source=no", SearchRequest(filters={"source": ("jia",)}, sort="newest")),
        ("source=+jia%09&source=jia", SearchRequest(filters={"source": ("jia",)}, sort="newest")),
        ("source=no&year=2024", SearchRequest(filters={"year": ("2024",)}, sort="newest")),
        ("q=政绩&sort=no&page=x", SearchRequest(q="政绩")),
        ("q=政绩&sort=oldest&page=3", SearchRequest(q="政绩", sort="oldest", page=3)),
        ("restore=0", SearchRequest(sort="newest", restore=False)),
    ],
)
def test_the_rest_is_used(line: str, request_: SearchRequest) -> None:
    made = asked(line)
    assert (made.q, made.filters, made.sort) == (request_.q, request_.filters, request_.sort)
    assert (made.page, made.restore) == (request_.page, request_.restore)


def test_a_page_number_is_bounded() -> None:
    assert asked("page=" + "9" * 5000).page == MAX_PAGE
    assert asked("page=" + "9" * 5000).repairs == ()


def test_more_values_than_one_search_may_ask_for() -> None:
    made = asked("&".join(f"year={number}" for number in range(MAX_VALUES + 1)))
    assert len(made.filters["year"]) == MAX_VALUES
    assert made.repairs == ("“年份”一次最多选 50 项，其余已忽略。",)
