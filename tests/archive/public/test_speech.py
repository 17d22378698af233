"""The page of a speech, and its text to download."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from archive.models import State
from search.sync.follow import follow
from tests.archive.public.pages import get, titles
from tests.factories import make_speech

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/speeches/{}/", "/speeches/{}/text/", "/api/v1/speeches/{}/"])
@pytest.mark.parametrize("pk", ["0", "7", "9" * 30])
def test_a_speech_that_is_not_there(client: Client, path: str, pk: str) -> None:
    get(client, path.format(pk), 404)


def test_a_speech_with_its_description(client: Client) -> None:
    speech = make_speech(
        "谈调研",
        "一、多听\n到群众中去。\n二、多看\n眼见为实。",
        date="2024-04-14T10:24:03",
        author="某办公室",
        source_line="来源：网友投稿",
        site_column="理论学习",
        site_tags=["调研", "作风"],
        hit_count=2483,
        declared_length=3623,
        original_url="https://jia.example/1.html",
        removed=[{"start": 0, "end": 3, "text": "广告位", "rule": "ad"}],
    )
    page = get(client, speech.get_absolute_url())
    shown = ["谈调研", "jia站", "讲话稿", "2024年4月14日 10:24:03", "某办公室", "来源：网友投稿"]
    shown += ["理论学习", "调研、作风", "2,483", "3,623", "1 处", "可能不全"]
    for value in shown:
        assert value in page
    assert re.search(r'href="https://jia.example/1.html" rel="noopener noreferrer nofollow"', page)
    assert "广告位" not in page
    anchors = re.findall(r'class="level-1"><a href="#(p-[0-9a-f]{8})">', page)
    assert len(anchors) == 2
    assert all(f'<h2 id="{anchor}" class="level-1">' in page for anchor in anchors)
    assert re.search(r"某办公室\. 谈调研\[EB/OL\]\.（2024-04-14）\[\d{4}-\d\d-\d\d\]\. http", page)


def test_similar_materials_stand_below_the_text(client: Client) -> None:
    text = "政绩观教育要见实效，群众满意是标准，调查研究是基础。"
    speech = make_speech("此篇", text)
    page = get(client, speech.get_absolute_url())
    assert "相近的材料" not in page
    like = text[:14] + "调查研究怎样才有实效，各地办法不同。"
    twin = make_speech("相近一篇", like, source="yi", date="2024-05", type="theory")
    make_speech("转载的一篇", text + "完")
    make_speech("未发布的一篇", text, state=State.DRAFT)
    follow(patient=True)
    _, _, page = get(client, speech.get_absolute_url()).partition("文字几乎相同的材料")
    near_duplicates, _, page = page.partition("相近的材料")
    assert titles(near_duplicates) == ["转载的一篇"]
    assert titles(page) == ["相近一篇"]
    assert [word in page for word in ("yi站", "理论文章", "2024年5月")] == [True] * 3
    twin.state = State.TAKEN_DOWN
    twin.save()
    assert "相近的材料" not in get(client, speech.get_absolute_url())


@pytest.mark.parametrize(
    ("date", "shown"),
    [("", "日期不详"), ("2024", "2024年<"), ("2024-04", "2024年4月<"), ("2024-04-05", "4月5日<")],
)
def test_a_date_is_written_as_far_as_it_is_known(client: Client, date: str, shown: str) -> None:
    assert shown in get(client, make_speech(date=date).get_absolute_url())


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "ftp://jia.example/", "data:text/html,1"]
)
def test_only_web_addresses_are_links(client: Client, address: str) -> None:
    page = get(client, make_speech(original_url=address).get_absolute_url())
    assert address not in page


def test_hits_are_marked_and_numbered_over_title_and_text(client: Client) -> None:
    speech = make_speech("政绩观三讲", "树立正确政绩观。\n再讲政绩，\n观念要变。")
    page = get(client, speech.get_absolute_url(), q='"政绩观"')
    assert re.findall(r'<mark id="(hit-\d)">(.*?)</mark>', page) == [
        ("hit-1", "政绩观"),
        ("hit-2", "政绩观"),
        ("hit-3", "政绩，"),
    ]
    assert "<mark>观</mark>念要变" in page
    assert "第 3/3 处" in page
    assert "共 3 处" in page
    assert "本文没有这些字" in get(client, speech.get_absolute_url(), q="无此语句")
    assert "<mark" not in get(client, speech.get_absolute_url())


def test_masked_spellings_are_read_on_demand(client: Client) -> None:
    speech = make_speech(text="对D忠诚，发展D员，3D打印。")
    own = speech.get_absolute_url()
    assert get(client, own).count('<abbr class="masked" title="读作：党">D</abbr>') == 2
    assert "<mark" in get(client, own, q="对党忠诚")
    assert "<mark" not in get(client, own, q="对党忠诚", restore="0")


def test_the_link_to_edit_is_for_those_who_may(client: Client, admin_client: Client) -> None:
    speech = make_speech()
    edit = f"/archive/speech/{speech.pk}/change/"
    assert edit in get(admin_client, speech.get_absolute_url())
    assert edit not in get(client, speech.get_absolute_url())
    reader = User.objects.create_user("reader", is_staff=True)
    client.force_login(reader)
    assert edit not in get(client, speech.get_absolute_url())
    reader.user_permissions.add(Permission.objects.get(codename="change_speech"))
    assert edit in get(client, speech.get_absolute_url())


def test_the_text_is_downloaded_under_its_title(client: Client) -> None:
    speech = make_speech("谈/调研\n“一”", "第一段\n第二段", date="2024-04")
    response = client.get(f"/speeches/{speech.pk}/text/")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"
    name = quote(f"谈 调研 “一”-{speech.pk}.txt")
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
    body = response.content.decode()
    assert body.endswith("\n\n第一段\n第二段\n")
    assert "来源：jia站\n日期：2024-04\n地址：http://testserver/speeches/" in body
