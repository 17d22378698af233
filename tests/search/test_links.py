"""Addresses of searches: one address a state, and every change back to page 1."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from search.results import SORTS, CountedFacet, FacetRow, SearchRequest
from search.schema import Facet
from search.web import links
from search.web.links import MAX_PAGE, MAX_QUERY, read


def known(values: Sequence[str]) -> set[str]:
    return {*values} & {*"abc"}


FACETS = {name: Facet(name, name, existing=known) for name in ("source", "year")}
MONTHS = SearchRequest(filters={"year": ("2024",), "month": ("2024-04", "2023-01")})
ASKED = SearchRequest(q="政绩", filters={"year": ("a", "b")}, sort="newest", page=3, restore=False)


@pytest.mark.parametrize(
    ("request_", "url"),
    [
        (SearchRequest(sort="newest"), "/s/"),
        (SearchRequest(q="政 绩&"), "/s/?q=%E6%94%BF+%E7%BB%A9%26"),
        (SearchRequest(q="a", sort="newest"), "/s/?q=a&sort=newest"),
        (SearchRequest(sort="oldest", page=2), "/s/?sort=oldest&page=2"),
        (SearchRequest(q="a", restore=False), "/s/?q=a&restore=0"),
        (SearchRequest(q="a", filters={"y": ("1", "2")}), "/s/?q=a&y=1&y=2"),
    ],
)
def test_defaults_stay_out_of_the_address(request_: SearchRequest, url: str) -> None:
    assert links.address("/s/", request_) == url


@given(
    q=st.text(max_size=30),
    filters=st.fixed_dictionaries(
        {}, optional={name: st.lists(st.sampled_from("abc"), unique=True) for name in FACETS}
    ),
    sort=st.sampled_from(SORTS),
    page=st.integers(1, 999),
    restore=st.booleans(),
)
def test_an_address_is_read_back_as_the_request_it_was_made_of(
    q: str, filters: dict[str, list[str]], sort: str, page: int, restore: bool
) -> None:
    data = QueryDict(mutable=True)
    data.update({"q": q, "sort": sort, "page": str(page), "restore": "1" if restore else "0"})
    for name, values in filters.items():
        data.setlist(name, values)
    asked = read(data, FACETS)
    url = links.address("", asked)
    assert read(QueryDict(url.removeprefix("?")), FACETS) == asked


@pytest.mark.parametrize(
    ("changed", "filters"),
    [
        (links.toggled(ASKED, "year", "c"), {"year": ("a", "b", "c")}),
        (links.toggled(ASKED, "year", "a"), {"year": ("b",)}),
        (links.toggled(ASKED, "source", "a"), {"year": ("a", "b"), "source": ("a",)}),
        (links.toggled(SearchRequest(filters={"y": ("1",)}, page=2), "y", "1"), {}),
        (links.toggled(MONTHS, "year", "2024", "month"), {"month": ("2023-01",)}),
        (
            links.toggled(MONTHS, "year", "2023", "month"),
            {"year": ("2024", "2023"), "month": ("2024-04",)},
        ),
        (
            links.toggled(MONTHS, "year", "2022", "month"),
            MONTHS.filters | {"year": ("2024", "2022")},
        ),
        (links.toggled(MONTHS, "month", "2024-04"), {"year": ("2024",), "month": ("2023-01",)}),
        (links.without(MONTHS, "year", "month"), {}),
        (links.without(ASKED, "year"), {}),
        (links.without(ASKED), {}),
        (links.sorted_by(ASKED, "oldest"), ASKED.filters),
        (links.with_restore(ASKED, True), ASKED.filters),
    ],
)
def test_every_change_goes_back_to_page_one(changed: SearchRequest, filters: object) -> None:
    assert changed.page == 1
    assert changed.filters == filters


def test_the_query_alone_goes_into_a_document() -> None:
    assert links.carried(ASKED) == "?q=%E6%94%BF%E7%BB%A9&restore=0"
    assert links.carried(SearchRequest(restore=False)) == ""


def test_a_long_facet_shows_its_first_and_its_chosen_rows() -> None:
    rows = tuple(FacetRow(str(n), f"第{n}", 100 - n, n == 30) for n in range(60))
    facets = (CountedFacet("year", "年份", rows), CountedFacet("type", "类型", ()))
    (facet,) = links.facet_links("/s/", SearchRequest(filters={"year": ("30",)}), facets)
    assert [link.label for link in facet.shown] == [f"第{n}" for n in (*range(8), 30)]
    assert (len(facet.more), facet.left) == (40, 11)
    assert facet.shown[0].url == "/s/?year=30&year=0"
    assert facet.shown[-1].url == "/s/"


@given(
    q=st.text(max_size=9),
    filters=st.dictionaries(
        st.sampled_from(["source", "year", "month", "tag"]),
        st.lists(
            st.sampled_from(["2024", "2024-04", "2023", "a&b", "甲 乙"]), min_size=1, unique=True
        ).map(tuple),
    ),
    values=st.lists(
        st.text(max_size=5) | st.sampled_from(["2024", "2023"]), unique=True, max_size=9
    ),
    sort=st.sampled_from(SORTS),
    restore=st.booleans(),
)
def test_each_value_leads_where_it_is_toggled(
    q: str, filters: dict[str, tuple[str, ...]], values: list[str], sort: str, restore: bool
) -> None:
    asked = SearchRequest(q=q, filters=filters, sort=sort, page=3, restore=restore)
    rows = tuple(FacetRow(value, value, 1, value in filters.get("year", ())) for value in values)
    facets = [CountedFacet("year", "年份", rows), CountedFacet("month", "月份", (), narrows="year")]
    shown = [link for facet in links.facet_links("/s/", asked, facets) for link in facet.shown]
    assert [link.url for link in shown] == [
        links.address("/s/", links.toggled(asked, "year", link.label, "month")) for link in shown
    ]


def test_what_narrows_a_value_stands_beneath_it() -> None:
    months = (
        FacetRow("2024-04", "2024年4月", 3, True, "4月"),
        FacetRow("2023-01", "", 1, False, "1月"),
    )
    years = tuple(FacetRow(str(year), str(year), 9, False) for year in range(2030, 2020, -1))
    facets = [
        CountedFacet("year", "年份", years),
        CountedFacet("month", "月份", months, narrows="year"),
    ]
    asked = SearchRequest(filters={"month": ("2024-04",)})
    (facet,) = links.facet_links("/s/", asked, facets)
    beneath = {link.label: [inner.label for inner in link.inner] for link in facet.shown}
    assert beneath == {str(year): [] for year in range(2030, 2022, -1)} | {
        "2024": ["4月"],
        "2023": ["1月"],
    }
    april = facet.shown[6].inner[0]
    assert (april.url, april.selected) == ("/s/", True)
    assert facet.shown[6].url == "/s/?year=2024"
    assert facet.shown[7].inner[0].url == "/s/?month=2024-04&month=2023-01"
    assert [chip.label for chip in links.chips("/s/", asked, facets)] == ["2024年4月"]


def test_the_fourth_facet_is_folded_until_something_in_it_is_chosen() -> None:
    facets = [CountedFacet(name, name, (FacetRow("a", "甲", 1, False),)) for name in "pqrs"]
    assert [f.folded for f in links.facet_links("/s/", SearchRequest(), facets)] == [0, 0, 0, 1]
    facets[3] = CountedFacet("s", "s", (FacetRow("a", "甲", 1, True),))
    assert [f.folded for f in links.facet_links("/s/", SearchRequest(), facets)] == [0, 0, 0, 0]


def test_a_long_query_is_not_repeated_for_every_value() -> None:
    rows = tuple(FacetRow(str(n), f"第{n}", 1, False) for n in range(60))
    (facet,) = links.facet_links(
        "/s/", SearchRequest("字" * 500), [CountedFacet("y", "", rows, left=7)]
    )
    assert len(facet.shown) + len(facet.more) + facet.left == 67
    assert len(facet.more) == 4


def test_a_chip_removes_its_value() -> None:
    facet = CountedFacet("year", "年份", (FacetRow("a", "甲", 0, True),))
    chips = list(links.chips("/s/", ASKED, [facet]))
    assert [chip.label for chip in chips] == ["甲", "b"]
    assert chips[0].url == "/s/?q=%E6%94%BF%E7%BB%A9&year=b&sort=newest&restore=0"


@pytest.mark.parametrize(
    ("page", "pages", "numbers"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (1, 9, [1, 2, 3, None, 9]),
        (4, 9, [1, 2, 3, 4, 5, 6, None, 9]),
        (5, 9, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (6, 20, [1, None, 4, 5, 6, 7, 8, None, 20]),
        (20, 20, [1, None, 18, 19, 20]),
    ],
)
def test_page_numbers(page: int, pages: int, numbers: list[int | None]) -> None:
    assert links.page_numbers(page, pages) == numbers


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", SearchRequest(sort="newest")),
        ("q=%00a%0Ab%7F", SearchRequest(q="a b")),
        ("q=%20%E3%80%80", SearchRequest(sort="newest")),
        ("q=a&sort=nothing", SearchRequest(q="a")),
        ("sort=relevance", SearchRequest(sort="newest")),
        ("q=a&page=abc", SearchRequest(q="a")),
        ("q=a&page=-1", SearchRequest(q="a")),
        ("q=a&page=" + "9" * 5000, SearchRequest(q="a", page=MAX_PAGE)),
        ("q=a&page=%EF%BC%93", SearchRequest(q="a", page=3)),
        ("q=a&year=zz&year=b&year=b&year=&year=%00b", SearchRequest("a", {"year": ("b",)})),
        ("q=a&nothing=1", SearchRequest(q="a")),
        ("q=a&restore=0", SearchRequest(q="a", restore=False)),
        ("q=a&restore=junk", SearchRequest(q="a")),
    ],
)
def test_what_is_not_understood_is_ignored(query: str, expected: SearchRequest) -> None:
    asked = read(QueryDict(query), FACETS)
    assert replace(asked, repairs=()) == expected


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("q=a&sort=nothing", "nothing"),
        ("q=a&page=abc", "abc"),
        ("q=a&year=zz&year=b", "zz"),
        ("q=a&year=b&page=2&sort=oldest", ""),
    ],
)
def test_what_is_ignored_is_named(query: str, named: str) -> None:
    repairs = read(QueryDict(query), FACETS).repairs
    assert named in "".join(repairs) if named else repairs == ()


def test_a_query_is_cut_where_the_parser_will_notice() -> None:
    assert len(read(QueryDict("q=" + "a" * 10_000), {}).q) == MAX_QUERY


def test_many_values_are_bounded() -> None:
    asked: list[list[str]] = []

    def counting(values: Sequence[str]) -> set[str]:
        asked.append([*values])
        return set()

    facet = Facet("year", "年份", existing=counting)
    read(QueryDict("&".join(f"year={n}" for n in range(900))), {"year": facet})
    assert len(asked[0]) == 50
