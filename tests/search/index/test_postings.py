"""Terms and postings read back as they were written."""

from __future__ import annotations

import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search.index.format.arrays import read_arrays
from search.index.format.postings import FieldTerms, InvertedField, PostingsWriter

# Few bytes, so that terms share their beginnings; zeros, which pad the short ones.
some_terms = st.sets(st.text("a\0党", min_size=1, max_size=6).map(str.encode), max_size=12)


class Kept(io.BytesIO):
    """A file that can be read when it has been closed."""

    def close(self) -> None:
        self.content = self.getvalue()


def written(terms: list[bytes]) -> FieldTerms:
    """Write a field in which term i stands in document i, i + 1 times or 300 times more."""
    file, numbers = Kept(), np.arange(len(terms))
    writer = PostingsWriter(file)
    frequencies = (numbers + 1 + 300 * (numbers % 2)).astype(np.uint32)
    field = InvertedField(terms, numbers + 1, numbers.astype(np.uint32), frequencies)
    writer.add_field("text", field, len(terms))
    writer.close()
    return FieldTerms(read_arrays(memoryview(file.content)), "text")


@given(terms=some_terms, others=some_terms)
def test_every_term_has_its_number_and_no_other_has(terms: set[bytes], others: set[bytes]) -> None:
    ordered = sorted(terms)
    field = written(ordered)
    assert list(field) == ordered
    for number, term in enumerate(ordered):
        assert field.number(term) == number
        documents, frequencies = field.postings(number)
        assert documents.tolist() == [number]
        assert frequencies.tolist() == [number + 1 + 300 * (number % 2)]
    for other in others - terms:
        assert field.number(other) == -1
        assert field.begins(other) == any(term.startswith(other) for term in terms)


@given(
    frequencies=st.dictionaries(
        st.text("a党乙", min_size=1, max_size=6), st.integers(1, 9), max_size=20
    ),
    others=st.lists(st.text("a党乙", min_size=1, max_size=6), max_size=9),
)
def test_many_terms_are_in_as_many_documents_as_each_of_them(
    frequencies: dict[str, int], others: list[str]
) -> None:
    counts = {word.encode(): count for word, count in frequencies.items()}
    ordered = sorted(counts)
    documents = [number for term in ordered for number in range(counts[term])]
    file = Kept()
    writer = PostingsWriter(file)
    ends = np.cumsum([counts[term] for term in ordered], dtype=np.int64)
    ones = np.ones(len(documents), np.uint32)
    writer.add_field("text", InvertedField(ordered, ends, np.array(documents, np.uint32), ones), 10)
    writer.close()
    field = FieldTerms(read_arrays(memoryview(file.content)), "text")
    asked = [*ordered, *(other.encode() for other in others), *ordered]
    assert field.document_frequencies(asked).tolist() == [counts.get(term, 0) for term in asked]
