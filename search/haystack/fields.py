"""Fields of an index class beyond Haystack's own: they say what each is for, and make a `SearchSchema`.

class PoemIndex(SearchIndex, indexes.Indexable):
    lines = BodyField(model_attr="lines")
    name = TitleField(model_attr="name", prefixes=("题目", "title"))
    poet = FacetField(_("诗人"), model_attr="poet__slug", prefixes=("诗人", "poet"), labels=names)
    written = DateField(prefixes=("日期", "date"))
"""

from __future__ import annotations

from typing import Any

from haystack import fields, indexes

from search.schema import Existing, Facet, Labels


class TextField(indexes.CharField):
    """A text whose every substring is found; kept in the database only, not in the index."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("stored", False)
        super().__init__(**kwargs)


class BodyField(TextField):
    """The text itself: what a query looks into, what is marked and quoted."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(document=True, **kwargs)


class TitleField(TextField):
    """The title: what stands in it counts more. `prefixes` limit a query to it."""

    def __init__(self, *, prefixes: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.prefixes = prefixes
        super().__init__(stored=True, **kwargs)


class DateField(fields.IntegerField):
    """The date as an integer YYYYMMDDhhmmss, with zeros for what is not known of it; None for no date."""

    def __init__(self, *, prefixes: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.prefixes = prefixes
        super().__init__(null=True, **kwargs)


class KeyField(fields.FacetCharField):
    """A string that is filtered and counted as it stands: a code, a slug, a name."""


class KeysField(fields.FacetMultiValueField):
    """Several such strings."""


class TermsField(fields.FacetMultiValueField):
    """Strings that are only suggested: found by their beginning, counted, not kept as a facet.

    Each is what it is found by, folded, a tab, and what is shown.
    """

    terms_only = True


class _Faceted:
    """What makes a field of keys a `Facet`; its arguments are the facet's attributes."""

    def __init__(
        self,
        label: Any,
        *,
        prefixes: tuple[str, ...] = (),
        labels: Labels | None = None,
        short_labels: Labels | None = None,
        existing: Existing | None = None,
        narrows: str = "",
        newest_first: bool = False,
        suggested: bool = False,
        plural: Any = "",
        help: Any = "",
        example: str = "",
        **kwargs: Any,
    ) -> None:
        self._facet = {
            "label": label,
            "prefixes": prefixes,
            "labels": labels,
            "short_labels": short_labels,
            "existing": existing,
            "narrows": narrows,
            "newest_first": newest_first,
            "suggested": suggested,
            "plural": plural,
            "help": help,
            "example": example,
        }
        super().__init__(**kwargs)

    def as_facet(self, name: str) -> Facet:
        """Return the facet that the field is under its name in the index."""
        return Facet(name, **self._facet)


class FacetField(_Faceted, KeyField):
    """A facet with one value an object, or none."""


class FacetsField(_Faceted, KeysField):
    """A facet with any number of values an object."""
