"""What of a poem is searched."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet
from haystack import indexes

from search.haystack.declaration import SearchIndex
from search.haystack.fields import BodyField, DateField, FacetField, KeyField, TitleField
from tests.second_site.poems.models import Poem, Poet


def names_of_poets(codes: Collection[str]) -> Mapping[str, str]:
    """The poets' names by code."""
    return dict(Poet.objects.filter(code__in=codes).values_list("code", "name"))


class PoemIndex(SearchIndex, indexes.Indexable):
    """The poems that are not hidden."""

    lines = BodyField(model_attr="lines")
    name = TitleField(model_attr="name", prefixes=("诗题", "name"))
    poet = FacetField(
        "诗人",
        model_attr="poet__code",
        prefixes=("诗人", "poet"),
        labels=names_of_poets,
        suggested=True,
    )
    form = FacetField("体裁", model_attr="form", prefixes=("体裁",))
    written = DateField(prefixes=("年代",))
    shown = KeyField()

    scope = {"shown": ("yes",)}

    def get_model(self) -> type[Poem]:
        """The model that is indexed."""
        return Poem

    def visible_queryset(self) -> QuerySet[Poem]:
        """What visitors may see."""
        return Poem.objects.filter(hidden=False)

    def prepare_written(self, poem: Poem) -> int | None:
        """The year as a date of which nothing more is known."""
        return poem.written * 10**10 if poem.written else None

    def prepare_shown(self, poem: Poem) -> Any:
        """Whether visitors see it."""
        return "no" if poem.hidden else "yes"
