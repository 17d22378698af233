"""One run in real Chromium: home, log in, upload, look, confirm, publish, search, the marked hit."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group, User
from playwright.sync_api import Page, Route, expect

from archive.models import Speech
from tests.archive.browsing import needs_browser
from tests.factories import make_speech

pytestmark = needs_browser

PAGE = """欢迎来到示例文稿网!

在全县调查研究座谈会上的讲话

时间:2024-05-06 08:09:10 来源:网友投稿

同志们:
调查研究是谋事之基、成事之道。要把功夫下在平时,把脚印留在基层,把问题解决在现场。
一、到群众中去
到矛盾多的地方去,到意见大的地方去,和群众坐在一条板凳上,听真话、记实情、算细账。
二、把答案写在田埂上
求真务实不是一句口号。每一条建议都要有出处,每一个数字都要经得起追问,做到行百里者半九十。
推荐访问:座谈会 调查研究
"""


@pytest.fixture
def editor() -> User:
    """An editor, as `create_editor` makes one."""
    user = User.objects.create_user("bianji", password="ce-shi-mi-ma-9", is_staff=True)
    user.groups.add(Group.objects.get(name="editor"))
    return user


def accessible(page: Page) -> None:
    """Ask axe; its own inline styles, which the policy stops, are no complaint about the page."""
    before = list(page.complaints)
    assert Axe().run(page).response["violations"] == []
    page.complaints[:] = before


def log_in(page: Page, user: User) -> None:
    page.goto("/admin/")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", "ce-shi-mi-ma-9")
    page.click("input[type=submit]")


@pytest.mark.usefixtures("transactional_db")
def test_a_slow_form_says_that_it_is_being_sent_and_is_sent_once(page: Page, editor: User) -> None:
    speech = make_speech("甲题", "乙文。")
    log_in(page, editor)
    page.goto(f"/admin/archive/speech/{speech.pk}/change/")
    page.fill("#id_title", "丙题")
    sent: list[Route] = []

    def hold(route: Route) -> None:
        sent.append(route)
        route.fulfill(status=204)  # no answer comes: the browser stays on the page

    page.route("**/change/", hold)
    page.evaluate("for (const _ of '12') document.querySelector('[name=_continue]').click()")
    expect(page.locator("form[aria-busy] [role=status]")).to_have_text("正在保存…")
    expect(page.locator("[name=_continue]").first).to_have_value("正在保存…")
    page.evaluate("document.querySelector('[name=_continue]').click()")
    assert [route.request.method for route in sent] == ["POST"]
    assert "_continue" in sent[0].request.post_data


@pytest.mark.usefixtures("transactional_db")
def test_from_home_to_upload_to_search_to_a_marked_hit(
    page: Page,
    editor: User,
    tmp_path: Path,
) -> None:
    file = tmp_path / "讲话.txt"
    file.write_text(PAGE, "utf-8")
    page.goto("/")
    log_in(page, editor)
    page.goto("/admin/archive/speech/upload/")
    accessible(page)
    page.set_input_files("input[type=file]", str(file))
    page.click("form.upload input[type=submit]")
    expect(page.locator("fieldset.card")).to_have_count(1)
    expect(page.locator("input[name$=title]")).to_have_value("在全县调查研究座谈会上的讲话")
    expect(page.locator("input[name$=date]")).to_have_value("2024-05-06T08:09:10")
    accessible(page)
    assert not Speech.objects.exists()
    page.click("button[name=_publish]")
    expect(page.locator("body")).to_contain_text("新增")
    page.goto("/")
    page.fill("input[name=q]", "行百里者半九十")
    page.keyboard.press("Enter")
    page.click("text=在全县调查研究座谈会上的讲话")
    expect(page.locator("mark").first).to_have_text("行百里者半九十")
    expect(page.locator("body")).not_to_contain_text("欢迎来到")
    assert page.complaints == []
