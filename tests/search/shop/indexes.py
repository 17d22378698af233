"""What of the shop is indexed. Not named search_indexes: the site's own index must not see it."""

from __future__ import annotations

from haystack import indexes

from search.haystack.fields import KeyField
from tests.search.shop.models import Note, Thing


class ThingIndex(indexes.SearchIndex, indexes.Indexable):
    """The things, as somebody used to Haystack would declare them."""

    text = indexes.CharField(document=True, model_attr="text")
    name = indexes.CharField(model_attr="name", null=True)
    code = KeyField(model_attr="code")
    number = indexes.IntegerField(model_attr="number", null=True)
    size = indexes.FloatField(model_attr="size", null=True)
    price = indexes.DecimalField(model_attr="price", null=True)
    is_open = indexes.BooleanField(model_attr="is_open", null=True)
    made = indexes.DateTimeField(model_attr="made", null=True)
    day = indexes.DateField(model_attr="day", null=True)
    tags = indexes.MultiValueField(model_attr="tags", faceted=True)
    begin = indexes.EdgeNgramField(model_attr="name", null=True)
    label = indexes.CharField(model_attr="code", null=True, faceted=True, boost=5.0)

    def get_model(self) -> type[Thing]:
        """Return the model that is indexed."""
        return Thing


class NoteIndex(indexes.SearchIndex, indexes.Indexable):
    """The notes."""

    text = indexes.CharField(document=True, model_attr="text")

    def get_model(self) -> type[Note]:
        """Return the model that is indexed."""
        return Note
