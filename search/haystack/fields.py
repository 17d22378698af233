"""Fields of a Haystack index beyond Haystack's own."""

from __future__ import annotations

from typing import Any

from haystack import fields, indexes


class TextField(indexes.CharField):
    """A text whose every substring is found; kept in the database only, not in the index."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("stored", False)
        super().__init__(**kwargs)


class KeyField(fields.FacetCharField):
    """A string that is filtered and counted as it stands: a code, a slug, a name."""


class KeysField(fields.FacetMultiValueField):
    """Several such strings."""


class TermsField(fields.FacetMultiValueField):
    """Strings that are only suggested: found by their beginning, counted, not kept as a facet."""

    terms_only = True
