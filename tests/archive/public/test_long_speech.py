"""A speech that is too long for one page."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from archive.models import Speech
from archive.reading.anchors import anchored
from tests.archive.public.pages import get
from tests.factories import make_speech

pytestmark = pytest.mark.django_db
MARKED = re.compile(r'<mark id="(hit-\d+)">')


@pytest.fixture
def long() -> Speech:
    """Three pages of paragraphs, and hits on the second and third only."""
    lines = [f"第{n}段，{'没有什么可找的字，' * 60}" for n in range(300)]
    lines[150] = "一、找实招\n求实，求实。"
    lines[290] = "二、见实效\n求实。"
    return make_speech("长文", "\n".join(lines))


def pages(client: Client, speech: Speech, **asked: str) -> list[str]:
    count = int(re.search(r"分 (\d+) 页", get(client, speech.get_absolute_url(), **asked))[1])
    return [
        get(client, speech.get_absolute_url(), page=number, **asked)
        for number in range(1, count + 1)
    ]


def body(page: str) -> str:
    inside = page.partition('<div class="text"')[2].partition("</div>")[0]
    return html.unescape(re.sub(r"<[^>]*>|\s", "", inside.partition(">")[2]))


def test_the_pages_together_are_the_text(client: Client, long: Speech) -> None:
    found = pages(client, long)
    assert len(found) == 3
    assert "".join(map(body, found)) == re.sub(r"\s", "", long.text)
    anchors = [anchor for page in found for anchor in re.findall(r' id="(p-.*?)"', page)]
    assert anchors == [anchor for *_span, anchor in anchored(long.text)]
    assert f'href="http://testserver/speeches/{long.pk}/?page=2"' in found[1]


def test_the_pages_can_be_turned_before_and_after_the_text(client: Client, long: Speech) -> None:
    page = get(client, long.get_absolute_url(), page=2)
    before, text, after = page.partition('<div class="text"')
    assert text
    assert "page=3" in before.partition('<article class="speech')[2]
    assert "page=3" in after


def test_a_search_opens_the_page_of_the_first_hit(client: Client, long: Speech) -> None:
    page = get(client, long.get_absolute_url(), q="求实")
    assert "这是第 2 页" in page
    assert MARKED.findall(page) == ["hit-1", "hit-2"]
    assert "共 3 处" in page
    assert 'href="#hit-1" aria-label="第一处"' in page
    first = get(client, long.get_absolute_url(), q="求实", page=1)
    assert "这是第 1 页" in first
    assert re.search(r'href="[^"]*page=2#hit-1" aria-label="第一处"', first)


def test_hits_lead_over_the_page_s_end(client: Client, long: Speech) -> None:
    _first, second, third = pages(client, long, q="求实")
    way = html.unescape(re.findall(r'rel="next" href="([^"]*)"', second)[-1])
    assert way.endswith("page=3#hit-3")
    assert MARKED.findall(get(client, way.partition("#")[0])) == ["hit-3"]
    assert re.findall(r'rel="prev" href="([^"]*)"', third)[-1].endswith("page=2#hit-2")


def test_what_an_address_names_is_on_the_page_that_opens(client: Client, long: Speech) -> None:
    for *_span, anchor in [*anchored(long.text)][::40]:
        assert f'id="{anchor}"' in get(client, long.get_absolute_url(), at=anchor)
    page = get(client, long.get_absolute_url(), at="hit-3", q="求实")
    assert MARKED.findall(page) == ["hit-3"]
    for nonsense in ["hit-9", "hit-0", "hit-" + "9" * 50, "p-00000000", "<b>"]:
        assert "这是第 1 页" in get(client, long.get_absolute_url(), at=nonsense)


def test_the_outline_leads_to_each_heading_s_page(client: Client, long: Speech) -> None:
    for page in pages(client, long, q="求实"):
        ways = re.findall(r'<li class="level-1"><a href="([^"]*)">', page)
        assert len(ways) == 2
        for way in map(html.unescape, ways):
            path, _, anchor = way.rpartition("#")
            assert f'<h2 id="{anchor}"' in (get(client, path) if path else page)


@pytest.mark.parametrize("page", ["99", "abc", "-1", "9" * 100])
def test_any_page_number_gives_a_page(client: Client, long: Speech, page: str) -> None:
    shown = get(client, long.get_absolute_url(), page=page)
    assert ("没有那一页，这是最后一页（第 3 页）。" in shown) == (page[0] == "9")


def test_many_hits_are_divided_too_and_each_is_on_one_page(client: Client) -> None:
    speech = make_speech("实", "求实，务实。\n" * 2500)
    found = pages(client, speech, q="实")
    assert all("共 5,001 处" in page or "共 5001 处" in page for page in found)
    numbers = [number for page in found for number in MARKED.findall(page) if number != "hit-1"]
    assert numbers == [f"hit-{number}" for number in range(2, 5002)]


def test_a_paragraph_without_end_is_cut_and_keeps_one_anchor(client: Client) -> None:
    speech = make_speech("一段", "求实" * 60_000)
    found = pages(client, speech)
    assert "".join(map(body, found)) == speech.text
    assert sum(page.count('<p id="p-') for page in found) == 1
    assert sum(page.count('class="rest"') for page in found) == len(found) - 1 == 1


def test_headings_without_end_are_not_all_listed(client: Client) -> None:
    speech = make_speech("纲目", "".join(f"（{n % 9 + 1}）目\n" for n in range(4500)))
    page = get(client, speech.get_absolute_url())
    assert page.count('<li class="level-') == 500
    assert "另有 4,000 个标题未列出" in page


def test_an_ordinary_speech_is_one_page(client: Client) -> None:
    speech = make_speech("常文", ("求真，" * 18 + "务实。\n") * 1000)
    page = get(client, speech.get_absolute_url(), q="务实")
    assert "页，这是第" not in page
    assert 'class="pages"' not in page
    assert "data-divided" not in page
    assert 'class="rest"' not in page
