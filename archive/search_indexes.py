"""What of a speech is searched: its fields, and which of them are facets."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from haystack import indexes

from archive.models import Source, Speech, SpeechType, State
from archive.reading.quotations import quotations_in
from archive.templatetags.yinde import month_name
from search.haystack.declaration import SearchIndex
from search.haystack.fields import (
    BodyField,
    DateField,
    FacetField,
    FacetsField,
    KeyField,
    TermsField,
    TitleField,
)
from search.text.fold import fold
from search.web.links import clean

UNDATED = "unknown"
_YEAR = re.compile(r"[0-9]{4}")
_MONTH = re.compile(r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])")


def _source_names(slugs: Collection[str]) -> Mapping[str, str]:
    return dict(Source.objects.filter(slug__in=slugs).values_list("slug", "name"))


def _published_sources(slugs: Sequence[str]) -> Collection[str]:
    found = Source.objects.published().filter(slug__in=slugs)
    return set(found.values_list("slug", flat=True))


def _type_names(codes: Collection[str]) -> Mapping[str, str]:
    return {code: str(SpeechType(code).label) for code in codes if code in SpeechType.values}


def _years(written: Sequence[str]) -> Collection[str]:
    return {value for value in written if value == UNDATED or _YEAR.fullmatch(value)}


def _year_names(years: Collection[str]) -> Mapping[str, str]:
    return {UNDATED: now("日期不详")} if UNDATED in years else {}


def _months(written: Sequence[str]) -> Collection[str]:
    return {value for value in written if _MONTH.fullmatch(value)}


def _month_names(months: Collection[str], *, with_year: bool = True) -> Mapping[str, str]:
    return {month: month_name(month, with_year=with_year) for month in months}


class SpeechIndex(SearchIndex, indexes.Indexable):
    """The speeches: all of them are indexed, visitors find the published ones."""

    text = BodyField(model_attr="text")
    title = TitleField(model_attr="title", prefixes=("标题", "题目", "title"))
    source = FacetField(
        _("来源"),
        model_attr="source__slug",
        prefixes=("来源", "source"),
        labels=_source_names,
        existing=_published_sources,
        suggested=True,
        plural=pgettext_lazy("plural", "来源"),
        help=_("来源的短名，可重复"),
        example="学习",
    )
    type = FacetField(
        _("类型"),
        model_attr="type",
        prefixes=("类型", "type"),
        labels=_type_names,
        existing=lambda codes: {*codes} & {*SpeechType.values},
        help=_("类型代码，可重复"),
        example="研讨发言",
    )
    year = FacetField(
        _("年份"),
        labels=_year_names,
        existing=_years,
        newest_first=True,
        help=_("年份，可重复；没有日期的是 unknown"),
    )
    month = FacetField(
        _("月份"),
        narrows="year",
        labels=_month_names,
        short_labels=partial(_month_names, with_year=False),
        existing=_months,
        newest_first=True,
        help=_("月份，如 2024-04，可重复；与年份合成一个条件，收窄所在的年份"),
    )
    column = FacetField(
        _("栏目"),
        prefixes=("栏目", "column"),
        help=_("站点栏目，可重复"),
        example="理论学习",
    )
    tag = FacetsField(
        _("标签"),
        prefixes=("标签", "tag"),
        help=_("站点标签，可重复"),
        example="主题教育",
    )
    quotation = TermsField()
    date = DateField(prefixes=("日期", "date"))
    state = KeyField(model_attr="state")

    scope = {"state": (State.PUBLISHED.value,)}

    def get_model(self) -> Any:
        """Return the model that is indexed."""
        return Speech

    def index_queryset(self, using: str | None = None) -> Any:
        """Return what is indexed, with all that `prepare` reads."""
        return Speech.objects.select_related("source").defer("html", "removed", "provenance")

    def load_all_queryset(self) -> QuerySet[Speech]:
        """Return what results are shown from: with what a page, a feed and the interface say of each."""
        shown = ("title", "text", "type", "date", "char_count", "declared_length")
        dated = ("created_at", "updated_at")
        named = ("source__slug", "source__name")
        return Speech.objects.select_related("source").only(*shown, *dated, *named)

    def visible_queryset(self) -> QuerySet[Speech]:
        """Return what visitors may see now, whatever the index says."""
        return Speech.objects.published()

    def prepare_year(self, speech: Speech) -> str:
        """Return the year as a facet value; what has no date can be asked for too."""
        return str(speech.date.year or UNDATED)

    def prepare_month(self, speech: Speech) -> str | None:
        """Return the month as a facet value (2024-04), None where it is not known."""
        return str(speech.date)[:7] if speech.date.month else None

    def prepare_column(self, speech: Speech) -> str | None:
        """Return the column of the site it stood in, None where there was none."""
        return clean(speech.site_column) or None

    def prepare_tag(self, speech: Speech) -> list[str]:
        """Return the site's own tags."""
        return [tag for each in speech.site_tags if (tag := clean(str(each)))]

    def prepare_quotation(self, speech: Speech) -> list[str]:
        """Return what the speech quotes: folded to be found by, then as it stands to be shown."""
        return [f"{fold(words)}\t{words}" for words in quotations_in(speech.text)]

    def prepare_date(self, speech: Speech) -> int | None:
        """Return the date as an integer that sorts, None where there is none."""
        return speech.date.earliest or None
