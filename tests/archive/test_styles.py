"""The style sheets, as Chromium reads them: what it does not understand it leaves out without a word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from playwright.sync_api import Browser

from tests.archive.browsing import needs_browser

SHEETS = sorted(Path(settings.BASE_DIR, "static").glob("*.css"))
# One declaration a line, as `make fix` writes them.
_DECLARATION = re.compile(r"^ +([\w-]+): ([^;]+?)(?: !important)?;", re.MULTILINE)
_SELECTOR = re.compile(r"^ *([^@/\s][^{;}\n]*) \{$", re.MULTILINE)
# What other browsers understand, and Chromium does without.
_OTHERS = {"-webkit-text-size-adjust", "hanging-punctuation"}


@pytest.fixture(params=SHEETS, ids=lambda sheet: sheet.name)
def sheet(request: pytest.FixtureRequest) -> str:
    return request.param.read_text("utf-8")


def test_every_variable_is_declared(sheet: str) -> None:
    djangos = Path(admin.__file__).parent / "static/admin/css"
    known = sheet + "".join(each.read_text("utf-8") for each in djangos.glob("*.css"))
    assert set(re.findall(r"var\((--[\w-]+)", sheet)) <= set(re.findall(r"(--[\w-]+):", known))


class TestInChromium:
    pytestmark = needs_browser

    def test_every_declaration_and_selector_is_understood(
        self, browser: Browser, sheet: str
    ) -> None:
        declarations, selectors = _DECLARATION.findall(sheet), _SELECTOR.findall(sheet)
        assert min(len(declarations), len(selectors)) > 50
        page = browser.new_page()
        wrong = page.evaluate("(all) => all.filter((each) => !CSS.supports(...each))", declarations)
        lost = page.evaluate(
            "(all) => all.filter((each) => { try { document.querySelector(each) } catch { return true } })",
            selectors,
        )
        page.close()
        assert [each for each in wrong if each[0] not in _OTHERS] == []
        assert lost == []
