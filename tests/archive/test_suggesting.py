"""The search box as a combobox, in real Chromium: keys, clicks, input methods, late answers."""

from __future__ import annotations

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from archive.models import Speech
from search.sync.follow import follow
from tests.archive.browsing import composing, needs_browser
from tests.factories import make_source, make_speech

pytestmark = needs_browser
LONG_ENOUGH = 600  # ms, several times the pause after which the box asks


@pytest.fixture(autouse=True)
def speech(transactional_db: None) -> Speech:
    source = make_source("gong", name="功成文稿网")
    made = make_speech("论功成", "他说“功成不必在我，功成必定有我”。", source=source)
    make_speech("再论功成", "别的话。", source=source, date="2024")
    follow(patient=True)
    return made


@pytest.fixture
def asked(page: Page) -> list[str]:
    """Return the beginnings that the page has asked about."""
    addresses: list[str] = []
    page.on("request", lambda r: "/suggest/" in r.url and addresses.append(r.url.split("q=")[1]))
    return addresses


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="检索词")


def test_everything_is_offered_in_groups_and_reached_by_keys(
    page: Page, asked: list[str], speech: Speech
) -> None:
    page.goto("/")
    before = page.locator(".samples").bounding_box()
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    box(page).press_sequentially("功成", delay=20)
    expect(page.get_by_role("option")).to_have_text(
        ["再论功成", "论功成", "功成文稿网2", "功成不必在我，功成必定有我1"]
    )
    assert len(asked) == 1
    assert page.locator(".samples").bounding_box() == before
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    for name in ["题目", "来源", "引文"]:
        expect(page.get_by_role("group", name=name)).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("ArrowUp")
    chosen = page.get_by_role("option", selected=True)
    expect(chosen).to_have_text("功成不必在我，功成必定有我1")
    expect(box(page)).to_have_attribute("aria-activedescendant", chosen.get_attribute("id"))
    page.keyboard.press("ArrowDown")
    expect(chosen).to_have_count(0)
    expect(box(page)).not_to_have_attribute("aria-activedescendant", re.compile("."))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(chosen).to_have_text("论功成")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/speeches/{speech.pk}/$"))
    assert [text for text in page.complaints if "inline style" not in text] == []


def test_escape_closes_first_and_keeps_the_words(page: Page) -> None:
    page.goto("/about/")
    box(page).fill("功成")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box(page)).to_have_value("功成")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_text("再论功成")
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_enter_without_a_choice_searches_for_what_is_typed(page: Page) -> None:
    page.goto("/about/")
    box(page).fill("功成")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q="))
    expect(box(page)).to_have_value("功成")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_a_quotation_is_searched_for_by_a_click(page: Page) -> None:
    page.goto("/")
    box(page).fill("功成不必")
    page.get_by_role("option", name="功成不必在我").click()
    expect(box(page)).to_have_value("“功成不必在我，功成必定有我”")
    expect(page.get_by_role("heading", level=1)).to_have_text("共 1 篇")


@composing
def test_nothing_is_asked_while_an_input_method_is_open(page: Page, asked: list[str]) -> None:
    page.goto("/")
    box(page).focus()
    editor = page.context.new_cdp_session(page)
    for text in ["g", "go", "gong'cheng"]:
        editor.send(
            "Input.imeSetComposition",
            {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
        )
    page.wait_for_timeout(LONG_ENOUGH)
    assert asked == []
    editor.send("Input.insertText", {"text": "功成"})
    expect(page.get_by_role("option")).to_have_count(4)
    assert len(asked) == 1
    page.keyboard.press("ArrowDown")
    editor.send("Input.imeSetComposition", {"text": "b", "selectionStart": 1, "selectionEnd": 1})
    expect(page.get_by_role("listbox")).to_be_hidden()
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    editor.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    editor.send("Input.insertText", {"text": "不"})
    editor.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    expect(box(page)).to_have_value("功成不")
    expect(page.get_by_role("option")).to_have_text(["功成不必在我，功成必定有我1"])
    assert page.url.endswith("/")


def test_a_late_answer_to_what_is_no_longer_typed_is_not_shown(page: Page) -> None:
    def late(route: Route) -> None:
        if route.request.url.endswith("%E8%AE%BA"):
            time.sleep(0.4)
        route.continue_()

    page.goto("/")
    page.route("**/suggest/**", late)
    box(page).fill("论")
    page.wait_for_timeout(200)
    box(page).fill("功成文")
    expect(page.get_by_role("option")).to_have_text(["功成文稿网2"])
    page.wait_for_timeout(LONG_ENOUGH)
    expect(page.get_by_role("option")).to_have_count(1)
    box(page).fill("")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.route("**/suggest/**", lambda route: route.abort())
    box(page).fill("功成")
    page.wait_for_timeout(LONG_ENOUGH)
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_without_script_it_is_a_plain_search_box(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("searchbox", name="检索词").fill("功成")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q="))
    context.close()


def test_the_box_of_a_source_offers_nothing_from_elsewhere(page: Page, asked: list[str]) -> None:
    page.goto("/sources/gong/")
    page.get_by_role("searchbox", name="检索词").fill("功成")
    page.wait_for_timeout(LONG_ENOUGH)
    assert asked == []
