"""The report of an import: one row an item, as CSV or JSON, written as the import goes."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import TextIO

from archive.ingest.load import Line

COLUMNS = tuple(field.name for field in fields(Line))


@contextmanager
def report_to(path: Path) -> Iterator[Callable[[Line], None]]:
    """Open a report and give the function that adds a line to it; `.json` makes an array.

    Raises OSError if the file cannot be written.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        yield from _json(file) if path.suffix.lower() == ".json" else _csv(file)


def defuse(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    text = "" if cell is None else cell
    if isinstance(text, str) and text.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + text
    return text


def _csv(file: TextIO) -> Iterator[Callable[[Line], None]]:
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    yield lambda line: writer.writerow([defuse(cell) for cell in asdict(line).values()])


def _json(file: TextIO) -> Iterator[Callable[[Line], None]]:
    between = "[\n"

    def add(line: Line) -> None:
        nonlocal between
        file.write(between + json.dumps(asdict(line), ensure_ascii=False))
        between = ",\n"

    yield add
    file.write("\n]\n" if between == ",\n" else "[]\n")
