"""The public pages in real Chromium: keys, input methods, stepping through hits, access, safety."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from archive.models import Speech, State
from search.sync.follow import follow
from tests.archive.browsing import complaining, composing, needs_browser
from tests.factories import make_source, make_speech, publish

pytestmark = needs_browser
WIDTHS = (360, 1280)  # of a phone, of a desk


@pytest.fixture
def speeches() -> list[Speech]:
    source = make_source(note="各地汇编。", home_page="https://jia.example/")
    lines = [
        f"{number}、要务实\n政绩观要正，政绩观要实。{'求真务实，' * 60}" for number in "一二三"
    ]
    made = [
        Speech(
            title="谈政绩观",
            text="对D忠诚。\n" + "\n".join(lines),
            source=source,
            type="speech",
            date="2024-04",
            site_column="理论学习",
            site_tags=["政绩观", "作风"],
        ),
        Speech(
            title="再谈政绩观", text="政绩观。", source=source, type="theory", declared_length=900
        ),
        *(
            Speech(
                title=f"第{n}篇",
                text="政绩观。",
                source=make_source(f"s{n}"),
                type="speech",
                date=str(2000 + n),
            )
            for n in range(20)
        ),
    ]
    for speech in made:
        speech.state = State.PUBLISHED
    publish(made)
    return made


PAGES = [
    "/",
    "/search/",
    "/search/?year=2024&month=2024-04&tag=作风",
    "/search/?q=政绩观&type=speech&source=jia",
    "/search/?q=无此&year=2024",
]
PAGES += ["/sources/", "/sources/jia/", "/about/", "/help/", "/speeches/{pk}/?q=政绩观"]


COLOURS = {"runOnly": ["color-contrast"]}


def assert_accessible_and_fitting(page: Page, width: int, **options: Any) -> None:
    """Assert that axe finds nothing in a page of that width, and that nothing stands beyond its side."""
    page.set_viewport_size({"width": width, "height": 800})
    violations = (
        Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    )
    found = [(violation["id"], violation["nodes"][0]["html"]) for violation in violations]
    assert (page.url, width, found) == (page.url, width, [])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, width)


def test_every_page_is_accessible_and_fits(context: BrowserContext, speeches: list[Speech]) -> None:
    page = complaining(context.new_page())
    for path in [*PAGES, "/nowhere/"]:
        page.goto(path.format(pk=speeches[0].pk))
        for width in WIDTHS:
            page.emulate_media(color_scheme="light")
            assert_accessible_and_fitting(page, width)
        page.emulate_media(color_scheme="dark")  # changes nothing but colours
        assert_accessible_and_fitting(page, width, **COLOURS)
    assert [text for text in page.complaints if "404" not in text] == []


def test_english_pages_are_accessible_and_fit_a_phone(
    context: BrowserContext, speeches: list[Speech], live_server: LiveServer
) -> None:
    context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    page = complaining(context.new_page())
    for path in PAGES:
        page.goto(path.format(pk=speeches[0].pk))
        assert_accessible_and_fitting(page, min(WIDTHS))
    assert page.complaints == []


def test_home_to_a_highlighted_hit_and_on_by_keys(page: Page, speeches: list[Speech]) -> None:
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("“政绩观要正”")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("共 1 篇")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("谈政绩观")
    hits = page.locator("mark[id]")
    assert {text.replace("\n", "") for text in hits.all_inner_texts()} == {"政绩观要正"}
    page.keyboard.press("n")
    expect(page.locator("mark:target")).to_have_id("hit-1")
    page.keyboard.press("n")
    expect(page.locator(".hit-links:visible")).to_have_attribute("data-place", "第 2/3 处")
    expect(page.locator("mark:target")).to_be_in_viewport()
    page.keyboard.press("Shift+N")
    page.keyboard.press("Shift+N")
    expect(page.locator("mark:target")).to_have_id("hit-3")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("共 1 篇")
    assert page.complaints == []


def test_hits_are_stepped_through_without_script(
    browser: Browser, live_server: LiveServer, speeches: list[Speech]
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/speeches/{speeches[0].pk}/?q=“政绩观要正”")
    page.get_by_role("link", name="第一处").click()
    page.locator(".hit-links:visible").get_by_role("link", name="下一处").click()
    assert page.url.endswith("#hit-2")
    expect(page.locator(".hit-links:visible")).to_have_attribute("data-place", "第 2/3 处")
    context.close()


@pytest.mark.parametrize("pill", [".hitbar", ".hit-links:visible"])
def test_the_pill_stays_clear_of_a_phone_s_edge_and_of_the_footer(
    page: Page, speeches: list[Speech], pill: str
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    editor = page.context.new_cdp_session(page)
    page.goto(f"/speeches/{speeches[0].pk}/?q=政绩观{'#hit-2' if 'links' in pill else ''}")
    for link in page.locator(pill).get_by_role("link").all():
        assert link.bounding_box()["height"] >= 36
    for inset in (0, 34):
        editor.send("Emulation.setSafeAreaInsetsOverride", {"insets": {"bottom": inset}})
        box = page.locator(pill).bounding_box()
        assert box["y"] + box["height"] <= 740 - inset - 20
    page.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
    last = page.get_by_role("button", name="快捷键").bounding_box()
    assert last["y"] + last["height"] < box["y"]


def test_keys_mean_nothing_while_typing(page: Page, speeches: list[Speech]) -> None:
    page.goto(f"/speeches/{speeches[0].pk}/?q=政绩观")
    page.get_by_label("在本文中查找").fill("")
    page.keyboard.type("/njk?4")
    expect(page.get_by_label("在本文中查找")).to_have_value("/njk?4")
    assert page.url.endswith("观") or "#" not in page.url
    assert page.evaluate("document.documentElement.dataset.size") is None


@composing
def test_enter_that_confirms_a_candidate_sends_nothing(page: Page, speeches: list[Speech]) -> None:
    page.goto("/")
    page.locator("#q").focus()
    editor = page.context.new_cdp_session(page)
    compose = {"selectionStart": 7, "selectionEnd": 7, "text": "zhengji"}
    editor.send("Input.imeSetComposition", compose)
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    editor.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    page.evaluate("document.querySelector('.box').requestSubmit()")
    editor.send("Input.insertText", {"text": "政绩"})
    editor.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    expect(page.locator("#q")).to_have_value("政绩")
    assert page.url.endswith("/")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q="))


def test_a_long_facet_is_narrowed_by_typing(page: Page, speeches: list[Speech]) -> None:
    page.goto("/search/")
    facet = page.get_by_role("region", name="来源")
    rows = facet.get_by_role("link")
    expect(rows).to_have_count(8)
    facet.get_by_text("更多").click()
    expect(rows).to_have_count(21)
    box = facet.get_by_role("searchbox", name="在这里面找")
    box.press_sequentially("S1")
    expect(rows).to_have_count(11)
    box.press_sequentially("9njk")
    expect(rows).to_have_count(0)
    expect(facet.get_by_role("status")).to_have_text("没有这样的项")
    assert Axe().run(page).response["violations"] == []
    box.fill("ｓ１９站")
    expect(rows).to_have_text(["s19站 1"])
    expect(facet.get_by_role("status")).to_have_text("")
    assert [text for text in page.complaints if "inline style" not in text] == []


def test_choices_are_remembered(page: Page, speeches: list[Speech]) -> None:
    page.goto(f"/speeches/{speeches[0].pk}/")
    size = "parseFloat(getComputedStyle(document.querySelector('.text')).fontSize)"
    before = page.evaluate(size)
    page.keyboard.press("4")
    assert page.evaluate(size) > before
    page.get_by_role("button", name="深色").click()
    page.reload()
    assert page.evaluate(size) > before
    expect(page.get_by_role("button", name="特大")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(25, 23, 20)"
    page.get_by_role("button", name="自动").click()
    assert page.evaluate("document.documentElement.dataset.theme") is None


def test_a_passage_is_copied_with_its_source(page: Page, speeches: list[Speech]) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/speeches/{speeches[0].pk}/")
    page.evaluate("getSelection().selectAllChildren(document.querySelectorAll('.text > p')[0])")
    page.get_by_role("button", name="复制引文").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    passage, citation, address, *_ = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert passage == "“对D忠诚。”"
    assert citation.startswith("谈政绩观[EB/OL].（2024-04）[")
    page.goto(address)
    expect(page.locator(":target")).to_have_text("对D忠诚。")


def test_the_sheet_of_keys_opens_and_closes(page: Page, speeches: list[Speech]) -> None:
    page.goto("/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_outline_follows_and_the_citation_opens(page: Page, speeches: list[Speech]) -> None:
    page.goto(f"/speeches/{speeches[0].pk}/")
    page.get_by_role("link", name="三、要务实").click()
    expect(page.locator(".outline [aria-current]")).to_have_text("三、要务实")
    page.get_by_role("link", name="引用", exact=True).click()
    expect(page.locator(".citation").first).to_be_visible()


def test_a_citation_is_copied_in_each_form(page: Page, speeches: list[Speech]) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/speeches/{speeches[0].pk}/#cite")
    buttons = page.get_by_role("button", name="复制", exact=True)
    expect(buttons).to_have_count(4)
    beginnings = ["谈政绩观[EB/OL].（2024-04）[", "谈政绩观[EB/OL]. (2024-04)[", "@online{", "[{"]
    for left, beginning in zip((3, 2, 1, 0), beginnings, strict=True):
        buttons.first.click()
        expect(buttons).to_have_count(left)
        assert page.evaluate("navigator.clipboard.readText()").startswith(beginning)
    assert Axe().run(page).response["violations"] == []


def test_nothing_a_visitor_or_a_text_brings_is_executed(page: Page) -> None:
    attacks = [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</title><svg onload=alert(1)>",
        "javascript:alert(1)",
        "'-alert(1)-'",
        "{{7*7}}{% load x %}",
    ]
    for attack in attacks:
        make_speech(
            f"题{attack}", f"一、{attack}\n二、{attack}", original_url=attack, author=attack
        )
    follow(patient=True)
    for attack in attacks:
        page.goto("/")
        page.locator("#q").fill(attack)
        page.keyboard.press("Enter")
        page.wait_for_url("**/search/?q=*")
        if page.locator(".card h2 a").count():
            page.locator(".card h2 a").first.click()
            page.wait_for_url("**/speeches/**")
    assert page.complaints == []
