"""Highlights beside oracles: the same asked in the plainest way, of small texts where much coincides."""

from __future__ import annotations

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from search.highlight import Highlighter
from search.query import Exact, Near, Not, Pattern, Run, Same
from search.text.fold import fold
from search.text.restore import restorations
from tests.search.language import parse
from tests.search.marking import hits, merged
from tests.search.reference import matches

small_texts = st.text("甲乙丙丁，。\n", max_size=30)
terms = st.text("甲乙丙", min_size=1, max_size=3)


@given(small_texts, terms)
def test_exact_hits_are_all_places_of_the_folded_string(text: str, term: str) -> None:
    found = hits(text, Exact(term))
    covered = {i for start, end in found for i in range(start, end) if fold(text[i])}
    kept = [i for i in range(len(text)) if fold(text[i])]
    folded = fold(text)
    assert covered == {
        kept[i + k]
        for i in range(len(folded))
        if folded.startswith(term, i)
        for k in range(len(term))
    }


@given(small_texts, st.lists(terms, min_size=2, max_size=3), st.integers(0, 4), st.booleans())
def test_near_by_trying_all_places(
    text: str, strings: list[str], distance: int, ordered: bool
) -> None:
    node = Near(tuple(map(Run, strings)), distance, ordered)
    places = [
        [(found.start(), found.start() + len(string)) for found in _everywhere(string, fold(text))]
        for string in strings
    ]
    chains = [
        chain
        for chain in itertools.product(*places)
        if all(_is_near(*pair, distance, ordered) for pair in itertools.pairwise(chain))
    ]
    assert matches({"text": text}, node) is bool(chains)
    kept = [i for i in range(len(text)) if fold(text[i])]
    spans = {(kept[i], kept[j - 1] + 1) for chain in chains for i, j in chain}
    assert hits(text, node) == merged(spans)


def _everywhere(string: str, text: str) -> list[re.Match[str]]:
    return list(re.finditer(f"(?={re.escape(string)})", text))


def _is_near(one: tuple[int, int], two: tuple[int, int], distance: int, ordered: bool) -> bool:
    return 0 <= two[0] - one[1] <= distance or (not ordered and 0 <= one[0] - two[1] <= distance)


@given(small_texts, terms, terms, st.sampled_from(["sentence", "paragraph"]))
def test_same_by_taking_the_units_one_by_one(text: str, one: str, two: str, unit: str) -> None:
    parts = re.split("[。\n]" if unit == "sentence" else "\n", text)
    both = Same(unit, (Run(one), Run(two)))
    assert matches({"text": text}, both) is any(
        one in fold(part) and two in fold(part) for part in parts
    )
    first_only = Same(unit, (Run(one), Not(Run(two))))
    assert matches({"text": text}, first_only) is any(
        one in fold(part) and two not in fold(part) for part in parts
    )


@given(small_texts, st.text("甲乙?*", min_size=1, max_size=6))
def test_pattern_by_trying_every_way(text: str, pattern: str) -> None:
    tree = parse(pattern).tree
    parts = re.findall(r"[?*]+|[^?*]+", tree.text) if isinstance(tree, Pattern) else []
    sentences = re.split(r"(?<=[。\n])", text)
    folded = [(c, number) for number, part in enumerate(sentences) for c in fold(part)]
    if parts:
        expected = any(_fits(parts, folded, i, first=True) for i in range(len(folded) + 1))
        assert matches({"text": text}, tree) is expected


def _fits(parts: list[str], folded: list[tuple[str, int]], at: int, *, first: bool) -> bool:
    """Do the parts stand one after the other from `at`?"""
    if not parts:
        return at <= len(folded)
    if parts[0][0] not in "?*":
        end = at + len(parts[0])
        here = "".join(c for c, _ in folded[at:end]) == parts[0]
        return here and _fits(parts[1:], folded, end, first=False)
    singles = parts[0].count("?")
    if first or len(parts) == 1 or "*" not in parts[0]:
        return _fits(parts[1:], folded, at + singles, first=False)
    return any(
        _fits(parts[1:], folded, end, first=False)
        for end in range(at + singles, min(at + singles + 30, len(folded) - 1) + 1)
        if folded[at - 1][1] == folded[end][1]
    )


def test_star_reaches_thirty_characters() -> None:
    tree = parse("甲*乙").tree
    assert matches({"text": "甲" + "丙" * 30 + "乙"}, tree)
    assert not matches({"text": "甲" + "丙" * 31 + "乙"}, tree)


@given(
    small_texts,
    st.lists(
        st.sampled_from(["甲", "乙", "-甲", "丙", "OR", "“甲乙”", "(", ")", "甲?丙", "NEAR/1"]),
        max_size=8,
    ),
)
def test_hits_fold_to_what_was_asked_for(text: str, pieces: list[str]) -> None:
    tree = parse(" ".join(pieces)).tree
    found = hits(text, tree)
    assert found == merged(found)
    assert all(fold(text[start]) and fold(text[end - 1]) for start, end in found)


@given(
    st.text("D员党（dang的)，", max_size=30), st.sampled_from(["党员", "-党 员", "员 NEAR/3 党"])
)
def test_masks_that_are_known_already_mark_the_same(text: str, line: str) -> None:
    tree = parse(line).tree
    for restore in (True, False):
        known = Highlighter("D员", text, tree, restore=restore, masks=restorations(text))
        found = Highlighter("D员", text, tree, restore=restore)
        assert known.title_hits.tolist() == found.title_hits.tolist()
        assert known.text_hits.tolist() == found.text_hits.tolist()
