"""tantivy: words by jieba in one field, bigrams in another, as its users do for Chinese.

Both are cut beforehand and handed over separated by blanks. Bigrams are made within runs of letters
and Han, like Lucene's CJKAnalyzer: a run of one character is a term of its own.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import rjieba
import tantivy

from benchmarks.corpus import Corpus
from benchmarks.peers.answers import FACETS, PeerAnswer
from benchmarks.queries import NEAR_DISTANCE, WordQuery

NAME = "tantivy"
_RUN = re.compile(r"\w+")
_HEAP_BYTES = 512 * 2**20
_AGGREGATIONS = {name: {"terms": {"field": name, "size": 1000}} for name in FACETS}


def schema() -> tantivy.Schema:
    """Two fields of text, a number, three facets."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("words", tokenizer_name="whitespace")
    builder.add_text_field("bigrams", tokenizer_name="whitespace")
    builder.add_integer_field("number", fast=True)
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="raw", fast=True, index_option="basic")
    return builder.build()


def build(corpus: Corpus, path: Path) -> None:
    """Index the corpus; tantivy's own threads write while this one cuts."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    index = tantivy.Index(schema(), str(path))
    writer = index.writer(_HEAP_BYTES)
    for document in corpus:
        text = f"{document.title}\n{document.text}".lower()
        writer.add_document(
            tantivy.Document(
                number=document.number,
                words=" ".join(words(text)),
                bigrams=" ".join(bigrams(text)),
                source=document.source,
                type=document.type,
                year=document.year,
            )
        )
    writer.commit()
    writer.wait_merging_threads()


def words(text: str) -> list[str]:
    """Cut a text as jieba's search mode does, punctuation left out."""
    return [word for word in rjieba.cut_for_search(text) if word[0].isalnum()]


def bigrams(text: str) -> Iterator[str]:
    """Yield the bigrams of each run of letters, single characters for runs of one."""
    for run in _RUN.findall(text):
        if len(run) == 1:
            yield run
        else:
            yield from map(str.__add__, run, run[1:])


class Tantivy:
    """An index, opened."""

    name = NAME

    def __init__(self, path: Path) -> None:
        self._index = tantivy.Index.open(str(path))
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def exact(self, raw: str) -> set[int]:
        """Return the documents in which the bigrams of a string follow one another."""
        query = self.exact_query(raw)
        if query is None:
            return set()
        result = self._searcher.search(query, self._searcher.num_docs, count=False)
        return set(self._numbers(result))

    def strings(self, raw: str) -> PeerAnswer:
        """Return the best documents and the total for a string."""
        query = self.exact_query(raw)
        return PeerAnswer(0, []) if query is None else self._best(query)

    def exact_query(self, raw: str) -> tantivy.Query | None:
        """Return the query for a string, None if nothing of it is indexed."""
        terms = list(bigrams(raw.lower()))
        if len(terms) > 1:
            return self._phrase("bigrams", terms, 0)
        return self._term("bigrams", terms[0]) if terms else None

    def words(self, query: WordQuery) -> PeerAnswer:
        """Return the best documents, the total and the facets."""
        if query.kind == "near":
            return self.find(self._phrase("words", query.words, NEAR_DISTANCE))
        if query.kind == "run":
            return self.find(self.run_query(query.line))
        first, *others = (self._term("words", word) for word in query.words)
        occur = {"or": tantivy.Occur.Should, "not": tantivy.Occur.MustNot}
        other = occur.get(query.kind, tantivy.Occur.Must)
        start = tantivy.Occur.Should if query.kind == "or" else tantivy.Occur.Must
        return self.find(
            tantivy.Query.boolean_query([(start, first), *((other, each) for each in others)])
        )

    def run_query(self, run: str) -> tantivy.Query:
        """Return the query for all words of a run typed without blanks."""
        parts = [self._term("words", word) for word in words(run.lower())]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in parts])

    def find(self, query: tantivy.Query, start: int = 0, stop: int = 10) -> PeerAnswer:
        """Return a slice of the best documents, the total and the facets."""
        best = self._best(query, start, stop)
        counted = self._searcher.aggregate(query, _AGGREGATIONS)
        facets = {
            name: [(bucket["key"], bucket["doc_count"]) for bucket in counted[name]["buckets"]]
            for name in FACETS
        }
        return PeerAnswer(best.count, best.numbers, facets)

    def _best(self, query: tantivy.Query, start: int = 0, stop: int = 10) -> PeerAnswer:
        # It refuses to look for the best none.
        result = self._searcher.search(query, max(1, stop - start), count=True, offset=start)
        count: int = result.count  # type: ignore[attr-defined] # the stubs forget it
        return PeerAnswer(count, self._numbers(result)[: stop - start])

    def _phrase(self, field: str, terms: Sequence[str], slop: int) -> tantivy.Query:
        return tantivy.Query.phrase_query(self._schema, field, [*terms], slop)

    def _term(self, field: str, word: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, word)

    def _numbers(self, result: tantivy.SearchResult) -> list[int]:
        addresses = [address for _, address in result.hits]
        return [int(n or 0) for n in self._searcher.fast_field_values("number", addresses)]
