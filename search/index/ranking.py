"""How what is found is ranked: the whole formula, every weight, and why.

A document's score is the sum over all that a query asks for together, and a bonus for closeness:

    score     = Σ part + closeness

    run       = tier + EVIDENCE · e / (e + HALFWAY)        what was typed without a blank
    tier      = RUN_IN_TITLE where the whole run stands in the title
              + RUN_IN_TEXT  where it stands in another field
    e         = Σ bm25 of the run's words, and of the bigrams where two of its words meet
    string    = bm25 of an exact string, a pattern, several things in one sentence …

    bm25      = w · idf · tf · (K1 + 1) / (tf + K1 · (1 − B + B · length / mean length))
    idf       = ln(N / (n + 1)) + 1                        n of all N documents have it
    w         = TITLE_WEIGHT in the title, 1 elsewhere; for a bigram times BIGRAM_WEIGHT

    closeness = PROXIMITY · runs · mean over neighbouring strings of HALF / (HALF + gap)

**The run as it was typed comes first**, in the title before the text: who remembers a phrase wants the
documents that have it, and no number of scattered words outweighs it. Hence the order of the sizes:
words and bigrams of a run stay below EVIDENCE = 35, closeness adds PROXIMITY = 60 at most, together
less than RUN_IN_TEXT = 100; and a run in the text, with all of these, less than one in the title.

**Bigrams where words meet** tell whether words of a run stand side by side, without positions; those
within a word say nothing that the word has not said. Only the rarest count: they say most and cost
least.

**Closeness** looks at the best documents by all else, after the filters, so that a list of one source
is ordered by what it holds. It goes by the gap, in characters, between neighbours of the query.

**Of a remembered sentence** (`search.text.segmenter.LONG_RUN`) those pieces are enough that make up
SENTENCE_SHARE of its weight. No part weighs more than WEIGHT_CAP times the middle one: a word that is
remembered wrongly is often a rare one.

The weights were chosen by known items: `make bench`, docs/benchmarks.md. `read.explain` shows the parts
of one document's score.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]

# BM25's saturation and normalisation by length: what all engines begin with, and nobody improves on here.
K1, B = 1.2, 0.75

RUN_IN_TITLE, RUN_IN_TEXT = 200.0, 100.0
# `e` is without bound. It adds half of EVIDENCE where it comes to HALFWAY.
EVIDENCE, HALFWAY = 35.0, 25.0
TITLE_WEIGHT, BIGRAM_WEIGHT = 2.0, 2.0
MAX_BIGRAMS = 12

PROXIMITY = 60.0
# Characters between two strings at which they are half as close as where nothing is between them.
HALF = 25.0
# So many strings of a query, and so many documents, are looked at, whatever page is asked for.
MAX_NEIGHBOURS = 12
RESCORED = 500

SENTENCE_SHARE, WEIGHT_CAP = 0.65, 1.5

# Likeness to a text is bm25 of the words that characterise it, each weighing its smoothed idf times what
# `saturated` makes of how often it stands there. A document is like it that has this share of the weight.
LIKENESS_SHARE = 0.25

# What answers a question behind its wording (`read.related`): bm25 with an idf that is never below 0, as
# question sets hold few texts, of words in all texts, and in so many of the best, of so many characters
# together, of characters and bigrams as well. A document with this share of the weight holds most of it.
READ_THROUGH, READ_CHARACTERS = 50, 1_000_000
CHARACTER_WEIGHT = 0.5
MOSTLY = 0.65

# Sums of weights that should be equal differ by less.
ROUNDING = 1e-9

# Each thing excluded adds this to what is left, whatever that is: it orders nothing but the sides of an OR.
NOT_SCORE = 1.0


def idf(documents: int, having: int) -> float:
    """Return how much something tells that `having` of all documents have."""
    return float(np.log(max(documents, 1) / (having + 1)) + 1)


def smoothed_idf(documents: int, having: Any) -> Any:
    """Return how much something tells that `having` of all documents have: ln(1 + (N − n + ½)/(n + ½))."""
    return np.log1p((documents - having + 0.5) / (having + 0.5))


def saturated(times: Any) -> Any:
    """Return what BM25 makes of how often something stands in a text of the mean length."""
    return times * (K1 + 1) / (times + K1)


def bm25(weight: Any, frequencies: Any, norms: Any) -> Any:
    """Return BM25 for some documents: `weight` is w · idf, `norms` are lengths over their mean."""
    return weight * ((frequencies * (K1 + 1)) / (frequencies + K1 * ((1 - B) + B * norms)))


def field_weight(name: str, titlefield: str) -> float:
    """Return the weight of what stands in a field."""
    return TITLE_WEIGHT if name == titlefield else 1.0


def tier(name: str, titlefield: str) -> float:
    """Return what a document gains where the whole run stands in a field of it."""
    return RUN_IN_TITLE if name == titlefield else RUN_IN_TEXT


def evidence(sums: Any) -> Any:
    """Return what the words and bigrams of a run add, from the sums of their BM25."""
    return EVIDENCE * (sums / (sums + HALFWAY))


def nearness(gaps: Any) -> Any:
    """Return how near two strings are, from 0 (one is missing) to 1 (side by side), from the gaps."""
    return HALF / (HALF + gaps)


def sentence_weights(idfs: Mapping[str, float]) -> dict[str, float]:
    """Return the weights of the parts of a remembered sentence, of which SENTENCE_SHARE is enough."""
    cap = WEIGHT_CAP * float(np.median(list(idfs.values())))
    return {part: min(weight, cap) for part, weight in idfs.items()}
