"""Real Chromium for the tests of pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
needs_browser = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium (set CHROMIUM to its path)"),
]

composing = pytest.mark.thread(
    "https://github.com/huggingface/hub-docs/issues/2674",
    "https://github.com/algolia/instantsearch/pull/5963",
    "https://github.com/algolia/autocomplete/pull/901",
    "https://github.com/fuma-nama/fumadocs/pull/2100",
    "https://github.com/payloadcms/payload/pull/17138",
    "https://github.com/TriliumNext/Notes/pull/1598",
)
"""Where Enter sent what an input method had not finished, or half a syllable was searched for."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright's own loop runs in this thread; Django must not take it for an async caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def context(browser: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return complaining(context.new_page())


def complaining(page: Page) -> Page:
    """Return the page, with anything that goes wrong in it kept in `page.complaints`."""
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on(
        "console",
        lambda message: message.type == "error" and page.complaints.append(message.text),
    )
    page.on("dialog", lambda dialog: (page.complaints.append("dialog"), dialog.dismiss()))
    return page
