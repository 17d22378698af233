"""The last step of ingest: new, changed, duplicate, held."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from archive.ingest.pipeline import draft_member
from archive.ingest.rules import RemovalRule
from archive.ingest.store.duplicates import Outcome, judge
from archive.ingest.store.speeches import store
from archive.ingest.values import Member, Removed
from archive.models import (
    Original,
    Source,
    Speech,
    SpeechVersion,
    State,
    UploadBatch,
    UploadItem,
)
from archive.models.speech import VERSIONED
from tests.archive.ingest.store.storing import DRAFT, put

pytestmark = pytest.mark.django_db


def by_hand(speech: Speech, **values: Any) -> None:
    """Correct a speech as an editor would."""
    for column, value in values.items():
        setattr(speech, column, value)
        speech.provenance[column] = {"rule": "by-hand", "text": "wang", "guessed": False}
    speech.save()


def test_everything_understood_is_kept() -> None:
    outcome = put()
    speech = Speech.objects.get()
    assert (outcome.status, outcome.speech, outcome.reason) == ("new", speech, "")
    told = {"source", "state", "site_tags", "removed", "provenance", "held_reason"}
    for column in set(VERSIONED) - told:
        assert getattr(speech, column) == getattr(DRAFT, column), column
    assert speech.site_tags == ["学习", "部署"]
    assert speech.removed == [{"start": 0, "end": 3, "text": "广告\n", "rule": "advertisement"}]
    assert speech.provenance == {
        "date": {"rule": "date-label", "text": "时间：2024-04-14", "guessed": False},
        "source": {"rule": "source-greeting", "text": "欢迎来到甲站", "guessed": True},
    }
    assert (speech.state, speech.held_reason) == (State.DRAFT, "")
    assert speech.original is not None
    assert speech.original.read() == b"1"
    assert (speech.source.name, speech.source.domains) == ("甲站", ["www.jia.example"])


@pytest.mark.parametrize(
    ("publish", "held", "state"),
    [
        (True, "", "published"),
        (False, "", "draft"),
        (True, "缺标题", "draft"),
        (False, "缺标题", "draft"),
    ],
)
def test_what_is_held_is_never_published(publish: bool, held: str, state: str) -> None:
    outcome = put(replace(DRAFT, held_reason=held), publish=publish)
    speech = Speech.objects.get()
    assert (outcome.status, outcome.reason) == ("held" if held else "new", held)
    assert (speech.state, speech.held_reason) == (state, held)


def test_without_text_nothing_is_published_nor_a_duplicate() -> None:
    empty = replace(DRAFT, text="", original_url="")
    assert put(empty, b"1", publish=True).status == "new"
    assert put(replace(empty, title="另一份"), b"2", publish=True).status == "new"
    assert not Speech.objects.published().exists()


@pytest.mark.parametrize("state", list(State))
def test_a_duplicate_says_of_which_document_in_any_state(state: State) -> None:
    first = put().speech
    assert first is not None
    Speech.objects.update(state=state)
    for draft, content in ((replace(DRAFT, title="别题"), b"2"), (replace(DRAFT, text="改"), b"1")):
        outcome = put(draft, content, "2.html")
        assert (outcome.status, outcome.speech) == ("duplicate", first)
        assert f"#{first.pk}《在动员部署会上的讲话》（{state.label}）" in outcome.reason
    assert Speech.objects.count() == Original.objects.count() == 1


def test_the_same_address_with_another_text_is_a_new_version(django_user_model: type[User]) -> None:
    user = django_user_model.objects.create_superuser("wang")
    first = put(publish=True).speech
    later = replace(DRAFT, text="同志们：\n今天接着开会。", title="续", hit_count=3000)
    outcome = put(later, b"2", user=user)
    speech = Speech.objects.get()
    assert (outcome.status, outcome.speech) == ("changed", first)
    assert (speech.title, speech.text, speech.hit_count) == (later.title, later.text, 3000)
    assert speech.state == State.PUBLISHED
    assert speech.original is not None
    assert speech.original.read() == b"2"
    version = SpeechVersion.objects.get()
    assert (version.values["text"], version.values["title"]) == (DRAFT.text, DRAFT.title)
    assert (version.changed_by, version.taken) == (user, True)
    assert version.original is not None
    assert version.original.read() == b"1"


def test_of_who_may_not_publish_a_new_version_waits(django_user_model: type[User]) -> None:
    user = django_user_model.objects.create_user("wang")
    speech = put(publish=True).speech
    assert speech is not None
    later = replace(DRAFT, text="同志们：\n今天接着开会。", hit_count=3000)
    outcome = put(later, b"2", user=user)
    assert outcome.status == "changed"
    assert outcome.reason.endswith("；已发布的内容未动，改动待批准")
    speech.refresh_from_db()
    assert (speech.text, speech.original.read()) == (DRAFT.text, b"1")
    waiting = speech.versions.get(pending=True)
    assert waiting.values["text"] == later.text
    assert "title" not in waiting.values
    assert waiting.original.read() == b"2"
    assert put(later, b"2", user=user).status == "duplicate"


def test_what_would_change_nothing_is_kept_and_known_again(django_user_model: type[User]) -> None:
    user = django_user_model.objects.create_user("wang")
    speech = put(publish=True).speech
    assert speech is not None
    speech.mark_by_hand(["text"], "zhao")
    speech.save()
    later = replace(DRAFT, text="同志们：\n今天接着开会。")
    put(later, b"2", user=user)
    version = speech.versions.get()
    assert (version.pending, version.taken, version.changed_by) == (False, False, user)
    assert put(later, b"2", user=user).status == "duplicate"


def test_an_earlier_state_does_not_bring_itself_back() -> None:
    put()
    put(replace(DRAFT, text="第二稿"), b"2")
    assert put().status == "duplicate"
    assert put(replace(DRAFT, text="第二稿"), b"2").status == "duplicate"
    assert Speech.objects.get().text == "第二稿"


def test_a_change_without_a_source_keeps_the_source() -> None:
    chosen = Source.objects.create(name="乙站", slug="yi")
    put(source=chosen)
    put(replace(DRAFT, text="改", source_name="", source_domain=""), b"2")
    assert Speech.objects.get().source == chosen


def test_a_change_that_is_held_leaves_the_published_text_alone() -> None:
    put(publish=True)
    outcome = put(replace(DRAFT, text="残", held_reason="正文过短"), b"2")
    assert outcome.status == "held"
    assert Speech.objects.published().get().text == DRAFT.text


def test_a_better_file_ends_the_holding() -> None:
    put(replace(DRAFT, text="残", held_reason="正文过短"))
    assert put(content=b"2").status == "changed"
    speech = Speech.objects.get()
    assert (speech.text, speech.held_reason, speech.state) == (DRAFT.text, "", State.DRAFT)


def test_what_was_corrected_by_hand_is_not_overwritten() -> None:
    put()
    by_hand(Speech.objects.get(), title="订正的标题", type="speech")
    outcome = put(replace(DRAFT, text="新的正文"), b"2")
    speech = Speech.objects.get()
    assert (speech.title, speech.type, speech.text) == ("订正的标题", "speech", "新的正文")
    assert outcome.reason.endswith("人工修订过的未覆盖：标题、类型")
    assert speech.by_hand() == {"title", "type"}


def test_a_text_corrected_by_hand_stays_and_the_new_one_is_kept_as_a_version() -> None:
    put()
    by_hand(Speech.objects.get(), text="订正的正文")
    new = replace(DRAFT, text="新的正文", html="<p>新的正文</p>", author="新作者")
    outcome = put(new, b"2")
    speech = Speech.objects.get()
    assert (speech.text, speech.html, speech.author) == ("订正的正文", DRAFT.html, "新作者")
    assert speech.original is not None
    assert speech.original.read() == b"1"
    assert (outcome.status, "正文" in outcome.reason) == ("changed", True)
    version = SpeechVersion.objects.get()
    assert (version.taken, version.values["text"]) == (False, "新的正文")
    assert put(new, b"2").status == "duplicate"


def test_an_editor_may_keep_both_or_choose_what_is_replaced() -> None:
    first = put().speech
    both = put(keep_both=True)
    assert (both.status, both.speech != first) == ("new", True)
    held = put(replace(DRAFT, held_reason="待查"), keep_both=True, publish=True)
    assert (held.status, held.reason) == ("held", "待查")
    outcome = put(replace(DRAFT, text="改"), b"2", replaces=first)
    assert (outcome.status, outcome.speech) == ("changed", first)
    assert outcome.speech is not None
    assert outcome.speech.text == "改"


def test_a_batch_records_each_item() -> None:
    batch = UploadBatch.objects.create()
    put(batch=batch, name="党\x00" + "长" * 600)
    put(batch=batch)
    first, second = UploadItem.objects.all()
    assert (first.status, len(first.name), first.original) == ("new", 500, Original.objects.get())
    assert (second.status, second.original, second.speech) == ("duplicate", None, first.speech)
    assert "重复" in second.reason


def test_judging_writes_nothing(originals_dir: Path) -> None:
    assert judge(DRAFT, b"1") == Outcome("new")
    assert judge(replace(DRAFT, held_reason="待查"), b"1").reason == "待查"
    speech = put().speech
    assert speech is not None
    verdict = judge(replace(DRAFT, text="改"), b"2")
    assert (verdict.status, verdict.reason) == ("changed", f"更新 #{speech.pk}《{DRAFT.title}》")
    assert judge(DRAFT, b"2").status == "duplicate"
    assert (Speech.objects.count(), Original.objects.count()) == (1, 1)


def test_one_transaction_an_item(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("cut off")

    monkeypatch.setattr(UploadItem, "save", refuse)
    batch = UploadBatch.objects.create()
    with pytest.raises(RuntimeError):
        put(batch=batch)
    assert not Speech.objects.exists()
    assert not Original.objects.exists()
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"title": "题" * 600}, {"title": "题" * 500}),
        ({"title": " \x00 "}, {"title": "无题"}),
        ({"text": "党\x00建\ud800"}, {"text": "党建\ufffd"}),
        ({"original_url": "https://a.example/文"}, {"original_url": "https://a.example/%E6%96%87"}),
        ({"original_url": "https://a.example/" + "a" * 1000}, {"original_url": ""}),
        ({"hit_count": 2**63}, {"hit_count": None}),
        ({"hit_count": None}, {"hit_count": None}),
        ({"declared_length": 2**31}, {"declared_length": None}),
        ({"site_tags": ("党\x00",)}, {"site_tags": ["党"]}),
        (
            {"removed": (Removed(0, 1, "\x00", RemovalRule.CONTROL_CHARACTER),)},
            {"removed": [{"start": 0, "end": 1, "text": "␀", "rule": "control-character"}]},
        ),
    ],
)
def test_values_are_what_every_database_takes(change: dict[str, Any], kept: dict[str, Any]) -> None:
    put(replace(DRAFT, **change))
    speech = Speech.objects.get()
    assert {column: getattr(speech, column) for column in kept} == kept


@pytest.mark.parametrize(
    ("named", "domain", "found"),
    [
        ("甲站", "", "jia"),
        ("jia", "", "jia"),
        (" 甲站 ", "yi.example", "jia"),
        ("", "m.yi.example", "yi"),
        ("没见过", "yi.example", "yi"),
        ("新站", "", "新站"),
        ("新站", "www.xin.example", "xin-example"),
        ("", "xin.example", "xin-example"),
        ("", "", "来源不详"),
        ("★", "", "source"),
    ],
)
def test_a_source_is_found_or_made(named: str, domain: str, found: str) -> None:
    Source.objects.create(name="甲站", slug="jia", domains=["jia.example"])
    Source.objects.create(name="乙站", slug="yi", domains=["yi.example"])
    draft = replace(DRAFT, source_name=named, source_domain=domain, original_url="")
    for number in range(2):
        speech = put(replace(draft, text=f"第{number}份"), str(number).encode()).speech
        assert speech is not None
        assert speech.source.slug == found


def test_short_names_do_not_collide() -> None:
    names = ["新 站", "新.站", "新！-站", "新/站"]
    for name in names:
        draft = replace(DRAFT, source_name=name, source_domain="", text=name, original_url="")
        put(draft, name.encode())
    slugs = Source.objects.order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["新-站", "新-站-2", "新-站-3", "新站"]


def test_sources_given_by_rows_are_told_apart_whatever_server_shows_them() -> None:
    for number, name in enumerate(("上海市人民政府", "北京市人民政府", "上海市人民政府")):
        row = {
            "id": number,
            "title": f"{name}工作报告{number}",
            "text": f"第{number}份。" + "调查研究要深入基层、深入群众。" * 20,
            "source": name,
            "url": f"https://proxy.example/detail?id={number}",
        }
        content = json.dumps(row, ensure_ascii=False).encode()
        member = Member(f"rows.jsonl#{number}", content, row)
        store(draft_member(member), content, member.name)
    counts = {source.name: source.speeches.count() for source in Source.objects.all()}
    assert counts == {"上海市人民政府": 2, "北京市人民政府": 1}
