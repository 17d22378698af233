"""Terms of a segment: looked up one by one and many at once."""

import io
from collections.abc import Mapping

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search.index.format.arrays import read_arrays
from search.index.format.postings import FieldTerms, InvertedField, PostingsWriter

# Terms that share their first bytes, shorter and longer than what is compared first.
WORDS = st.text("甲乙ab", min_size=1, max_size=5)


def terms_of(frequencies: Mapping[str, int]) -> FieldTerms:
    """Write terms, each in so many documents, and read them."""
    counts = {word.encode(): count for word, count in frequencies.items()}
    ordered = sorted(counts)
    documents = [number for term in ordered for number in range(counts[term])]
    file = io.BytesIO()
    file.close = lambda: None  # type: ignore[method-assign]
    writer = PostingsWriter(file)
    ends = np.cumsum([counts[term] for term in ordered], dtype=np.int64)
    ones = np.ones(len(documents), np.uint32)
    writer.add_field("text", InvertedField(ordered, ends, np.array(documents, np.uint32), ones), 10)
    writer.close()
    return FieldTerms(read_arrays(memoryview(file.getvalue())), "text")


@given(
    frequencies=st.dictionaries(WORDS, st.integers(1, 9), max_size=20),
    asked=st.lists(WORDS | st.just("甲乙甲乙a"), max_size=20),
)
def test_many_terms_are_in_as_many_documents_as_each_of_them(
    frequencies: dict[str, int], asked: list[str]
) -> None:
    terms = terms_of(frequencies)
    wanted = [word.encode() for word in [*asked, *frequencies]]
    found = terms.document_frequencies(wanted).tolist()
    assert found == [frequencies.get(word.decode(), 0) for word in wanted]
    for word in wanted:
        number = terms.number(word)
        assert (number >= 0) == (word.decode() in frequencies)
        assert number < 0 or terms.document_frequency(number) == frequencies[word.decode()]
