"""An index that said something else than the database, and pages that repeated or left out rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.test import Client
from haystack.query import SearchQuerySet
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run

from archive.ingest.pipeline import draft
from archive.ingest.store.speeches import store
from archive.models import Speech, State
from search.models import IndexChange
from search.pages import search
from search.results import SearchRequest
from search.site import backend, corpus
from search.sync.consistency import differences
from search.sync.follow import catch_up
from search.sync.rebuild import rebuild
from search.text.dates import PartialDate
from search.text.segmenter import telling_words
from tests.effort import examples
from tests.factories import make_source, make_speech, publish
from tests.search.asking import ALL, RESTORING, by_api, by_desk, by_page

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = ("政绩观", "调查研究", "水渠")
EVERY_STATE = {"state": tuple(State.values)}


# The trash


@pytest.mark.thread("https://github.com/paperless-ngx/paperless-ngx/issues/13813")
def test_what_comes_back_from_the_trash_is_found_again_at_once() -> None:
    speech = make_speech(text="编号是GD2094383的一份材料。")
    desk = Client()
    desk.force_login(User.objects.create_superuser("root"))

    def act(action: str) -> None:
        chosen = {"action": action, "_selected_action": [speech.pk]}
        assert desk.post("/admin/archive/speech/", chosen).status_code == 302

    for action, published in [
        ("trash", False),
        ("restore", False),
        ("publish", True),
        ("take_down", False),
        ("publish", True),
        ("withdraw", False),
    ]:
        act(action)
        for q in ("GD2094383", "“GD2094383”", "一份材料"):
            for way, ask in ALL.items():
                found = [speech.pk] if published or way == "desk" else []
                assert ask(q) == found, (action, way)
    assert not IndexChange.objects.exists()
    assert list(differences()) == []


class Changes(RuleBasedStateMachine):
    """Any changes in any order: what is found is what the database says, for visitors and at the desk."""

    speeches = Bundle("speeches")
    texts = (
        st.lists(st.sampled_from([*WORDS, "，别的话。"]), max_size=3)
        .map("，".join)
        .map("一{}".format)
    )
    states = st.sampled_from(State)

    def __init__(self) -> None:
        super().__init__()
        Speech.objects.all().delete()
        corpus().delete_index()  # the next change makes one

    @rule(target=speeches, text=texts, state=states)
    def create(self, text: str, state: State) -> int:
        return make_speech(text=text, state=state).pk

    @rule(pk=speeches, text=texts)
    def edit(self, pk: int, text: str) -> None:
        speech = Speech.objects.get(pk=pk)
        speech.text = text
        speech.save()

    @rule(pk=speeches, title=texts)
    def edit_one_column(self, pk: int, title: str) -> None:
        speech = Speech.objects.get(pk=pk)
        speech.title = title or "题目"
        speech.save(update_fields=["title"])

    @rule(pk=speeches, state=states)
    def move(self, pk: int, state: State) -> None:
        speech = Speech.objects.get(pk=pk)
        speech.state = state
        speech.save()

    @rule(pks=st.sets(speeches), state=states)
    def move_many(self, pks: set[int], state: State) -> None:
        Speech.objects.filter(pk__in=pks).move_to(state)

    @rule(pk=consumes(speeches))
    def delete(self, pk: int) -> None:
        Speech.objects.get(pk=pk).delete()

    @rule(pks=st.sets(consumes(speeches), max_size=2))
    def delete_many(self, pks: set[int]) -> None:
        Speech.objects.filter(pk__in=pks).delete()

    @rule(pk=speeches, other=texts)
    def change_while_the_index_is_locked(self, pk: int, other: str) -> None:
        with backend().exclusive("write"):
            self.edit(pk, other)
            self.move(pk, State.TAKEN_DOWN)
            self.only_published_is_found(all_of_it=False)
        catch_up()

    @rule()
    def rebuild(self) -> None:
        rebuild(processes=1)

    @invariant()
    def only_published_is_found(self, all_of_it: bool = True) -> None:
        rows = list(Speech.objects.all())
        for word in WORDS:
            holding = {s.pk for s in rows if word in s.text or word in s.title}
            published = {s.pk for s in rows if s.pk in holding and s.state == State.PUBLISHED}
            asked = SearchRequest(f"“{word}”", per_page=100)
            page = search(asked)
            assert {row.pk for row in page.rows} <= published if rows else not page.rows
            if all_of_it and rows:
                assert {row.pk for row in page.rows} == published
                everywhere = SearchRequest(f"“{word}”", per_page=100, scope=EVERY_STATE)
                assert {row.pk for row in search(everywhere).rows} == holding

    def teardown(self) -> None:
        if IndexChange.objects.exists():
            catch_up()
        assert not Speech.objects.exists() or list(differences()) == []


@pytest.mark.thread("https://github.com/paperless-ngx/paperless-ngx/issues/13813")
def test_any_changes_in_any_order_show_at_once() -> None:
    run(
        Changes,
        settings=settings(
            max_examples=examples(10),
            stateful_step_count=10,
            suppress_health_check=[*HealthCheck],
        ),
    )


# Text that was taken out


KEPT = "把账算到群众心坎上，一件一件地办。修渠要看水到没到田头，架桥要看老人走不走得稳。"
SOLD = "欢迎加入“稻田素材库svip会员”，8000万字材料，添加客服：dtk，谨防假冒，好评如潮！"
MORE = (
    "凡是答应了的事，都写在村口的黑板上，办成一件划掉一件；没办成的，说清楚卡在哪里、谁来接着办。"
)
PAGE = f"在主题教育研讨会上的发言\n\n各位同志：\n{KEPT}\n\n{SOLD}\n\n{MORE}\n\n谢谢大家。\n"


def assert_nowhere(*words: str) -> None:
    """Assert that words are not found in any way, nor offered."""
    for word in words:
        for q in (word, f"“{word}”") if len(telling_words(word)) == 1 else (f"“{word}”",):
            for way, ask in RESTORING.items():
                assert ask(q) == ask(q, restore=False) == [], (q, way)
            assert by_desk(q) == []
        offered = Client().get("/api/v1/suggest/", {"q": word}).json()
        assert not any(offered.values())


@pytest.mark.thread("https://github.com/paperless-ngx/paperless-ngx/issues/8311")
def test_what_was_taken_out_of_a_text_is_nowhere_in_the_index() -> None:
    content = PAGE.encode()
    speech = store(draft(content, "a.txt"), content, "a.txt", publish=True).speech
    assert by_page("架桥要看") == [speech.pk]
    assert "稻田" in str(speech.removed)
    assert_nowhere("稻田", "素材库", "8000万字", "dtk")
    # An editor takes out more; then the index is built anew.
    speech.text = speech.text.replace("修渠要看水到没到田头，", "")
    speech.save()
    assert_nowhere("修渠", "水到没到田头")
    rebuild(processes=1)
    assert_nowhere("稻田", "素材库", "8000万字", "dtk", "修渠", "水到没到田头")
    assert by_page("架桥要看") == [speech.pk]
    # A cleaner file comes in as its new version.
    shorter = content.replace("架桥要看老人走不走得稳。".encode(), b"")
    store(draft(shorter, "a.txt"), shorter, "a.txt", publish=True, replaces=speech)
    assert_nowhere("架桥要看", "老人走不走")
    assert by_page("把账算到") == [speech.pk]


@pytest.mark.thread("https://github.com/admonstrator/zettelrobbe/issues/76")
def test_a_new_speech_never_takes_the_number_of_a_deleted_one() -> None:
    kept = make_speech(text="留下的一份，水渠。")
    gone = make_speech(text="删去的一份，水渠。")
    number = gone.pk
    gone.delete()
    new = make_speech(text="新来的一份，别的事。")
    assert new.pk > number
    assert by_api("水渠") == [kept.pk]
    # Nor while the index still has the deleted one.
    with backend().exclusive("write"):
        number = new.pk
        new.delete()
        newest = make_speech(text="更晚来的一份。")
        assert newest.pk > number
        assert by_api("别的事") == []
        assert Client().get(f"/speeches/{number}/").status_code == 404
    catch_up()
    assert by_api("别的事") == []
    assert by_api("更晚来的") == [newest.pk]


# Pages


@pytest.fixture
def many() -> set[int]:
    """Fifty-three speeches whose scores and dates recur, and some that nobody may see."""
    source = make_source()
    dates = ["", "2023", "2024-04", "2024-04-14"]
    rows = [
        Speech(
            title="题目",
            text="水渠。" * (n % 3 + 1),
            source=source,
            type="other",
            date=PartialDate(dates[n % 4]),
            state=State.PUBLISHED if n < 53 else State.DRAFT,
        )
        for n in range(60)
    ]
    publish(rows)
    return {row.pk for row in rows[:53]}


@pytest.mark.thread(
    "https://github.com/django-haystack/django-haystack/issues/1664",
    "https://github.com/django-haystack/django-haystack/pull/2074",
)
def test_every_row_stands_on_one_page_once(many: set[int]) -> None:
    # Of the 53; every size is tried of the order itself, in tests/search/index/test_execution.
    for size in (1, 2, 7, 10, 26, 27, 50):
        assert_each_on_one_page(many, size)


def assert_each_on_one_page(many: set[int], size: int) -> None:
    for query in (SearchQuerySet(), SearchQuerySet().raw_search("水渠").order_by("-date")):
        pages = Paginator(query, size)
        rows = [int(row.pk) for number in pages.page_range for row in pages.page(number)]
        assert (len(rows), set(rows)) == (53, many)
        assert rows == [int(row.pk) for row in query]
    for options in ({"sort": "relevance"}, {"sort": "oldest", "restore": False}):
        asked: dict[str, Any] = {"q": "水渠", "per_page": size, **options}
        first = search(SearchRequest(**asked))
        rows = [
            row.pk
            for number in range(1, first.pages + 1)
            for row in search(SearchRequest(**asked, page=number)).rows
        ]
        assert (len(rows), set(rows)) == (53, many)


@pytest.mark.thread("https://github.com/django-haystack/django-haystack/issues/1664")
def test_any_slice_is_what_it_is_of_the_whole(many: set[int]) -> None:
    query = SearchQuerySet().raw_search("水渠")
    whole = [row.pk for row in query]
    for start in range(0, 54, 5):
        for stop in range(start + 1, 60, 7):
            rows = [row.pk for row in SearchQuerySet().raw_search("水渠")[start:stop]]
            assert rows == whole[start:stop], (start, stop)
    for q in ("", "水渠", "“水渠”"):
        assert by_page(q) == by_api(q)
        assert sorted(by_page(q)) == sorted(many)
