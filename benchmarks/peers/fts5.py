"""SQLite FTS5 with its trigram tokenizer: any substring of three characters or more."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.peers.answers import FACETS, PeerAnswer
from benchmarks.queries import NEAR_DISTANCE, WordQuery

NAME = "FTS5 trigram"


def build(corpus: Corpus, path: Path) -> None:
    """Index the corpus. The texts themselves are not kept here either: they are in the database."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE facets (number INTEGER PRIMARY KEY, source, type, year)")
        database.execute(
            "CREATE VIRTUAL TABLE texts USING fts5(title, text, content='', tokenize='trigram')"
        )
        for document in corpus:
            database.execute(
                "INSERT INTO facets VALUES (?, ?, ?, ?)",
                (document.number, document.source, document.type, document.year),
            )
            database.execute(
                "INSERT INTO texts(rowid, title, text) VALUES (?, ?, ?)",
                (document.number, document.title, document.text),
            )
        database.execute("INSERT INTO texts(texts) VALUES ('optimize')")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


class Fts5:
    """An index, opened."""

    name = NAME

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def exact(self, raw: str) -> set[int]:
        """Return the documents that hold a string, character by character."""
        found = self._rows("SELECT rowid FROM texts WHERE texts MATCH ?", _quoted(raw))
        return {number for (number,) in found}

    def strings(self, raw: str) -> PeerAnswer:
        """Return the best documents and the total for a string."""
        line = _quoted(raw)
        ((total,),) = self._rows("SELECT count(*) FROM texts WHERE texts MATCH ?", line)
        return PeerAnswer(total, self._best(line))

    def words(self, query: WordQuery) -> PeerAnswer:
        """Return the best documents, the total and the facets."""
        words = [_quoted(word) for word in query.words]
        match query.kind:
            case "run":
                line = _quoted(query.line)
            case "near":
                line = f"NEAR({' '.join(words)}, {NEAR_DISTANCE})"
            case kind:
                line = {"or": " OR ", "not": " NOT "}.get(kind, " AND ").join(words)
        facets = {
            name: self._rows(
                f"SELECT {name}, count(*) FROM texts JOIN facets ON number = texts.rowid"
                f" WHERE texts MATCH ? GROUP BY {name}",
                line,
            )
            for name in FACETS
        }
        total = sum(count for _, count in facets[FACETS[0]])
        return PeerAnswer(total, self._best(line), facets)

    def _best(self, line: str) -> list[int]:
        best = self._rows(
            "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT 10", line
        )
        return [number for (number,) in best]

    def _rows(self, sql: str, line: str) -> list[tuple[int, ...]]:
        return self._database.execute(sql, (line,)).fetchall()


def _quoted(text: str) -> str:
    # A NUL would end the query.
    return '"' + text.replace('"', '""').replace("\0", "") + '"'
