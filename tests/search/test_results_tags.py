"""Cards and facet values as HTML: what stands in them stays text."""

from types import SimpleNamespace

from django.template import Context, Template
from django.utils.html import escape
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from search.backend import Explanation
from search.results import ResultRow
from search.web.links import Link

HOSTILE = st.text("<>&\"'= 甲\n", max_size=8)


def render(source: str, **context: object) -> str:
    return Template("{% load results %}" + source).render(Context(context))


def row(address: str, **values: object) -> ResultRow:
    found = SimpleNamespace(get_absolute_url=lambda: address)
    given_ = {"hits": 0, "title": "题", "snippets": ()} | values
    return ResultRow(pk=1, object=found, score=1.0, **given_)  # type: ignore[arg-type]


@given(label=HOSTILE, url=HOSTILE, selected=st.booleans())
def test_labels_and_addresses_of_values_are_text(label: str, url: str, selected: bool) -> None:
    inner = Link(label, url, 1)
    page = render("{% values links %}", links=[Link(label, url, 1234, selected, (inner,))])
    assert page.count(f'<a href="{escape(url)}" rel="nofollow"') == 2
    assert page.count(f"<span>{escape(label)}</span>") == 2
    assert page.count("<") == 18 + 2 * selected
    assert "1,234" in page
    assert page.count('aria-current="true"') == selected


@given(address=HOSTILE, within=HOSTILE, about=HOSTILE)
def test_a_card_holds_no_markup_but_what_is_marked_safe(
    address: str, within: str, about: str
) -> None:
    page = render("{% card row within about %}", row=row(address), within=within, about=about)
    assert f'<h2><a href="{escape(address + within)}" lang="zh-hans">题</a></h2>' in page
    assert page.count("<") == 6
    safe = render("{% card row '' about %}", row=row(""), about=mark_safe("<p>关于</p>"))
    assert "<p>关于</p>" in safe


def test_a_card_shows_passages_hits_and_what_its_score_is_made_of() -> None:
    found = row(
        "/1/", hits=1234, snippets=("甲<mark>乙</mark>",), explanation=Explanation("constant", 2.5)
    )
    page = render("{% card row '?q=1&r=2' %}", row=found)
    assert '<blockquote lang="zh-hans"><p>甲<mark>乙</mark></p></blockquote>' in page
    assert '<p class="hits"><a href="/1/?q=1&amp;r=2#hit-1">本文 1,234 处</a></p>' in page
    assert "2.50" in page
    long = render("{% card row '' %}", row=row("/1/", hits_more=True, hits=3))
    assert "只数到 3 处" in long
