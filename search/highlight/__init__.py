"""Where a query stands in a text, and how that is shown. Pure.

Everything here works on one text by reading through it, with offsets into the original; it knows
no index, so it is also the measure of what an index must answer.
"""

from search.highlight.highlighter import Highlighter, shown_of
from search.highlight.occurrences import Spans, holds

__all__ = ["Highlighter", "Spans", "holds", "shown_of"]
