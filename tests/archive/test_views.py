"""The public pages: what they show, to whom, and what they make of junk."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client, RequestFactory
from django.views.defaults import server_error
from pytest_django import DjangoAssertNumQueries

from archive.facets import FACETS
from archive.models import Speech, State
from search import indexing
from tests.factories import make_source, make_speech

pytestmark = pytest.mark.django_db

HIDDEN = [state for state in State if state != State.PUBLISHED]
FIXED = ["/", "/search/", "/sources/", "/about/", "/help/"]
OWN_PAGES = ["/sources/jia/", "/speeches/{pk}/", "/speeches/{pk}/text/", "/api/v1/speeches/{pk}/"]
LISTS = ["/", "/search/", "/sources/", "/sources/jia/", "/about/", "/sitemap-speeches.xml"]
LISTS += ["/sitemap-sources.xml", "/feeds/search/", "/api/v1/search/"]
JUNK = [
    "\0",
    "字" * 10_000,
    "(" * 5_000,
    "😀👨‍👩‍👧",
    "*:*",
    "x) OR state:draft OR (x",
    '"没有收尾',
    "“",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "\ufeff\u202e\u200b",
    "%",
    "日期:2024-99..",
    "NEAR/0 OR AND -",
]


def get(client: Client, path: str, status: int = 200, **parameters: object) -> str:
    query = urlencode(parameters, doseq=True)
    response = client.get(f"{path}?{query}" if query else path)
    assert response.status_code == status
    return response.content.decode()


def titles(page: str) -> list[str]:
    return re.findall(r'<h[23]><a href="/speeches/[^>]*>(.*?)</a></h[23]>', page)


# Empty and broken states


@pytest.mark.parametrize("path", [*FIXED, "/feeds/search/", "/sitemap.xml", "/robots.txt"])
def test_an_empty_archive_has_all_its_pages(client: Client, path: str) -> None:
    indexing.follow(patient=True)
    get(client, path)


def test_without_an_index_the_archive_is_still_read(client: Client) -> None:
    speech = make_speech("留存的题目")
    for path in ["/", "/sources/", "/sources/jia/", speech.get_absolute_url(), "/about/"]:
        assert "jia站" in get(client, path)
    assert "检索正在重建" in get(client, "/search/", q="题目")
    assert "检索正在重建" in get(client, "/api/v1/search/", 503)
    get(client, "/feeds/search/")


# Visibility


@pytest.mark.parametrize("state", HIDDEN)
@pytest.mark.parametrize("staff", [False, True])
def test_what_is_not_published_exists_for_nobody(
    client: Client, admin_client: Client, state: State, staff: bool
) -> None:
    someone = admin_client if staff else client
    speech = make_speech("隐去之题", "隐去之文。", state=state, source=make_source(name="隐去之站"))
    indexing.follow(patient=True)
    for path in OWN_PAGES[1:]:
        page = get(someone, path.format(pk=speech.pk), 404, q="隐去")
        assert "隐去之" not in page
    for path in LISTS:
        if path == "/sources/jia/":
            continue
        assert "隐去之" not in get(someone, path)
        assert f"/speeches/{speech.pk}/" not in get(someone, path)
    assert get(someone, "/api/v1/search/", q="隐去").startswith('{"count": 0')
    assert titles(get(someone, "/search/", q="隐去")) == []
    assert titles(get(someone, "/sources/jia/")) == []


def test_hiding_takes_a_result_away_before_the_index_follows(client: Client) -> None:
    speech = make_speech("隐去之题")
    indexing.follow(patient=True)
    assert titles(get(client, "/search/", q="隐去之题")) != []
    speech.state = State.RESTRICTED
    speech.save()
    assert titles(get(client, "/search/", q="隐去之题")) == []


def test_a_source_that_is_not_there(client: Client) -> None:
    get(client, "/sources/none/", 404)
    get(client, "/sources/a%00b/", 404)


@pytest.mark.parametrize("path", ["/speeches/{}/", "/speeches/{}/text/", "/api/v1/speeches/{}/"])
@pytest.mark.parametrize("pk", ["0", "7", "9" * 30])
def test_a_speech_that_is_not_there(client: Client, path: str, pk: str) -> None:
    get(client, path.format(pk), 404)


# Junk


@pytest.mark.parametrize("value", JUNK)
def test_junk_is_answered_with_a_page(client: Client, value: str) -> None:
    speech = make_speech()
    indexing.follow(patient=True)
    junk = {name: [value, value[:9]] for name in (*FACETS, "q", "sort", "page")}
    paths = ["/", "/search/", "/sources/jia/", speech.get_absolute_url(), "/about/"]
    for path in [*paths, "/feeds/search/", "/api/v1/search/", speech.get_absolute_url() + "text/"]:
        page = get(client, path, **junk, restore=value)
        assert "<script>alert" not in page or path.startswith("/api/")  # JSON is plain text


@pytest.mark.parametrize("path", ["/search/", "/sources/jia/"])
@pytest.mark.parametrize("page", ["abc", "-1", "0", "99999", "1e9", "9" * 5000, ""])
def test_any_page_number_gives_a_page(client: Client, path: str, page: str) -> None:
    make_speech("唯一之题")
    indexing.follow(patient=True)
    assert titles(get(client, path, page=page)) == ["唯一之题"]


def test_a_page_beyond_the_end_is_the_last_and_says_so(client: Client) -> None:
    make_speech()
    indexing.follow(patient=True)
    assert "没有那一页" in get(client, "/search/", page=5)
    assert "没有那一页" not in get(client, "/search/", page=1)


@pytest.mark.parametrize("path", ["/search/", "/sources/jia/"])
def test_values_that_do_not_exist_are_ignored_and_named(client: Client, path: str) -> None:
    make_speech("唯一之题")
    indexing.follow(patient=True)
    odd = {"type": "<b>", "year": "abcd", "sort": "nosuch"}
    page = get(client, path, **odd, page=3)
    assert titles(page) == ["唯一之题"]
    assert re.findall(r'<p class="note">(.*?)</p>', page) == [
        "没有这个类型：&lt;b&gt;，已忽略。",
        "没有这个年份：abcd，已忽略。",
        "没有这种排序：nosuch，已忽略。",
        "没有那一页，这是最后一页（第 1 页）。",
    ]
    assert "去掉</span>" not in page
    assert 'class="note"' not in get(client, path, type="speech", year="", page="1")
    assert 'class="note"' not in get(client, path, type="theory", year="1900")


def test_too_many_parameters_are_refused_in_the_site_s_dress(client: Client) -> None:
    assert "看不懂的请求" in get(client, "/search/", 400, year=range(2000))


@pytest.mark.parametrize("markup", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_markup_in_what_is_stored_is_shown_as_text(client: Client, markup: str) -> None:
    source = make_source(name=f"站{markup}", note=markup, licence=markup, domains=[markup])
    speech = make_speech(
        f"题{markup}",
        f"一、{markup}\n正文{markup}",
        source=source,
        original_url=f"javascript:alert(1)//{markup}",
        source_line=markup,
        site_column=markup,
        site_tags=[markup],
        author=markup,
    )
    indexing.follow(patient=True)
    own = speech.get_absolute_url()
    for path in [*FIXED, "/sources/jia/", own, f"{own}?q=alert", "/search/?q=alert"]:
        page = get(client, path)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert 'href="javascript' not in page.lower()


# Home, sources, about, help


def test_home_leads_everywhere(client: Client) -> None:
    make_speech("较早", date="2023-05", source="yi", type="theory")
    make_speech("较晚", date="2024-05-06", source="yi")
    page = get(client, "/")
    assert titles(page) == ["较晚", "较早"]
    for link in ["/search/?source=yi", "/search/?type=theory", "/search/?year=2023", "/search/?q="]:
        assert f'href="{link}' in page
    assert 'href="/speeches/' in page
    assert page.index('type="search"') < page.index("<h2")


def test_home_asks_the_database_little(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        make_speech(source=f"s{number}")
    with django_assert_max_num_queries(5):
        get(client, "/")


def test_sources_are_listed_by_size(client: Client) -> None:
    make_source("kong", name="空站")
    make_speech(source="shao")
    make_speech(source="duo")
    make_speech(source="duo")
    page = get(client, "/sources/")
    assert "空站" not in page
    assert page.index("duo站") < page.index("shao站")


def test_a_source_has_facets_orders_and_pages(client: Client) -> None:
    for number in range(25):
        make_speech(f"题{number}", date=f"2024-01-{number + 1:02d}", type="theory")
    make_speech("无日期")
    make_speech("别处", source="yi")
    page = get(client, "/sources/jia/")
    assert titles(page)[:2] == ["题24", "题23"]
    assert len(titles(page)) == 20
    assert len(titles(get(client, "/sources/jia/", page=2))) == 6
    assert titles(get(client, "/sources/jia/", sort="oldest"))[0] == "题0"
    assert titles(get(client, "/sources/jia/", sort="oldest", page=2))[-1] == "无日期"
    assert titles(get(client, "/sources/jia/", year="unknown")) == ["无日期"]
    assert titles(get(client, "/sources/jia/", type="speech")) == ["无日期"]
    assert titles(get(client, "/sources/jia/", type="speech", year=2024)) == []
    assert len(titles(get(client, "/sources/jia/", year=["2024", "unknown"]))) == 20
    assert 'name="source" value="jia"' in page
    assert 'href="/sources/jia/?type=theory"' in page


def test_months_of_a_source_stand_beneath_the_chosen_year(client: Client) -> None:
    for date in ["2024-05-06", "2024-05", "2024-12-31", "2024", "2025", "2023-05-01", ""]:
        make_speech(date or "无日期", date=date)
    make_speech("2024-05-07", date="2024-05-07", type="theory")
    make_speech("别处", date="2024-05", source="yi")
    assert "5月</span>" not in get(client, "/sources/jia/")
    page = get(client, "/sources/jia/", year="2024")
    rows = r'href="([^"]*)"[^>]*><span>(\d+月?)</span><span class="count">(\d)'
    assert re.findall(rows, page) == [
        ("/sources/jia/?year=2024&amp;year=2025", "2025", "1"),
        ("/sources/jia/", "2024", "5"),
        ("/sources/jia/?year=2024&amp;month=2024-12", "12月", "1"),
        ("/sources/jia/?year=2024&amp;month=2024-05", "5月", "3"),
        ("/sources/jia/?year=2024&amp;year=2023", "2023", "1"),
    ]
    page = get(client, "/sources/jia/", year="2024", month="2024-05")
    assert titles(page) == ["2024-05-07", "2024-05-06", "2024-05"]
    assert re.findall(r"去掉</span>(.*?)<span", page) == ["2024", "2024年5月"]
    assert titles(get(client, "/sources/jia/", month="2024-12")) == ["2024-12-31"]
    several = get(client, "/sources/jia/", year=["2024", "unknown"], month="2024-12")
    assert titles(several) == ["2024-12-31", "无日期"]
    chosen = get(client, "/sources/jia/", year="2024", month="2024-05", type="speech")
    assert titles(chosen) == ["2024-05-06", "2024-05"]
    assert "没有这个月份：2024-13，已忽略。" in get(client, "/sources/jia/", month="2024-13")


@pytest.mark.parametrize("year", [[], ["2024"], ["2023", "unknown"]])
@pytest.mark.parametrize("month", [[], ["2024-05"], ["2024-05", "2023-01"]])
@pytest.mark.parametrize("type", [[], ["theory"]])
def test_a_source_s_page_counts_as_the_page_of_results(
    client: Client, year: list[str], month: list[str], type: list[str]
) -> None:
    for date in ["2024-05-06", "2024-05", "2024-12-31", "2024", "2023-01-02", "2023", ""]:
        make_speech(date=date)
        make_speech(date=date[:7], type="theory")
    indexing.follow(patient=True)
    chosen = {"year": year, "month": month, "type": type}
    row = r'<span>([^<]*)</span><span class="count">(\d+)'
    own = re.findall(row, get(client, "/sources/jia/", **chosen))
    everywhere = re.findall(row, get(client, "/search/", **chosen))
    assert own == [each for each in everywhere if each[0] != "jia站"]
    own_titles = titles(get(client, "/sources/jia/", **chosen))
    assert len(own_titles) == int(
        re.search(r"全部材料，(\d+) 篇|没有找到", get(client, "/search/", **chosen)).group(1) or 0
    )


def test_a_source_named_in_chinese(client: Client) -> None:
    make_speech(source="学习网")
    assert "学习网站" in get(client, f"/sources/{quote('学习网')}/")


def test_statistics_are_true(client: Client) -> None:
    make_speech(text="一二三", date="2020")
    make_speech(text="一" * 12_345, date="2024", source="yi")
    make_speech(text="一")
    page = get(client, "/about/")
    for figure in ["<dd>3</dd>", "<dd>12,349</dd>", "<dd>2020—2024</dd>", "<dd>1</dd>", "33.3 %"]:
        assert figure in page


# A speech


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
    twin = make_speech("相近一篇", text + "又一句。", source="yi", date="2024-05", type="theory")
    make_speech("未发布的一篇", text, state=State.DRAFT)
    indexing.follow(patient=True)
    page = get(client, speech.get_absolute_url()).partition("相近的材料")[2]
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


# Results


@pytest.fixture
def three() -> list[Speech]:
    made = [
        make_speech("甲题", "扛起对党的责任。", date="2023-01-02", type="theory", source="yi"),
        make_speech("乙题", "对党忠诚，扛起责任。", date="2024-05", type="speech"),
        make_speech("丙题", "扛起责任，扛起使命。", type="speech"),
    ]
    indexing.follow(patient=True)
    return made


def test_results_are_counted_marked_and_filtered(client: Client, three: list[Speech]) -> None:
    page = get(client, "/search/", q="扛起")
    assert "共 3 篇" in page
    assert page.count("<mark>扛起</mark>") == 4
    assert f'href="/speeches/{three[2].pk}/?q=%E6%89%9B%E8%B5%B7#hit-1">本文 2 处' in page
    assert "日期不详" in page
    assert titles(get(client, "/search/", q="扛起", type="theory")) == ["甲题"]
    assert titles(get(client, "/search/", q="扛起", year=["2023", "2024"], sort="oldest")) == [
        "甲题",
        "乙题",
    ]
    assert titles(get(client, "/search/", q="扛起", year="unknown")) == ["丙题"]


def test_without_a_query_everything_newest_first(client: Client, three: list[Speech]) -> None:
    page = get(client, "/search/")
    assert titles(page) == ["乙题", "甲题", "丙题"]
    assert "全部材料，3 篇" in page
    assert "相关</a>" not in page


def test_chosen_values_are_chips_and_marked_in_their_facet(
    client: Client, three: list[Speech]
) -> None:
    page = get(client, "/search/", q="扛起", type=["speech", "junk"], year="1999", sort="newest")
    chips = re.findall(r"去掉</span>(.*?)<span", page)
    assert chips == ["讲话稿", "1999"]
    assert 'href="/search/?q=%E6%89%9B%E8%B5%B7&amp;sort=newest">清除' in page.replace(
        '" rel="nofollow">清除', '">清除'
    )
    assert page.count('aria-current="true"><span>讲话稿') == 1
    assert 'type="hidden" name="type" value="speech"' in page
    assert 'type="hidden" name="sort" value="newest"' in page


def test_months_stand_beneath_the_chosen_year(client: Client, three: list[Speech]) -> None:
    assert "5月" not in re.sub(r"<time.*?</time>", "", get(client, "/search/"))
    page = get(client, "/search/", year=["2024", "2023"])
    listed = re.findall(r'href="([^"]*)"[^>]*><span>(\d+月?)</span><span class="count">(\d)', page)
    assert listed == [
        ("/search/?year=2023", "2024", "1"),
        ("/search/?year=2024&amp;year=2023&amp;month=2024-05", "5月", "1"),
        ("/search/?year=2024", "2023", "1"),
        ("/search/?year=2024&amp;year=2023&amp;month=2023-01", "1月", "1"),
    ]
    page = get(client, "/search/", year=["2024", "2023"], month=["2024-01", "2024-13", "2024-1"])
    assert titles(page) == ["甲题"]
    assert re.findall(r"去掉</span>(.*?)<span", page) == ["2024", "2023", "2024年1月"]
    assert 'href="/search/?year=2023" rel="nofollow"><span class="unseen">去掉' in page


def test_columns_and_tags_are_folded_facets_where_there_are_any(client: Client) -> None:
    make_speech("甲题", site_column="理论学习", site_tags=["调研", "作风"])
    make_speech("乙题", site_tags=["调研"])
    make_speech("丙题", state=State.DRAFT, site_column="密栏", site_tags=["密签"])
    indexing.follow(patient=True)
    page = get(client, "/search/")
    for heading in ["栏目", "标签"]:
        assert re.search(rf'<details class="folded"><summary><h2 id="[^"]*">{heading}</h2>', page)
    assert "密" not in page
    assert page.count("<span>理论学习</span>") == 1
    assert titles(get(client, "/search/", tag="调研")) == ["乙题", "甲题"]
    page = get(client, "/search/", tag="作风", column="理论学习")
    assert titles(page) == ["甲题"]
    assert "folded" not in page
    page = get(client, "/search/", tag="密签", column=["密栏", "理论学习"])
    assert titles(page) == ["甲题"]
    assert page.count("密") == 2
    for said in ["没有这个标签：密签，已忽略。", "没有这个栏目：密栏，已忽略。"]:
        assert said in page


def test_nothing_found_says_what_would_help(client: Client, three: list[Speech]) -> None:
    page = get(client, "/search/", q="忠诚", type="theory", year="2023")
    assert "没有找到" in page
    ways = re.findall(r"<li><a href=\"([^\"]*)\">([^<]*)</a>，有 (\d+) 篇", page)
    assert ways == [("/search/?q=%E5%BF%A0%E8%AF%9A", "去掉全部条件", "1")]
    assert 'href="/help/"' in page
    page = get(client, "/search/", q="忠诚", type="theory")
    assert "去掉“类型”条件</a>，有 1 篇" in page


def test_the_longest_part_of_a_wording_that_exists_is_offered(
    client: Client, three: list[Speech]
) -> None:
    page = get(client, "/search/", q="“扛起责任和使命”", type="theory")
    assert titles(page) == []
    link, part = re.findall(r'一段：<a href="([^"]*)"[^>]*>“([^”]*)”</a>（2 篇）', page)[0]
    assert (part, link) == ("扛起责任", f"/search/?q={quote('“扛起责任”')}")
    assert len(titles(get(client, link))) == 2
    assert "一段：" not in get(client, "/search/", q="“扛起责任”", year="1999")
    assert "一段：" not in get(client, "/search/", q="“未曾”")


def test_many_results_have_pages(client: Client) -> None:
    for number in range(25):
        make_speech(f"第{number}题", date="2024")
    indexing.follow(patient=True)
    seen = [title for page in (1, 2, 3) for title in titles(get(client, "/search/", page=page))]
    assert len(seen) == len(set(seen)) == 25
    page = get(client, "/search/", page=2, year=2024)
    assert 'href="/search/?year=2024&amp;page=3"' in page
    assert 'aria-current="page"' in page
    assert 'href="/search/?page=' not in page
    assert re.findall(r"([上下]一页)", page) == ["上一页", "下一页"]
    assert re.findall(r"([上下]一页)", get(client, "/search/", page=3)) == ["上一页"]


def test_restoring_can_be_turned_off(client: Client) -> None:
    make_speech(text="对D忠诚。")
    indexing.follow(patient=True)
    page = get(client, "/search/", q="对党忠诚")
    assert len(titles(page)) == 1
    assert "restore=0" in page
    assert titles(get(client, "/search/", q="对党忠诚", restore="0")) == []


def test_a_result_page_is_small(client: Client) -> None:
    for number in range(120):
        make_speech("题" * 40, "讲政治，" * 200, source=f"s{number}", date=str(1900 + number))
    indexing.follow(patient=True)
    page = get(client, "/search/", q="讲政治", year=["2001", "2002"])
    static = sum(
        Path(f"static/{name}").stat().st_size
        for name in ("yinde.css", "yinde.js", "suggest.js", "favicon.svg")
    )
    assert len(page.encode()) + static < 100_000


# Frame


def test_headers_and_frame(client: Client) -> None:
    response = client.get("/")
    assert "unsafe" not in response["Content-Security-Policy"]
    assert not response.cookies
    assert response["Vary"] == "Cookie, Accept-Encoding"
    assert response["Content-Language"] == "zh-hans"
    page = response.content.decode()
    assert '<html lang="zh-hans">' in page
    assert "<style" not in page
    assert " style=" not in page
    assert not re.search(r"<script(?! src=)", page)
    assert not re.search(r'(src|href)="(https?:)?//', page)


def test_the_language_is_the_chosen_one_not_the_browser_s(client: Client) -> None:
    assert '<html lang="zh-hans">' in client.get("/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    answer = client.post("/language/", {"language": "en", "next": "/about/"})
    assert (answer.status_code, answer["Location"]) == (302, "/about/")
    assert '<html lang="en">' in get(client, "/about/")
    client.cookies["django_language"] = "<xx>"
    assert '<html lang="zh-hans">' in get(client, "/")
    away = client.post("/language/", {"language": "en", "next": "https://evil.example/"})
    assert "evil" not in away["Location"]


def test_lost_addresses_have_a_page(client: Client) -> None:
    page = get(client, "/nowhere/", 404)
    assert "没有这一页" in page
    assert 'role="search"' in page


def test_an_error_has_a_page_that_needs_nothing(
    rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert "出错了" in response.content.decode()


@pytest.mark.parametrize("path", FIXED)
def test_only_reading_is_allowed(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200


def test_robots_and_sitemaps(client: Client) -> None:
    speech = make_speech()
    assert "Sitemap: http://testserver/sitemap.xml" in get(client, "/robots.txt")
    index = get(client, "/sitemap.xml")
    for section in ("pages", "sources", "speeches"):
        assert f"http://testserver/sitemap-{section}.xml" in index
    assert f"http://testserver/speeches/{speech.pk}/" in get(client, "/sitemap-speeches.xml")
    assert "http://testserver/sources/jia/" in get(client, "/sitemap-sources.xml")
    assert "http://testserver/about/" in get(client, "/sitemap-pages.xml")
