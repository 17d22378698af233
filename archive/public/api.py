"""The JSON interface, version 1. It shows what the pages show: published materials, to anybody."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import override
from ninja import NinjaAPI, Schema, Status
from ninja.renderers import JSONRenderer
from pydantic import create_model

from archive.models import Speech
from archive.templatetags.yinde import offered
from search import ResultRow, SearchRequest, search, suggest
from search.query import Exact, unparse
from search.results import SORTS
from search.site import schema
from search.suggesting import Suggestion
from search.web import links
from search.web.api import Results, as_json
from search.web.links import clean, read

MAX_BEGINNING = 100
"""Of what has been typed so far no more is looked at."""


class ChineseRenderer(JSONRenderer):
    """JSON that a person can read too: Chinese as it is, not as escapes."""

    json_dumps_params = {"ensure_ascii": False}


# The interactive documentation would need inline script, which this site's policy forbids.
api = NinjaAPI(title="引得", version="1.0.0", docs_url=None, renderer=ChineseRenderer())


class Described(Schema):
    """What a result and a whole material have in common.

    `url` is the permanent address on this site; `date` is as precise as known (2024, 2024-04, …),
    "" where it is unknown.
    """

    id: int
    title: str
    url: str
    source: str
    source_name: str
    type: str
    type_label: str
    date: str


class Result(Described):
    """One result; `hits` counts the marked places, `snippets` are HTML with <mark>.

    `hits_more` says that the text is so long that they were not counted to its end. `tier` says whether
    "all" words of the query, "most" or "some" of them stand in it.
    """

    hits: int
    hits_more: bool
    snippets: list[str]
    tier: str


class Material(Described):
    """One material with its text; paragraphs are separated by one newline."""

    author: str
    source_line: str
    original_url: str
    site_column: str
    site_tags: list[str]
    hit_count: int | None
    declared_length: int | None
    char_count: int
    han_count: int
    updated_at: dt.datetime
    text: str


class TitleOffer(Schema):
    """A title that holds what has been typed; `url` is its page."""

    text: str
    url: str


class Offer(TitleOffer):
    """A value of a facet or a quotation, where it leads, and in how many materials it stands."""

    count: int


def _lists() -> dict[str, Any]:
    """Return a list of offers for each kind; titles are not counted, each is one material's."""
    title = schema().title
    return {
        kind.key: (list[TitleOffer] if kind.field == title else list[Offer], ...)
        for kind in offered()
    }


Offers = create_model(
    "Offers", __base__=Schema, __doc__="What to offer for the beginning of a query.", **_lists()
)


class Error(Schema):
    """What went wrong."""

    detail: str


def _head(speech: Speech) -> dict[str, Any]:
    """Return the values of `Described`."""
    return {
        "id": speech.pk,
        "title": speech.title,
        "url": speech.get_absolute_url(),
        "source": speech.source.slug,
        "source_name": speech.source.name,
        "type": speech.type,
        "type_label": speech.type_label,
        "date": str(speech.date),
    }


def _result(row: ResultRow) -> dict[str, Any]:
    return _head(row.object) | {
        "hits": row.hits,
        "hits_more": row.hits_more,
        "snippets": list(row.snippets),
        "tier": row.tier,
    }


# The parameters are read by the page's own reader, which ignores what it does not understand and
# says so in `repairs`; declared types would answer with an error. So they are documented by hand.
# The description is made once, and is in the site's language whatever the first request speaks.
@override(settings.LANGUAGE_CODE)
def _parameters() -> list[dict[str, Any]]:
    """Return what the interface's description says of the parameters."""
    return [
        _parameter("q", "检索式，见 /help/", type="string"),
        *(
            _parameter(facet.name, str(facet.help), type="array", items={"type": "string"})
            for facet in schema().facets.values()
        ),
        _parameter("sort", type="string", enum=list(SORTS)),
        _parameter("page", type="integer", minimum=1),
        _parameter("restore", "0：遮写的字不按本字检索", type="string", enum=["0", "1"]),
    ]


def _parameter(name: str, description: str = "", **schema: Any) -> dict[str, Any]:
    described = {"description": description} if description else {}
    return {"name": name, "in": "query", "schema": schema, **described}


@api.get(
    "/search/",
    response={200: Results[Result], 400: Results[Result], 503: Results[Result]},
    summary="检索已发布的材料",
    openapi_extra={"parameters": _parameters()},
    url_name="search",
)
def search_speeches(request: HttpRequest) -> Status[dict[str, Any]]:
    """Search; without `q`, list everything. Snippets are HTML with <mark>, the rest is plain.

    503 while the index cannot be searched, 400 for a query that is too broad: then the counts say
    nothing, and `notes` what to do.
    """
    page = search(read(request.GET, schema().facets))
    answer = as_json(page, [_result(row) for row in page.rows])
    if page.available:
        return Status(200, answer)
    return Status(400 if page.refused else 503, answer)


_BEGINNING = _parameter("q", "已写下的字", type="string")


@override(settings.LANGUAGE_CODE)
def _offered_kinds() -> str:
    """Return the headings of what is offered, for the interface's description."""
    return "、".join(kind.heading for kind in offered())


@api.get(
    "/suggest/",
    response=Offers,
    summary=f"边写边给的建议：{_offered_kinds()}",
    openapi_extra={"parameters": [_BEGINNING]},
    url_name="suggest",
)
def suggest_searches(request: HttpRequest) -> dict[str, Any]:
    """Offer titles and values of facets that hold what has been typed, and quotations that begin with it."""
    found = suggest(clean(request.GET.get("q", "")[:MAX_BEGINNING]))
    return {
        kind.key: [
            {"text": each.text, "count": each.count, "url": _address(kind.field, each)}
            for each in found[kind.field]
        ]
        for kind in offered()
    }


def _address(field: str, suggestion: Suggestion) -> str:
    """Return where a suggestion leads: to a page of its own if it has one, else to its search."""
    searched = schema()
    if field == searched.title:
        return reverse("speech", args=[suggestion.key])
    # The one facet that is named here: its values have pages of their own.
    if field == "source":
        return reverse("source", args=[suggestion.key])
    if field == searched.terms:
        asked = SearchRequest(q=unparse(Exact(suggestion.text), searched.fields))
    else:
        asked = SearchRequest(filters={field: (str(suggestion.key),)})
    return links.address(reverse("search"), asked)


@api.get(
    "/speeches/{int:pk}/",
    response={200: Material, 404: Error},
    summary="一份材料及其正文",
    url_name="speech",
)
def get_speech(request: HttpRequest, pk: int) -> Status[dict[str, Any]]:
    """Return one published material with its text."""
    speech = Speech.objects.published().select_related("source").filter(pk=pk).first()
    if speech is None:
        return Status(404, {"detail": "Not Found"})
    names = ("author", "source_line", "original_url", "site_column", "site_tags", "hit_count")
    counts = ("declared_length", "char_count", "han_count", "updated_at", "text")
    values = {name: getattr(speech, name) for name in (*names, *counts)}
    return Status(200, _head(speech) | values)
