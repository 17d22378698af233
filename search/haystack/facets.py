"""What a SearchQuerySet counts beside its results: by field, by stretches of time, by filters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from whoosh.support.relativedelta import relativedelta

from search.haystack.conditions import Conditions
from search.haystack.kinds import Moments, Numbers
from search.haystack.narrowing import read
from search.index.format.columns import MISSING
from search.index.read.execution import evaluate
from search.index.read.snapshot import Snapshot
from search.index.sets import Documents, shared

# A date facet that would have more stretches is a mistake.
_MOST_STRETCHES = 100_000
Rows = list[tuple[Any, int]]


def counts(
    snapshot: Snapshot,
    documents: Documents,
    conditions: Conditions,
    fields: Mapping[str, Any],
    dates: Mapping[str, Any],
    queries: Any,
) -> dict[str, dict[str, Any]]:
    """Return Haystack's facet counts of some documents, {} if nothing is to be counted."""
    if not (fields or dates or queries):
        return {}
    found = (snapshot, documents, conditions)
    return {
        "fields": {name: field_counts(*found, name, **options) for name, options in fields.items()},
        "dates": {name: date_counts(*found, name, wanted) for name, wanted in dates.items()},
        "queries": query_counts(*found, queries or ()),
    }


def field_counts(
    snapshot: Snapshot, documents: Documents, conditions: Conditions, name: str, **options: Any
) -> Rows:
    """Return (value, number of documents) for a field, the most frequent values first.

    Options as Haystack passes them on: `limit` (or `size`), `mincount`, `sort` ("count" or "index").
    """
    limit = options.pop("limit", options.pop("size", None))
    mincount, sort = options.pop("mincount", 1), options.pop("sort", "count")
    if options or sort not in {"count", "index"}:
        raise NotImplementedError(
            f"facet({name!r}) takes limit, mincount and sort='count' or 'index' only"
        )
    kind = conditions.kinds.get(name)
    column = conditions.column(name)
    rows: Rows
    if isinstance(kind, Numbers):
        values = snapshot.integers(column)[documents]
        kept, counts = np.unique(values[values != MISSING], return_counts=True)
        rows = [(kind.give_column(int(k)), int(n)) for k, n in zip(kept, counts, strict=True)]
    else:
        codes = snapshot.codes(column)
        counts = codes.counts(documents)
        order = snapshot.schema[column].order
        found = ((codes.values[code], int(counts[code])) for code in np.flatnonzero(counts))
        rows = sorted(found, key=lambda row: order(row[0]))
    if sort == "count":
        rows.sort(key=lambda row: -row[1])
    return [row for row in rows if row[1] >= mincount][:limit]


def date_counts(
    snapshot: Snapshot, documents: Documents, conditions: Conditions, name: str, wanted: Any
) -> Rows:
    """Return ((start, end), number of documents) for each stretch of time that has any.

    The end is outside. None stands for documents outside of all. The most frequent come first.
    """
    kind = conditions.kinds.get(name)
    if not isinstance(kind, Moments):
        raise NotImplementedError(f"date_facet({name!r}): it is no date; declare a DateTimeField")
    unit, amount = f"{wanted['gap_by']}s", int(wanted.get("gap_amount", 1))
    start, last = _moment(wanted["start_date"]), _moment(wanted["end_date"])
    bounds = [start]
    while bounds[-1] < last:
        bounds.append(start + relativedelta(**{unit: amount * len(bounds)}))
        if len(bounds) > _MOST_STRETCHES or bounds[-1] <= bounds[-2]:
            raise ValueError(f"date_facet({name!r}) has too many stretches of time")
    edges = np.array([kind.at_least(each) for each in bounds], np.int64)
    values = snapshot.integers(name)[documents]
    at = np.searchsorted(edges, values, "right") - 1
    inside = (at >= 0) & (at < len(bounds) - 1)
    counts = np.bincount(at[inside], minlength=len(bounds) - 1)
    rows: Rows = [((bounds[i], bounds[i + 1]), int(counts[i])) for i in np.flatnonzero(counts)]
    if not inside.all():
        rows.append((None, int((~inside).sum())))
    return sorted(rows, key=lambda row: -row[1])


def query_counts(
    snapshot: Snapshot,
    documents: Documents,
    conditions: Conditions,
    wanted: Iterable[tuple[str, str]] | Mapping[str, str],
) -> dict[str, int]:
    """Return the number of documents for each filter, named field:filter."""
    pairs = wanted.items() if isinstance(wanted, Mapping) else wanted
    counts = {}
    for name, line in pairs:
        query, _ = read(f"{name}:{line}", conditions)
        found = evaluate(snapshot, query, scored=False, within=documents).documents
        counts[f"{name}:{line}"] = len(shared(documents, found)[0])
    return counts


def _moment(value: Any) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return value
    return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 (as Haystack's values)
