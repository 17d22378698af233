"""What of a speech is searched, and its author as well."""

from __future__ import annotations

from archive import search_indexes
from search.haystack.fields import FacetField


class SpeechWithAuthorIndex(search_indexes.SpeechIndex):
    """The speeches as the archive declares them, with one more facet of a column that they have."""

    author = FacetField(
        "作者",
        model_attr="author",
        prefixes=("作者", "author", "by"),
        suggested=True,
        help="作者，可重复",
        example="王",
    )
