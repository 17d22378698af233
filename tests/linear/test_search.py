"""The steps of searching: folding, reading masks back, cutting, finding, marking, indexing."""

from __future__ import annotations

import pytest

from search.highlight import Highlighter
from search.highlight.highlighter import mark, snippets
from search.index.format.bigrams import sort_bigrams
from search.index.format.fields import analyse
from search.index.write.inversion import FieldInverter
from search.text import pattern
from search.text.fold import fold, fold_map, marker_spans
from search.text.restore import fold_restored, restorations
from search.text.segmenter import cut, inner_words, pieces_of, words
from search.text.sentences import boundaries
from search.web.links import clean
from tests.linear.growth import Step, assert_linear
from tests.linear.texts import KINDS
from tests.search.language import parse
from tests.search.reference import matches

# Each stands in some of the texts everywhere, in others nowhere.
_QUERIES = {
    "run": "的",
    "runs": "学 OR 员 OR 一 OR 我们 OR a OR 1",
    "pieces": "学习 党员 干部",
    "exact": "“的的的” OR “党员党” OR “aaa”",
    "strict": "原样(的) OR 原样(D) OR 原样(“)",
    "pattern": "的*的 OR 学*习 OR 员?员 OR a*a OR ?一",
    "near": "的 NEAR/5 的 OR 党 NEAR/9 员 OR 学 THEN/3 习",
    "sentence": "同句(的 的) OR 同句(学 -习) OR 同句(员 党) OR 同句(一 二*一)",
    "paragraph": "同段(的 的) OR 同段(学 -习) OR 同段(员 党) OR 同段(一 NEAR/3 二)",
}
_SPAN = 4  # characters from one hit to the next where hits are everywhere


def _folded(text: str) -> None:
    fold(text)
    fold_map(text)
    marker_spans(text)


def _hits(line: str) -> Step:
    tree = parse(line).tree
    return lambda text: Highlighter("", text, tree)


def _matches(line: str) -> Step:
    tree = parse(line).tree
    return lambda text: matches({"title": text, "text": text, "tag": [text]}, tree)


def _shown(text: str) -> None:
    """Show hits that are everywhere, one that is everything, and none."""
    many = [(at, at + 1) for at in range(0, len(text) - 1, _SPAN)]
    for spans in (many, [(0, len(text))], [(len(text) // 2, len(text) // 2 + 1)], []):
        snippets(text, spans)
        mark(text, spans)
        mark(text, spans, start=len(text) // 2, end=len(text) // 2 + 100)


def _indexed(text: str) -> None:
    """Make what the index keeps of a text."""
    analysed = analyse(text)
    postings = FieldInverter(inner_words)
    postings.add(0, analysed.words)
    postings.add_counted(0, analysed.restored)
    postings.finish()
    readings = [analysed.exact.first, analysed.exact.second]
    kept = [reading for reading in readings if reading]
    sort_bigrams(kept, [0] * len(kept), 1)


# The step, and for how long a text it takes some thousandths of a second.
STEPS: dict[str, tuple[Step, int]] = {
    "fold": (_folded, 8_000),
    "restorations": (restorations, 2_000),
    "fold_restored": (fold_restored, 8_000),
    "cut": (lambda text: cut(fold(text)), 2_000),
    "words": (lambda text: words(fold(text)), 2_000),
    "pieces": (lambda text: pieces_of(fold(text)), 2_000),
    "pattern": (pattern.split, 2_000),
    "boundaries": (lambda text: boundaries(text, fold_map(text)), 8_000),
    "clean": (clean, 8_000),
    "index": (_indexed, 2_400),
    "shown": (_shown, 2_000),
    "matches": (_matches("同句(的 -的) OR 同段(学 -学) OR 员*员 OR (党员 -党员)"), 1_600),
    **{f"hits, {name}": (_hits(line), 2_400) for name, line in _QUERIES.items()},
}


@pytest.mark.parametrize("name", STEPS)
def test_a_step_of_searching_is_linear(name: str) -> None:
    step, size = STEPS[name]
    assert_linear(step, KINDS, size)


def test_reading_masks_back_is_linear_where_texts_are_long() -> None:
    # In arrays a step is quick however often it begins anew, until the text is long.
    assert_linear(fold_restored, {"D": KINDS["D"]}, 64_000)
