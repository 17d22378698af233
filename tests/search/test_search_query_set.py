"""SearchQuerySet keeps its meaning for people who know Haystack."""

from __future__ import annotations

import pytest
from haystack.inputs import AutoQuery, Clean, Exact, Not, Raw
from haystack.query import SQ, SearchQuerySet

from archive.models import Source, Speech, State
from search.site import corpus
from search.text.dates import PartialDate
from tests.factories import make_source, make_speech, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive() -> dict[str, Speech]:
    """Five speeches, one of them a draft."""
    rows = {
        "a": (
            "政绩观讲话",
            "功成不必在我，功成必定有我。",
            "jia",
            "speech",
            "2024-04-14",
            ["党组"],
        ),
        "b": ("研讨发言", "群众工作是根本。", "yi", "discussion", "2023", ["党组", "会上"]),
        "c": ("心得", "工作要依靠群众。功成不必在我", "yi", "reflection", "", []),
        "d": ("通知", "关于调查研究的通知，PPT设计9000万字", "jia", "document", "2025-01", []),
        "x": ("草稿", "功成不必在我", "jia", "speech", "2024", []),
    }
    made = {
        name: Speech(
            title=title,
            text=text,
            source=make_source(source),
            type=kind,
            date=PartialDate(date),
            site_tags=tags,
            state=State.DRAFT if name == "x" else State.PUBLISHED,
        )
        for name, (title, text, source, kind, date, tags) in rows.items()
    }
    publish([*made.values()])
    return made


def names(archive: dict[str, Speech], query: SearchQuerySet) -> str:
    """The names of what a query gives, in alphabetical order."""
    by_key = {str(speech.pk): name for name, speech in archive.items()}
    return "".join(sorted(by_key[result.pk] for result in query))


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ([SQ(content="功成不必在我")], "ac"),
        ([SQ(content="“群众工作”")], "b"),
        ([SQ(content="群众工作")], "bc"),
        ([SQ(content=AutoQuery('功成不必在我 -"依靠群众"'))], "a"),
        ([SQ(content=Exact("群众工作"))], "b"),
        ([SQ(content=Raw("群众工作"))], "bc"),
        ([SQ(content__exact="工作要依靠")], "c"),
        ([SQ(content=Raw("原样:“功成不必在我，”"))], "a"),
        ([SQ(content="原样:“功成不必在我，”"), SQ(source="jia")], "a"),
        ([SQ(content=Not("功成不必在我"))], "bd"),
        ([SQ(content=Clean("群众 OR 根本"))], ""),
        ([SQ(title__startswith="政绩")], "a"),
        ([SQ(title__endswith="讲话")], "a"),
        ([SQ(content__contains="绩")], "a"),
        ([SQ(content__in=["群众工作", "依靠群众"])], "bc"),
        ([SQ(content="")], "abcd"),
        ([SQ(text="政绩观")], ""),
        ([SQ(title="政绩观")], "a"),
        ([SQ(title__in=["心得", "通知"])], "cd"),
        ([SQ(content="功成不必在我") | SQ(content="调查")], "acd"),
        ([~SQ(content="功成不必在我")], "bd"),
        ([SQ(content="功成不必在我"), ~SQ(source="jia")], "c"),
        ([SQ(source="yi")], "bc"),
        ([SQ(source__exact="yi")], "bc"),
        ([SQ(source__in=["yi", "jia"])], "abcd"),
        ([SQ(source__startswith="j")], "ad"),
        ([SQ(source__contains="i")], "abcd"),
        ([SQ(source__endswith="a")], "ad"),
        ([SQ(source__gt="jia")], "bc"),
        ([SQ(source__gte="jia")], "abcd"),
        ([SQ(source__lt="yi")], "ad"),
        ([SQ(source__lte="yi")], "abcd"),
        ([SQ(source__range=["a", "k"])], "ad"),
        ([SQ(tag="党组")], "ab"),
        ([SQ(date__gte=20240000000000)], "ad"),
        ([SQ(date__gt=20250100000000)], ""),
        ([SQ(date__lt=20240101000000)], "b"),
        ([SQ(date__lte=20230000000000)], "b"),
        ([SQ(date__range=[1, 20240000000000])], "b"),
        ([SQ(date__in=[20230000000000, 20240414000000])], "ab"),
        ([SQ(date=20230000000000)], "b"),
        ([SQ(content="功成不必在我") & (SQ(source="jia") | SQ(type="reflection"))], "ac"),
    ],
)
def test_filters(archive: dict[str, Speech], conditions: list[SQ], found: str) -> None:
    query = SearchQuerySet()
    for condition in conditions:
        query = query.filter(condition)
    assert names(archive, query) == found
    assert query.count() == len(found)


def test_auto_query_and_raw_search_take_the_visitors_language(archive: dict[str, Speech]) -> None:
    assert names(archive, SearchQuerySet().auto_query("功成不必在我 NEAR/3 功成必定有我")) == "a"
    assert names(archive, SearchQuerySet().raw_search("同句(工作 群众)")) == "bc"


def test_drafts_are_found_only_by_whoever_names_the_state(archive: dict[str, Speech]) -> None:
    everything = SearchQuerySet().filter(content="功成不必在我")
    assert names(archive, everything.narrow("state:draft")) == "x"
    assert names(archive, everything.narrow("state:draft OR state:published")) == "acx"
    assert names(archive, SearchQuerySet().filter(content="state:draft OR 功成不必在我")) == "ac"


@pytest.mark.thread(
    "https://github.com/django-haystack/django-haystack/pull/914",
    "https://github.com/django-haystack/django-haystack/pull/1366",
)
def test_narrow_facet_and_counts(archive: dict[str, Speech]) -> None:
    query = SearchQuerySet().facet("source").facet("tag").narrow('source:"yi"')
    assert names(archive, query) == "bc"
    assert query.facet_counts()["fields"] == {
        "source": [("yi", 2)],
        "tag": [("会上", 1), ("党组", 1)],
    }


def test_order_slices_and_models(archive: dict[str, Speech]) -> None:
    order = [r.pk for r in SearchQuerySet().models(Speech).order_by("-date")]
    assert order == [str(archive[name].pk) for name in "dabc"]
    assert [r.pk for r in SearchQuerySet().order_by("date")] == [
        str(archive[name].pk) for name in "badc"
    ]
    assert [r.pk for r in SearchQuerySet().order_by("-date")[1:3]] == order[1:3]
    assert [r.pk for r in SearchQuerySet().order_by("-date")[3:30]] == order[3:]
    assert SearchQuerySet().order_by("-date")[2].pk == order[2]


def test_results_carry_fields_objects_and_highlights(archive: dict[str, Speech]) -> None:
    result = SearchQuerySet().filter(content="功成必定有我").highlight()[0]
    assert (result.title, result.source, result.year) == ("政绩观讲话", "jia", "2024")
    assert result.object == archive["a"]
    assert result.model_name == "speech"
    assert result.score > 0
    assert result.highlighted == {"text": ["功成不必在我，<mark>功成必定有我</mark>。"]}
    assert [r.object for r in SearchQuerySet().filter(content="功成必定有我").load_all()] == [
        archive["a"]
    ]


@pytest.mark.thread(
    "https://github.com/django-haystack/django-haystack/issues/310",
    "https://github.com/django-haystack/django-haystack/issues/273",
)
@pytest.mark.parametrize(
    ("conditions", "marked"),
    [
        ({"text": "功成必定"}, ["功成不必在我，<mark>功成必定</mark>有我。"]),
        ({"text__in": ["未必", "必定"]}, ["功成不必在我，功成<mark>必定</mark>有我。"]),
        ({"content": Raw("功成必定")}, ["功成不必在我，<mark>功成必定</mark>有我。"]),
        ({"text": "必定", "title": "政绩"}, ["功成不必在我，功成<mark>必定</mark>有我。"]),
        ({"title": "政绩"}, ["功成不必在我，功成必定有我。"]),
        ({"text": "必定", "source": "jia"}, ["功成不必在我，功成<mark>必定</mark>有我。"]),
        ({"title": "政绩", "source": "jia", "year": "2024"}, ["功成不必在我，功成必定有我。"]),
    ],
)
def test_what_is_looked_for_in_a_field_by_name_is_marked_there(
    archive: dict[str, Speech], conditions: dict[str, object], marked: list[str]
) -> None:
    (result,) = SearchQuerySet().filter(**conditions).highlight()
    assert result.highlighted == {"text": marked}


@pytest.mark.django_db(transaction=True)
def test_masked_spellings_are_read_back_unless_told_not_to() -> None:
    speech = make_speech(text="广大D员，3月。")
    everything = SearchQuerySet()
    assert [r.object for r in everything.raw_search("党员")] == [speech]
    for query in [
        everything.raw_search("党员", restore=False),
        everything.filter(content=Exact("党员", restore=False)),
        everything.filter(text=Raw("党员", restore=False)),
        everything.raw_search("月").raw_search("党员", restore=False),
    ]:
        assert query.count() == 0
    assert everything.raw_search("D员", restore=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_more_like_this(archive: dict[str, Speech]) -> None:
    twin = make_speech("另一篇", archive["b"].text + "调查研究。")
    assert SearchQuerySet().more_like_this(archive["b"])[0].object == twin


def test_models_without_an_index_give_nothing(archive: dict[str, Speech]) -> None:
    with pytest.warns(UserWarning, match="not registered"):
        assert SearchQuerySet().models(Source).count() == 0


def test_haystacks_own_writing_calls(archive: dict[str, Speech]) -> None:
    site = corpus()
    index = site.unified_index().get_index(Speech)
    site.remove(archive["a"])
    assert names(archive, SearchQuerySet().filter(content="功成不必在我")) == "c"
    site.update(index, [archive["a"], archive["a"]])
    assert names(archive, SearchQuerySet().filter(content="功成不必在我")) == "ac"
    site.clear(models=[Source])
    assert SearchQuerySet().count() == 4
    site.clear(models=[Speech])
    assert SearchQuerySet().count() == 0
    index.update()
    assert SearchQuerySet().count() == 4
    site.clear()
    assert SearchQuerySet().count() == 0
