"""What of a speech is indexed, and which of it are facets."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from haystack import indexes

from archive.facets import UNDATED
from archive.models import Source, Speech, SpeechType, State
from archive.quotations import quoted
from archive.wording import month_name
from search.haystack.fields import KeyField, KeysField, TermsField, TextField
from search.text.fold import fold
from search.web.request import clean

_TYPE_LABELS = dict(SpeechType.choices)


class _SourceNames:
    """Names of sources by slug, as the database has them when the first is asked for."""

    def __call__(self, slug: str) -> str:
        return self._names.get(slug, slug)

    @cached_property
    def _names(self) -> dict[str, str]:
        return dict(Source.objects.values_list("slug", "name"))


class SpeechIndex(indexes.SearchIndex, indexes.Indexable):
    """The index of speeches: all of them, limited to the published ones unless a search says so."""

    text = TextField(document=True, model_attr="text")
    title = TextField(model_attr="title", stored=True)
    source = KeyField(model_attr="source__slug")
    type = KeyField(model_attr="type")
    year = KeyField()
    state = KeyField(model_attr="state")
    month = KeyField()
    column = KeyField()
    tag = KeysField()
    quotation = TermsField()
    date = indexes.IntegerField(null=True)

    scope = {"state": (State.PUBLISHED.value,)}
    facets = {
        "source": _("来源"),
        "type": _("类型"),
        "year": _("年份"),
        "month": _("月份"),
        "column": _("栏目"),
        "tag": _("标签"),
    }
    narrowing = {"month": "year"}
    short_labels = {"month": partial(month_name, with_year=False)}

    @property
    def labels(self) -> dict[str, Callable[[str], str]]:
        """What values are shown as: made anew for each search, since a source may be renamed."""
        return {
            "source": _SourceNames(),
            "type": lambda code: str(_TYPE_LABELS.get(code, code)),
            "year": lambda year: str(_("日期不详")) if year == UNDATED else year,
            "month": month_name,
        }

    def get_model(self) -> Any:
        """Return the model that is indexed."""
        return Speech

    def index_queryset(self, using: str | None = None) -> Any:
        """Return what is indexed, with all that `prepare` reads."""
        return Speech.objects.select_related("source").defer("html", "removed", "provenance")

    def load_all_queryset(self) -> Any:
        """Return what results are shown from."""
        return self.index_queryset()

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
        return [f"{fold(words)}\t{words}" for words in quoted(speech.text)]

    def prepare_date(self, speech: Speech) -> int | None:
        """Return the date as an integer that sorts, None where there is none."""
        return speech.date.sort_key or None
