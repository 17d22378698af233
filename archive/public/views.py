"""The public pages. What is not published does not exist here, whoever asks."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from archive.models import Source, Speech
from archive.models.speech import SpeechQuerySet
from archive.public import statistics
from archive.public.help import examples
from archive.reading.citation import Cited, bibtex, csl_json, gb7714
from archive.reading.text_page import TextPage
from archive.search_indexes import UNDATED
from search import similar
from search.messages import last_page
from search.schema import unnarrowed
from search.site import schema
from search.web import links
from search.web.links import read
from search.web.views import page_links, sort_links

SAMPLES = ("功成不必在我", "“为民造福是最大政绩”", "正确政绩观 党性", "标题:调查研究 -会议")
LATEST = 8
SOURCE_PAGE = 20
SOURCES_PAGE = 200
_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\s]+')


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The search box first, then every way in that is not a search."""
    cells = statistics.tally(Speech.objects.published())
    path = reverse("search")
    nothing = links.SearchRequest()
    context = {
        "total": statistics.total(cells),
        "sources": statistics.by_source(cells).rows,
        "facets": links.facet_links(
            path, nothing, [statistics.by_type(cells), statistics.by_year(cells)]
        ),
        "latest": Speech.objects.published().light().newest()[:LATEST],
        "samples": [(q, links.address(path, links.SearchRequest(q=q))) for q in SAMPLES],
    }
    return render(request, "archive/home.html", context)


@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    """Every source that has something published."""
    rows = statistics.by_source(statistics.tally(Speech.objects.published())).rows
    page = Paginator(rows, SOURCES_PAGE).get_page(request.GET.get("page"))
    known = Source.objects.in_bulk([row.value for row in page], field_name="slug")
    here = links.SearchRequest(page=page.number)
    context = {
        "sources": [(known[row.value], row.count) for row in page],
        "pages": page_links(reverse("sources"), here, page.paginator.num_pages),
    }
    return render(request, "archive/source_list.html", context)


@require_safe
def source(request: HttpRequest, slug: str) -> HttpResponse:
    """One source: what it is, and its materials by date. Read from the database, not the index."""
    source = get_object_or_404(Source.objects.published(), slug=slug)
    speeches = Speech.objects.published().filter(source=source)
    cells = statistics.tally(speeches)
    # The facets that the database can filter by itself, and quickly.
    own = {name: schema().facets[name] for name in ("type", "year", "month")}
    asked = read(request.GET, own)
    months = statistics.tally_months(speeches, asked.filters)
    speeches = _filtered(speeches, asked.filters)
    speeches = speeches.oldest() if asked.sort == "oldest" else speeches.newest()
    page = Paginator(speeches.light(), SOURCE_PAGE).get_page(asked.page)
    path = source.get_absolute_url()
    own_facets = statistics.facets_within(cells, months, asked.filters)
    found = links.at_page(asked, page.number)
    beyond = [last_page(page.number)] if page.number != asked.page else []
    context = {
        "source": source,
        "notes": [*asked.repairs, *beyond],
        "total": statistics.total(cells),
        "page": page,
        "facets": links.facet_links(path, found, own_facets),
        "chips": list(links.chips(path, found, own_facets)),
        "clear_url": links.address(path, links.without(found)),
        "within_source": [("source", source.slug)],
        "sorts": sort_links(path, found),
        "pages": page_links(path, found, page.paginator.num_pages),
    }
    return render(request, "archive/source.html", context)


def _filtered(speeches: SpeechQuerySet, filters: Mapping[str, tuple[str, ...]]) -> SpeechQuerySet:
    """Return the speeches that the filters of a source's page leave."""
    if "type" in filters:
        speeches = speeches.filter(type__in=filters["type"])
    months = filters.get("month", ())
    years = unnarrowed(filters.get("year", ()), months)
    if years or months:
        numbers = [None if year == UNDATED else int(year) for year in years]
        speeches = speeches.of_period(numbers, months)
    return speeches


@require_safe
def speech(request: HttpRequest, pk: int) -> HttpResponse:
    """One material, with the hits of `?q=` marked and numbered."""
    speech = get_object_or_404(Speech.objects.published().select_related("source"), pk=pk)
    asked = read(request.GET, {})
    context = {
        "speech": speech,
        "asked": asked,
        "text_page": TextPage(
            speech, asked, at=request.GET.get("at", ""), paged=bool(request.GET.get("page"))
        ),
        "similar": similar(speech),
        "edit_url": _edit_url(request, speech),
        "citations": _citations(request, speech),
    }
    return render(request, "archive/speech.html", context)


def _citations(request: HttpRequest, speech: Speech) -> list[tuple[str, str]]:
    """Return the ways to cite the speech from here, each with its name; the standard in force first."""
    cited = Cited(
        f"yinde-{speech.pk}",
        speech.title,
        request.build_absolute_uri(speech.get_absolute_url()),
        timezone.localdate(),
        speech.author,
        speech.date,
    )
    return [
        ("GB/T 7714—2025", gb7714(cited)),
        ("GB/T 7714—2015", gb7714(cited, edition=2015)),
        ("BibTeX", bibtex(cited)),
        ("CSL-JSON", csl_json(cited)),
    ]


def _edit_url(request: HttpRequest, speech: Speech) -> str:
    """Return where the speech is edited, for those who may; nothing for everybody else."""
    if not request.user.has_perm("archive.change_speech"):
        return ""
    return reverse("admin:archive_speech_change", args=[speech.pk])


@require_safe
def speech_text(request: HttpRequest, pk: int) -> HttpResponse:
    """One material as a text file: what it is and where it stands, then its text."""
    speech = get_object_or_404(Speech.objects.published().select_related("source"), pk=pk)
    head = [speech.title, _("来源：%(source)s") % {"source": speech.source.name}]
    if speech.date:
        head.append(_("日期：%(date)s") % {"date": speech.date})
    if speech.original_url:
        head.append(_("原文网址：%(url)s") % {"url": speech.original_url})
    head.append(_("地址：%(url)s") % {"url": request.build_absolute_uri(speech.get_absolute_url())})
    response = HttpResponse(
        "\n".join([*head, "", speech.text, ""]), content_type="text/plain; charset=utf-8"
    )
    name = f"{_NOT_IN_FILE_NAMES.sub(' ', speech.title[:80])}-{speech.pk}.txt"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this is, and what it holds, counted."""
    cells = statistics.tally(Speech.objects.published())
    context = {
        "total": statistics.total(cells),
        "facets": [
            statistics.by_type(cells),
            statistics.by_source(cells),
            statistics.by_year(cells),
        ],
    }
    return render(request, "archive/about.html", context)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to search: examples of all that can be typed."""
    return render(request, "archive/help.html", {"rows": examples()})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What robots may fetch: the materials, not every state of the search page.

    Whoever gives the desk an address of its own does not want it published here; no page links to it.
    """
    context = {"private_admin": settings.ADMIN_PATH != "admin/"}
    return render(request, "robots.txt", context, content_type="text/plain; charset=utf-8")
