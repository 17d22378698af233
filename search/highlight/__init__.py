"""Where a query stands in a text, and how that is shown. Pure.

Everything here works on one text by reading through it, with offsets into the original; it knows
no index, so it is also the measure of what an index must answer.
"""

from search.highlight.html import mark, merged
from search.highlight.occurrences import Places
from search.highlight.reference import hit_array, hit_arrays, hits, holds, matches
from search.highlight.snippets import snippets

__all__ = [
    "Places",
    "hit_array",
    "hit_arrays",
    "hits",
    "holds",
    "mark",
    "matches",
    "merged",
    "snippets",
]
